// Bad input: one clear message that says what to do, the right exit code, no stack trace, nothing on stdout.
import {mkdir, writeFile} from 'node:fs/promises';
import {createServer as createHttpServer} from 'node:http';
import {type AddressInfo, createServer} from 'node:net';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {type Answer, openPlace, type Place} from '../helpers/cli-world.ts';
import {Lanes} from '../helpers/lanes.ts';
import {type Watched, watched} from '../helpers/run-once.ts';

let house: Watched;
const endings: (() => unknown)[] = [];
test.before(async () => {
  house = await watched({teardown: end => endings.push(end)});
});
test.after('whatever was wrong, no process and no port is left', async t => {
  t.deepEqual(await house.watch.remains(), {processes: [], ports: []});
});
test.after.always(async () => {
  for (const end of endings.toReversed()) await end();
});

/** Most cases wait for a child that loads a scenario. More than a few at once take each other's time. */
const lanes = new Lanes(3);
const atPlace = (t: ExecutionContext, body: (place: Place) => Promise<void>): Promise<void> =>
  lanes.take(async () => body(await openPlace(t, house)));

type Case = {
  readonly argv: readonly string[];
  readonly files?: {readonly [name: string]: string};
  readonly code?: number;
  /** What the message must say, in this order. */
  readonly statement: readonly (string | RegExp)[];
};

/** A scenario with one property in another way. */
const scenarioWith = (change: string): string => `
import {defineScenario} from 'foulweather';
export default defineScenario({
  name: 'changed',
  observation: 'Something is wrong.',
  target: {kind: 'http'},
  variants: [{name: 'defaults', options: {}}, {name: 'bounded', options: {}}],
  load: {model: 'closed', concurrency: 1},
  operation: {deadlineMs: 100, idempotent: true},
  phases: [{name: 'baseline', role: 'baseline', durationMs: 100}, {name: 'recovery', role: 'recovery', durationMs: 100}],
  subject: {open: () => null, perform: () => undefined},
  ${change}
});
`;

const isMessage = test.macro((t, {argv, files = {}, code = 64, statement}: Case) =>
  atPlace(t, async place => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(place.cwd, name, '..'), {recursive: true});
      await writeFile(join(place.cwd, name), text);
    }
    const answer = await place.call(argv);
    t.is(answer.code, code, answer.stderr);
    isOneMessage(t, answer);
    let from = 0;
    for (const part of statement) {
      const text = typeof part === 'string' ? part.replaceAll('CWD', place.cwd) : part;
      const rest = answer.stderr.slice(from);
      const at = typeof text === 'string' ? rest.indexOf(text) : rest.search(text);
      t.true(at >= 0, `${String(text)} in: ${answer.stderr}`);
      from += Math.max(0, at);
    }
  }),
);

const isOneMessage = (
  t: {is: (a: unknown, b: unknown) => void; notRegex: (a: string, b: RegExp) => void},
  answer: Answer,
): void => {
  t.is(answer.stdout, '');
  // A raw stack has columns; that of the scenario's own error is told without.
  t.notRegex(answer.stderr, /^\s+at .*:\d+:\d+/m);
  t.notRegex(answer.stderr, /FW_INTERNAL|Node\.js v|fault of foulweather/);
  t.is(answer.stderr.match(/^error/gm)?.length, 1);
};

const cases: {readonly [title: string]: Case} = {
  'an unknown scenario': {
    argv: ['run', 'undici-stal'],
    statement: [
      'There is no built-in scenario "undici-stal".',
      'Did you mean "undici-stall"?',
      'FW_UNKNOWN_SCENARIO',
    ],
  },
  'a scenario with a name that is near to none': {
    argv: ['run', 'qqqqqq'],
    statement: ['"qqqqqq"', 'foulweather list', './qqqqqq.ts'],
  },
  'the second of two scenarios, before the first is run': {
    argv: ['run', 'undici-stall', 'nope'],
    statement: ['There is no built-in scenario "nope"'],
  },
  'a precision that is none': {
    argv: ['run', '--until-precise', 'very'],
    statement: ['--until-precise', 'such as 10%'],
  },
  'a limit of trials without a precision': {
    argv: ['run', '--max-trials', '9'],
    statement: ['--max-trials only works with --until-precise.', 'FW_USAGE'],
  },
  'more trials than their limit': {
    argv: ['run', '--until-precise', '10%', '--trials', '9', '--max-trials', '8'],
    statement: ['--trials 9 is more than --max-trials 8.'],
  },
  'too few trials to have an interval': {
    argv: ['run', '--until-precise', '10%', '--max-trials', '4'],
    statement: ['--max-trials', 'from 5 to 1000'],
  },
  'a precision with nothing to compare': {
    argv: ['run', 'undici-stall', '--until-precise', '10%', '--variant', 'bounded'],
    statement: ['--until-precise compares two variants, but only "bounded" of undici-stall would run.'],
  },
  'a shard that is none': {
    argv: ['run', '--shard', '5/4'],
    statement: ['--shard', 'from 1/1 to 10000/10000, such as 2/4; or auto', 'FW_USAGE'],
  },
  'a shard of a run whose length nobody knows': {
    argv: ['run', '--shard', '1/4', '--until-precise', '10%'],
    statement: ['--shard cannot be combined with --until-precise', '--trials', 'FW_USAGE'],
  },
  'shards of a workflow that is not asked for': {
    argv: ['init', '--shards', '4'],
    statement: ['--shards only works with --ci.', 'FW_USAGE'],
  },
  'a folder to merge that is not there': {
    argv: ['merge', 'nowhere'],
    statement: ['There is no saved run in nowhere.', '.foulweather/runs/ID', 'FW_UNKNOWN_RUN'],
  },
  'a folder to merge without a run': {
    argv: ['merge', '.'],
    files: {'a/b/notes.md': ''},
    statement: ['There is no saved run in', 'FW_UNKNOWN_RUN'],
  },
  'a shard that was cut off while it was copied': {
    argv: ['merge', 'shards'],
    files: {'shards/a/run.json': '{"schemaVersion": 1, "pl'},
    statement: ['Cannot read shards/a/run.json', 'FW_RUN_DAMAGED'],
  },
  'a scenario’s option without a scenario': {
    argv: ['run', '--variant', 'bounded'],
    statement: ['--variant needs the name of a scenario.', 'FW_USAGE'],
  },
  'a version without a scenario': {
    argv: ['run', '--against', 'redis@5.8.0'],
    statement: ['--against needs the name of a scenario.', 'FW_USAGE'],
  },
  'a folder of scenarios': {
    argv: ['run', './mine'],
    files: {'mine/b.ts': '', 'mine/c.mjs': '', 'mine/notes.md': ''},
    statement: ['./mine is a folder.', 'foulweather run ./mine/b.ts ./mine/c.mjs (', 'FW_UNKNOWN_SCENARIO'],
  },
  'a file that is no code': {
    argv: ['run', './notes.md'],
    files: {'notes.md': ''},
    statement: ['./notes.md is neither a scenario nor a program.', '.ts, .mts, .cts, .js, .mjs, .cjs', '.py'],
  },
  'a file without its path': {
    argv: ['run', 'mine'],
    files: {'mine.ts': ''},
    statement: ['There is no built-in scenario "mine".', 'Did you mean "./mine.ts"?'],
  },
  'what several scenarios lack, before the first is run': {
    argv: ['run', 'a.ts', 'b.ts', 'c.ts'],
    files: {
      'a.ts': scenarioWith(''),
      'b.ts': "import 'no-such-package';\n",
      'c.ts': scenarioWith("target: {service: 'nats'}"),
    },
    statement: [
      '2 of 3 scenarios cannot run, so none was started:',
      'b.ts needs the package no-such-package',
      'npm install no-such-package',
      'Scenario "changed" needs a running NATS.',
      '--start-services',
      'FW_MODULE_MISSING',
    ],
  },
  'a mistake in a phase': {
    argv: ['run', 'a.mjs'],
    files: {
      'a.mjs': scenarioWith("phases: [\n  {name: 'calm', role: 'baseline', durationMs: 'long'}]"),
    },
    statement: [
      'a.mjs is not a valid scenario (1 problem):',
      'phase "calm": durationMs must be a number, not "long"',
      /> 13 \| {3}\{name: 'calm', role: 'baseline', durationMs: 'long'\}\]\n/,
      /\n {9}\| {36}\^\n/,
    ],
  },
  'a storm that there is none of': {
    argv: ['run', '--storm', 'quik'],
    statement: ['--storm', 'There is no storm "quik". Did you mean "quick"?'],
  },
  'a version without its package': {
    argv: ['run', '--against', '5.8.0'],
    statement: ['--against', 'redis@5.8.0'],
  },
  'the whole pack beside a scenario': {
    argv: ['run', 'undici-stall', '--all'],
    statement: ['--all runs every library, but undici-stall is named as well.', 'FW_USAGE'],
  },
  'a version that a scenario is not written for': {
    argv: ['run', 'a.ts', '--against', 'lib@1.2.3'],
    files: {'a.ts': scenarioWith("supports: {lib: '>=2'}")},
    statement: ['Scenario "changed" supports lib >=2, which 1.2.3 is not.', 'FW_USAGE'],
  },
  'a range of versions that is none': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': scenarioWith("supports: {lib: 'newest'}")},
    statement: ['supports.lib must be a range of versions', 'FW_SCENARIO_INVALID'],
  },
  'a missing file': {
    argv: ['run', './gone.ts'],
    statement: ['There is no file ./gone.ts.', 'foulweather init'],
  },
  'an unknown goal': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': scenarioWith('goals: {recovery: {sucessRatio: {min: 1}}}')},
    statement: ['goals.recovery.sucessRatio', 'Did you mean "successRatio"?', 'FW_SCENARIO_INVALID'],
  },
  'an unknown phase of a goal': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': scenarioWith('goals: {recovry: {successRatio: {min: 1}}}')},
    statement: ['goals.recovry', 'Did you mean "recovery"?'],
  },
  'several mistakes at once': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': scenarioWith("name: 'No Slug', load: {model: 'closed', concurrency: 0}")},
    statement: [
      'a.ts is not a valid scenario (2 problems):',
      'name must be 1 to 63 lower-case letters',
      'load.concurrency must be',
    ],
  },
  'an address of a target that is none': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': scenarioWith("target: {url: 'localhost:6379'}")},
    statement: ['target', 'redis://127.0.0.1:6379'],
  },
  'a target whose start() answers with no address': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': scenarioWith("target: {start: () => ({url: 'tcp://127.0.0.1'})}")},
    statement: ['The address of the target, tcp://127.0.0.1, has no port.', 'redis://127.0.0.1:6379'],
  },
  'a syntax error': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': 'export const one = 1;\nexport const two = = 2;\n'},
    statement: ['a.ts:2: SyntaxError', 'FW_SCENARIO_LOAD', '> 2 | export const two = = 2;'],
  },
  'TypeScript that cannot be stripped': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': 'export const one = 1;\n\nenum Colour {Red}\n'},
    statement: ['a.ts:3: ', '> 3 | enum Colour {Red}', 'instead of an enum', 'FW_SCENARIO_LOAD'],
  },
  'a file that throws': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': "const one = 1;\nthrow new Error('no such luck');\n"},
    statement: ['a.ts:2: Error: no such luck (FW_SCENARIO_LOAD)', "> 2 | throw new Error('no such luck');"],
  },
  'a file that ends its process': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': 'process.exit(3);\n'},
    statement: ['Loading a.ts failed: the process exited with code 3.', 'FW_SCENARIO_LOAD'],
  },
  'a file without a default export': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': 'export const scenario = {};\n'},
    statement: [
      'a.ts: it has no default export made by defineScenario()',
      'export default defineScenario({…})',
    ],
  },
  'a missing package': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': "import '@no-such/package-here/deep';\n"},
    statement: [
      'a.ts needs the package @no-such/package-here, which is not installed.',
      'npm install @no-such/package-here',
      'FW_MODULE_MISSING',
    ],
  },
  'a missing file beside the scenario': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': "import './beside.ts';\n"},
    statement: ['a.ts:1: there is no file ./beside.ts', "> 1 | import './beside.ts';", 'FW_SCENARIO_LOAD'],
  },
  'a missing instrumentation': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': scenarioWith("telemetry: {instrumentations: ['no-such-instrumentation']}")},
    statement: ['the package no-such-instrumentation,', 'npm install no-such-instrumentation'],
  },
  'an unknown variant': {
    argv: ['run', 'a.ts', '--variant', 'bonded'],
    files: {'a.ts': scenarioWith('')},
    statement: ['has no variant "bonded"', 'Did you mean "bounded"?', 'FW_UNKNOWN_VARIANT'],
  },
  'a target whose start() throws': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': scenarioWith("target: {start() { throw new Error('no licence'); }}")},
    statement: [
      /target\.start\(\) of the scenario failed at a\.ts:\d+: Error: no licence/,
      /\n {2}at Object\.start \(a\.ts:\d+\)\n/,
      'Fix target.start()',
      'FW_TARGET_START',
    ],
  },
  'a target whose process dies while it starts': {
    argv: ['run', 'a.ts'],
    files: {
      'a.ts': scenarioWith(
        "target: {start() { setImmediate(() => { throw new Error('no licence'); }); return new Promise(() => {}); }}",
      ),
    },
    statement: [
      /The process of the scenario's target\.start\(\) ended early \(exit code 1\) at a\.ts:\d+: Error: no licence/,
      /\n {2}at Immediate\.<anonymous> \(a\.ts:\d+\)\n/,
      'FW_TARGET_START',
    ],
  },
  'an unknown command': {
    argv: ['rnu'],
    statement: ["Unknown command 'rnu'.", 'Did you mean run?', 'foulweather --help', 'FW_USAGE'],
  },
  'an unknown option': {
    argv: ['run', '--trails', '3'],
    statement: ["Unknown option '--trails'.", 'Did you mean --trials?', 'foulweather run --help', 'FW_USAGE'],
  },
  'a number of trials that is none': {
    argv: ['run', '--trials', 'many'],
    statement: ['--trials', 'whole number'],
  },
  'no trials at all': {argv: ['run', '--trials', '0'], statement: ['--trials', 'from 1 to 1000']},
  'a negative seed': {argv: ['run', '--seed', '-1'], statement: ['--seed', 'from 0']},
  'a seed that is no whole number': {argv: ['run', '--seed', '1.5'], statement: ['--seed', 'whole number']},
  'an empty seed': {argv: ['run', '--seed', ''], statement: ['--seed', 'whole number']},
  'an address of Toxiproxy that is none': {
    argv: ['run', '--toxiproxy', 'localhost:8474'],
    statement: ['--toxiproxy', 'http://127.0.0.1:8474'],
  },
  'an argument too many': {argv: ['list', 'all'], statement: ['Too many arguments', '--help']},
  'a report of no run': {
    argv: ['report'],
    statement: ["Missing required argument 'id'.", '--help'],
  },
  'a report of an unknown run, where there is none': {
    argv: ['report', 'latest'],
    statement: ['No saved runs in .foulweather/runs.', 'Run `foulweather run` first', 'FW_UNKNOWN_RUN'],
  },
  'a report of an unknown run': {
    argv: ['report', '2026-01-01'],
    files: {'.foulweather/runs/2026-01-02-calm/run.json': '{}'},
    statement: ['There is no run "2026-01-01"', '2026-01-02-calm'],
  },
  'a report of a path outside of the runs': {
    argv: ['report', '../..'],
    files: {'.foulweather/runs/2026-01-02-calm/run.json': '{}'},
    statement: ['There is no run "../.."'],
  },
  'a run.json that was cut off': {
    argv: ['report', 'latest'],
    files: {'.foulweather/runs/a/run.json': '{"schemaVersion": 1, "pl'},
    statement: ['Cannot read .foulweather/runs/a/run.json', 'run the scenario again', 'FW_RUN_DAMAGED'],
  },
  'a run.json of another schema': {
    argv: ['report', 'latest'],
    files: {'.foulweather/runs/a/run.json': '{"schemaVersion": 9}'},
    statement: ['its schema version is 9, and this version reads 1', 'FW_RUN_VERSION'],
  },
  'a run.json without a plan': {
    argv: ['report', 'latest'],
    files: {'.foulweather/runs/a/run.json': '{"schemaVersion": 1, "trialIds": []}'},
    statement: ['Cannot read .foulweather/runs/a/run.json: id: expected string', 'FW_RUN_DAMAGED'],
  },
  'a run without run.json': {
    argv: ['report', 'latest'],
    files: {'.foulweather/runs/a/trials/b/events.ndjson': ''},
    statement: ['Cannot read .foulweather/runs/a/run.json', 'ENOENT'],
  },
  'a folder in which no data can be kept': {
    argv: ['run', 'a.ts'],
    files: {'a.ts': scenarioWith(''), '.foulweather': 'a file'},
    statement: ['Cannot save runs in .foulweather/runs', '--data', 'FW_FILE_WRITE'],
  },
  'a file to write to in a folder that is missing': {
    argv: ['init', 'no/such/folder.ts'],
    statement: ['Cannot write no/such/folder.ts', 'Check that its folder exists'],
  },
};

for (const [title, row] of Object.entries(cases)) test(`${title} is told in one message`, isMessage, row);

for (const [title, startAt] of [
  [
    'itself',
    (listen: string, url: string) =>
      `async start() { const s = ${listen}; await once(s, 'listening'); return {url: '${url}'}; }`,
  ],
  [
    'by an event that nobody waits for',
    (listen: string) => `start() { ${listen}; return new Promise(() => {}); }`,
  ],
] as const) {
  test(`a port that is taken is told in one message, when start() finds out ${title}`, t =>
    atPlace(t, async place => {
      const server = createServer();
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      t.teardown(() => server.close());
      const {port} = server.address() as AddressInfo;
      const start = startAt(`createServer().listen(${port}, '127.0.0.1')`, `tcp://127.0.0.1:${port}`);
      const imports = "import {once} from 'node:events';\nimport {createServer} from 'node:net';\n";
      await writeFile(join(place.cwd, 'a.ts'), `${imports}${scenarioWith(`target: {${start}}`)}`);
      const answer = await place.call(['run', 'a.ts']);
      t.is(answer.code, 64);
      isOneMessage(t, answer);
      t.true(answer.stderr.includes(`EADDRINUSE: address already in use 127.0.0.1:${port}`), answer.stderr);
      t.true(answer.stderr.includes('If its port is in use, free it'));
    }));
}

test('a Toxiproxy that does not answer is told in one message', t =>
  atPlace(t, async place => {
    // Nobody listens there; a port that was free a moment ago might be somebody's.
    const port = 2;
    await writeFile(join(place.cwd, 'a.ts'), scenarioWith(''));
    const answer = await place.call(['run', 'a.ts', '--toxiproxy', `http://127.0.0.1:${port}`]);
    t.is(answer.code, 64);
    isOneMessage(t, answer);
    t.true(answer.stderr.includes(`Cannot reach the injector at http://127.0.0.1:${port}`));
    t.true(answer.stderr.includes('Start Toxiproxy'));
  }));

for (const status of [200, 404]) {
  test(`an address at which something else than Toxiproxy answers with ${status} is told in one message`, t =>
    atPlace(t, async place => {
      await writeFile(join(place.cwd, 'a.ts'), scenarioWith(''));
      const server = createHttpServer((_, response) => response.writeHead(status).end('<html>hello</html>'));
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      t.teardown(() => server.close());
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const answer = await place.call(['run', 'a.ts', '--toxiproxy', url]);
      t.is(answer.code, 64);
      isOneMessage(t, answer);
      t.true(answer.stderr.includes(`The server at ${url} is not Toxiproxy`), answer.stderr);
    }));
}
