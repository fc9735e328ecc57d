// Programs that keep to the protocol, and programs that do not: what is said of each.
import {join, resolve} from 'node:path';
import test from 'ava';
import {type Check, checkConformance} from '../../src/cli/conformance.ts';
import {openPlace} from '../helpers/cli-world.ts';
import {ProcessWatch} from '../helpers/run-processes.ts';
import {serialWith} from '../helpers/toolchains.ts';

const programs = resolve(import.meta.dirname, '../fixtures/programs');
const acts = (act: string): readonly string[] => [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  join(programs, 'acts.ts'),
  act,
];

const usualLimitMs = 3000;

const checked = async (command: readonly string[], limitMs = usualLimitMs) => {
  const watch = new ProcessWatch();
  watch.start();
  const {checks, output} = await checkConformance({
    command,
    cwd: programs,
    environment: {...process.env, ...watch.environment},
    targetUrl: null,
    options: {},
    limitMs,
  });
  return {checks, output, remains: await watch.remains()};
};

const wrong = (checks: readonly Check[]): string[] =>
  checks.filter(({result}) => result === 'broken').map(({name, note}) => `${name}: ${note}`);

test.serial('a program that keeps to the protocol', async t => {
  const {checks, remains} = await checked(acts(''));
  t.deepEqual(wrong(checks), []);
  t.deepEqual(
    checks.filter(({result}) => result === 'not-checked'),
    [],
  );
  t.is(checks[0]?.note, 'test 1, acts 1');
  t.deepEqual(remains, {processes: [], ports: []});
});

for (const kit of ['threads.py', 'loop.py']) {
  serialWith('Python 3.9 or newer')(`Python's kit keeps to the protocol: ${kit}`, async t => {
    const {checks, remains} = await checked(['python3', join(programs, kit)]);
    t.deepEqual(wrong(checks), []);
    t.is(checks.filter(({result}) => result === 'kept').length, checks.length);
    t.regex(checks[0]!.note, /^CPython 3\.\d+\.\d+, foulweather for Python \d/);
    t.deepEqual(remains, {processes: [], ports: []});
  });
}

/** The only thing that is wrong, and what is said of it. */
const broken: {readonly [act: string]: readonly [check: string, note: RegExp]} = {
  dies: ['connects and says hello', /^it ended with exit code 3 before it said hello$/],
  silent: ['connects and says hello', /did not connect to FOULWEATHER_CONTROL and say hello within 6 s/],
  'wrong-token': ['connects and says hello', /a token other than FOULWEATHER_TOKEN/],
  'later-protocol': ['connects and says hello', /speaks protocol 2; this version of foulweather speaks 1/],
  'no-hello': ['connects and says hello', /first line is not `hello`: .*"log"/],
  'open-fails': ['opens the library', /^it failed: Refused: it does not want to$/],
  'never-opens': ['opens the library', /^no `opened` or `open-failed` within 6 s$/],
  'one-at-a-time': [
    'has several operations under way at once',
    /^of 8 operations it started only 1 at once$/,
  ],
  twice: ['settles each of many operations once', /^it settled conformance-1-\d+ twice$/],
  'unknown-id': ['settles each of many operations once', /^it settled nobody-1-1, which was not asked for$/],
  'no-json': ['settles each of many operations once', /not JSON: Traceback/],
  'no-ok': ['settles each of many operations once', /needs `ok`, true or false: \{"kind":"settled"/],
  'endless-line': ['settles each of many operations once', /a line of more than 1048576 characters/],
  'floods-lines': [
    'settles each of many operations once',
    /more than 100000 log lines or lines of unknown kinds/,
  ],
  exits: ['settles each of many operations once', /^it ended with exit code 7$/],
  'kills-itself': ['settles each of many operations once', /^it ended with signal SIGKILL$/],
  disconnects: ['settles each of many operations once', /^it closed its connection$/],
  'stops-reading': [
    'settles each of many operations once',
    /^\d+ of 200 operations did not settle within 4\.5 s$/,
  ],
  lingers: ['ends by itself, with exit code 0', /^it was still running 1\.5 s after it was closed$/],
  'exits-badly': ['ends by itself, with exit code 0', /^it ended with exit code 5$/],
  'survives-the-harness': [
    'ends when the harness is gone',
    /still running 1\.5 s after its connection was closed/,
  ],
};

/** What waits for a limit has a short one; the first answers have ten times as long. */
const limitsMs: {readonly [act: string]: number} = {
  silent: 600,
  'never-opens': 600,
  'one-at-a-time': 1500,
  'stops-reading': 1500,
  lingers: 1500,
  'survives-the-harness': 1500,
};

for (const [act, [check, note]] of Object.entries(broken)) {
  test.serial(`a program that ${act}`, async t => {
    const {checks, output, remains} = await checked(acts(act), limitsMs[act]);
    const [found, ...more] = checks.filter(({result}) => result === 'broken');
    t.is(found?.name, check);
    t.regex(found?.note ?? '', note);
    t.deepEqual(more, []);
    if (act === 'dies') t.regex(output, /no such library/);
    t.deepEqual(remains, {processes: [], ports: []});
  });
}

test.serial(
  'the command prints a table, what the program printed, and answers with an exit code',
  async t => {
    const place = await openPlace(t);
    const kept = await place.call(['conform', ...acts('')]);
    t.is(kept.code, 0, kept.stderr);
    t.regex(kept.stdout, /^✓ connects and says hello +test 1, acts 1$/m);
    t.regex(kept.stdout, /^The program follows the protocol\.$/m);
    const dead = await place.call(['conform', ...acts('dies')]);
    t.is(dead.code, 1);
    t.regex(dead.stdout, /^✗ connects and says hello +it ended with exit code 3/m);
    t.regex(dead.stdout, /^– closes the library$/m);
    t.regex(dead.stdout, /Its last output:\nlibexample\.so\.3: no such library\n$/);
    const json = await place.call(['conform', '--json', ...acts('dies')]);
    t.is((JSON.parse(json.stdout) as Check[])[0]?.result, 'broken');
  },
);
