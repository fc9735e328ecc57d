// foulweather completion: what a shell offers, as bash itself answers.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import test from 'ava';
import {openPlace, type Place} from '../../helpers/cli-world.ts';

const run = promisify(execFile);

/** What bash offers at the end of the line. */
const offered = async (place: Place, line: string): Promise<string[]> => {
  const {stdout: script} = await place.call(['completion', 'bash']);
  const words = line.split(' ').map(word => `'${word}'`);
  const asked = `${script}\nCOMP_WORDS=(${words.join(' ')})\nCOMP_CWORD=$((\${#COMP_WORDS[@]}-1))\n_foulweather\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  const {stdout} = await run('bash', ['-c', asked], {cwd: '/'});
  return stdout.split('\n').filter(word => word !== '');
};

const offers = test.macro({
  title: (_title, line: string) => `"${line}" is completed`,
  async exec(t, line: string, expected: readonly string[]) {
    t.deepEqual(await offered(await openPlace(t), line), expected);
  },
});

test(offers, 'foulweather com', ['compare', 'completion']);
test(offers, 'foulweather --ver', ['--version']);
test(offers, 'foulweather run undici-s', ['undici-stall']);
test(offers, 'foulweather run --keep', ['--keep-going']);
test(offers, 'foulweather run redis --storm q', ['quick']);
test(offers, 'foulweather init --template re', ['redis']);
test(offers, 'foulweather report lat', ['latest']);
test(offers, 'foulweather completion z', ['zsh']);

test('each shell gets a script of its own', async t => {
  const place = await openPlace(t);
  const [bash, zsh, fish] = await Promise.all(
    ['bash', 'zsh', 'fish'].map(async shell => (await place.call(['completion', shell])).stdout),
  );
  t.true(zsh!.startsWith('autoload -U +X bashcompinit'));
  t.true(zsh!.endsWith(bash!));
  t.regex(fish!, /^complete -c foulweather -n '__fish_use_subcommand' -f -a run -d '.+'$/m);
  t.regex(
    fish!,
    /^complete -c foulweather -n '__fish_seen_subcommand_from run' -l storm -r -f -a 'quick standard http .+ auto'/m,
  );
  const refused = await place.call(['completion', 'cmd']);
  t.is(refused.code, 64);
  t.regex(refused.stderr, /Allowed choices are bash, zsh, fish\./);
});
