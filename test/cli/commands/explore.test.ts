// foulweather explore: what is wrong with a call is said before anything runs.
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {openPlace} from '../../helpers/cli-world.ts';

const refused = test.macro({
  title: (_, argv: readonly string[]) => `refused: explore ${argv.join(' ')}`,
  async exec(t, argv: readonly string[], expected: RegExp) {
    const place = await openPlace(t);
    const {code, stdout, stderr} = await place.call(['explore', ...argv]);
    t.is(code, 64, stderr);
    t.is(stdout, '');
    t.regex(stderr, expected);
  },
});

test(refused, [], /Name a scenario to search\./);
test(refused, ['nowhere.ts'], /There is no file nowhere\.ts\./);
test(refused, ['undici-pool', '--depth', '3'], /Allowed choices are 1, 2|It must be 1 or 2/);
test(refused, ['undici-pool', '--budget', '1s'], /at least 10s/);
test(refused, ['undici-pool', '--budget', 'long'], /a time such as 90s, 10m or 1h/);
test(refused, ['undici-pool', '--only', 'handshake,nothing'], /one of connect, handshake, body/);
test(refused, ['--replay', '--reporter', 'html'], /explore --replay cannot write a page\./);
test(
  refused,
  ['undici-pool', '--all'],
  /--all searches the whole pack and cannot be combined with "undici-pool"\./,
);
test(refused, ['--all', '--variant', 'defaults'], /cannot be combined with --variant\./);
test(refused, ['--all', '--resume'], /cannot be combined with --resume\./);
test(refused, ['undici-pool', '--resume'], /There is no earlier search of this scenario/);
test(refused, ['undici-pool', '--resume', 'x'], /There is no earlier search "x"/);
test(refused, ['--replay'], /There are no reproducers in foulweather\/reproducers\./);

test('--replay with a folder that has no scenarios', async t => {
  const place = await openPlace(t);
  await mkdir(join(place.cwd, 'kept'), {recursive: true});
  await writeFile(join(place.cwd, 'kept/README.md'), '');
  const {code, stderr} = await place.call(['explore', '--replay', '--reproducers', 'kept']);
  t.is(code, 64);
  t.regex(stderr, /There are no reproducers in kept\./);
});
