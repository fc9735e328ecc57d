import test from 'ava';
import {FoulweatherError} from '../../src/model/errors.ts';
import {refuse, stall} from '../../src/model/fault.ts';
import {deliveryPromiseOf} from '../../src/model/plan.ts';
import {program, type Scenario} from '../../src/scenarios/define-scenario.ts';
import {planOf} from '../../src/scenarios/plan-of.ts';
import {scenarioWith} from '../helpers/trial-scenario.ts';

test('what is left out gets its default', t => {
  t.deepEqual(planOf(scenarioWith({})), {
    name: 'pool',
    observation: 'Requests hang.',
    target: {kind: 'http', thinkTimeMs: 0},
    variants: [{name: 'defaults', options: {}, change: null, process: {env: {}}}],
    load: {model: 'closed', concurrency: 2},
    operation: {deadlineMs: 2000, idempotent: true},
    phases: [
      {name: 'baseline', role: 'baseline', durationMs: 1000, faults: []},
      {name: 'stalled', role: 'fault', durationMs: 1000, faults: [stall()]},
    ],
    drainLimitMs: 5000,
    goals: {},
    telemetry: {instrumentations: []},
  });
});

test('what is given stays', t => {
  const plan = planOf(
    scenarioWith({
      target: {kind: 'http', thinkTimeMs: 5},
      variants: [
        {name: 'defaults', options: {}},
        {
          name: 'bounded',
          options: {headersTimeout: 5},
          change: 'Bound it.',
          process: {heapLimitMiB: 64, env: {NODE_ENV: 'test'}},
        },
      ],
      drainLimitMs: 100,
      trials: 5,
      goals: {run: {hungCount: {max: 0}}, stalled: {successRatio: {min: 0.5, max: 1}}},
      thresholds: {'retry-amplification': {failRatio: 5}},
      telemetry: {instrumentations: ['@opentelemetry/instrumentation-pg'], background: ['POST /bulk']},
    }),
  );
  t.deepEqual(plan.thresholds, {'retry-amplification': {failRatio: 5}});
  t.deepEqual(plan.target, {kind: 'http', thinkTimeMs: 5});
  t.deepEqual(plan.variants[1], {
    name: 'bounded',
    options: {headersTimeout: 5},
    change: 'Bound it.',
    process: {heapLimitMiB: 64, env: {NODE_ENV: 'test'}},
  });
  t.is(plan.drainLimitMs, 100);
  t.is(plan.trials, 5);
  t.deepEqual(plan.goals, {run: {hungCount: {max: 0}}, stalled: {successRatio: {min: 0.5, max: 1}}});
  t.deepEqual(plan.telemetry.instrumentations, ['@opentelemetry/instrumentation-pg']);
  t.deepEqual(plan.telemetry.background, ['POST /bulk']);
});

test('cycles make no more phases than an operation can name', t => {
  const pair = (index: number) => [
    {name: `f${index}`, role: 'fault' as const, durationMs: 20, faults: [stall()]},
    {name: `r${index}`, role: 'recovery' as const, durationMs: 20},
  ];
  const calm = {name: 'baseline', role: 'baseline' as const, durationMs: 100};
  const plan = (pairs: number, cycles: number, before: readonly (typeof calm)[]) =>
    planOf(
      scenarioWith({
        phases: [...before, ...Array.from({length: pairs}, (_, index) => pair(index)).flat()],
        cycles,
      } as unknown as Partial<Scenario>),
    );
  t.is(plan(15, 8, [calm]).phases.length, 241);
  t.throws(() => plan(8, 16, []), {code: 'FW_SCENARIO_INVALID', message: /16 cycles make 256 phases/});
  t.throws(() => plan(14, 12, [calm]), {
    message: /12 cycles make 337 phases, and a trial can have at most 255/,
  });
});

test('cycles repeat the phases from the first fault to the last recovery', t => {
  const named = (name: string, role: 'baseline' | 'fault' | 'recovery') => ({
    name,
    role,
    durationMs: 10,
    ...(role === 'fault' ? {faults: [stall()]} : {}),
  });
  const phases = [
    named('calm', 'baseline'),
    named('dark', 'fault'),
    named('back', 'recovery'),
    named('end', 'baseline'),
  ];
  const namesOf = (changes: object): string[] => planOf(scenarioWith(changes)).phases.map(({name}) => name);
  t.deepEqual(namesOf({phases, cycles: 3}), [
    'calm',
    'dark',
    'back',
    'dark#2',
    'back#2',
    'dark#3',
    'back#3',
    'end',
  ]);
  t.deepEqual(namesOf({phases: phases.slice(0, 2), cycles: 2}), ['calm', 'dark', 'dark#2']);
  t.deepEqual(namesOf({phases: phases.slice(0, 1), cycles: 2}), ['calm']);
});

const hasTarget = test.macro({
  title: (_title, target: object, expected: object) =>
    `target ${Object.keys(target)} is ${JSON.stringify(expected)}`,
  exec(t, target: object, expected: object) {
    const shown: object = planOf(scenarioWith({target})).target;
    t.deepEqual(shown, expected);
  },
});

test(hasTarget, {url: 'redis://127.0.0.1:6379'}, {kind: 'url', url: 'redis://127.0.0.1:6379'});
test(hasTarget, {start: () => ({url: 'http://127.0.0.1:1'})}, {kind: 'custom'});

const isMistaken = test.macro({
  title: (title, changes: object) => title ?? JSON.stringify(changes),
  exec(t, changes: object, mistakes: readonly string[]) {
    const error = t.throws(() => planOf(scenarioWith(changes)), {instanceOf: FoulweatherError});
    const [head, ...lines] = error!.message.split('\n');
    t.deepEqual(
      lines.map(line => line.trim()),
      mistakes,
    );
    t.is(
      head,
      `The scenario is not valid (${mistakes.length === 1 ? '1 problem' : `${mistakes.length} problems`}):`,
    );
    t.is(error?.code, 'FW_SCENARIO_INVALID');
    t.is(error?.exitCode, 64);
  },
});

const letters = 'must be 1 to 63 lower-case letters, digits and dashes, and not begin with a dash';
const phase = {name: 'calm', role: 'baseline', durationMs: 1};
const fault = {name: 'dark', role: 'fault', durationMs: 1, faults: [refuse()]};

test(isMistaken, {name: 'My Pool'}, [`name ${letters}`]);
test(isMistaken, {observation: ''}, ['observation must not be empty']);
test(isMistaken, {colour: 'red'}, [
  'the scenario has no property "colour"; it takes name, observation, remarks, target, supports, variants, sweep, load, operation, phases, cycles, drainLimitMs, trials, goals, thresholds, telemetry, subject, verify, prepare',
]);
test(isMistaken, {target: {kind: 'ftp'}}, [
  "target must be {kind: 'http'}, {url: '…'}, {service: '…'} or {start() {…}}",
]);
test(isMistaken, {target: {service: 'reddis'}}, [
  'target: there is no service "reddis". Did you mean "redis"?',
]);
test(isMistaken, {target: {url: 'localhost:6379'}}, [
  'target.url must be an address such as redis://127.0.0.1:6379',
]);
test(isMistaken, {variants: []}, ['variants must not be empty']);
test(isMistaken, {variants: [{name: 'a', options: {}, proces: {}}]}, [
  'variant "a" has no property "proces"; did you mean "process"?',
]);
test(isMistaken, {load: {model: 'open', ratePerSecond: 0, maxInFlight: -1}}, [
  'load.ratePerSecond must be more than 0',
  'load.maxInFlight must be more than 0',
]);
test(
  isMistaken,
  {
    thresholds: {
      'retry-amplificaton': {failRatio: 5},
      'hung-operation': {hungcount: 1},
      'process-crash': {crashCount: 1},
    },
  },
  [
    'thresholds.retry-amplificaton: there is no such symptom. Did you mean "retry-amplification"?',
    'thresholds.hung-operation.hungcount: there is no such threshold. Did you mean "hungCount"?',
    'thresholds.process-crash.crashCount: there is no such threshold; this one has none',
  ],
);
test(isMistaken, {thresholds: {'retry-amplification': {failRatio: -1}}}, [
  'thresholds.retry-amplification.failRatio must be at least 0',
]);
test(
  isMistaken,
  {
    goals: {
      run: {
        telemetry: [
          {metric: 'x', stat: 'p98', max: 1},
          {metric: 'x', stat: 'p99'},
        ],
      },
    },
  },
  [
    'goals.run.telemetry[0].stat "p98" is unknown; did you mean "p90"?',
    'goals.run.telemetry[1] needs a min or a max',
  ],
);
test(isMistaken, {load: {model: 'burst'}}, ['load.model "burst" is unknown; did you mean "bursts"?']);
test(isMistaken, {load: {ratePerSecond: 5}}, [
  'load.model is missing; it must be open, ramp, bursts or closed',
]);
test(isMistaken, {operation: {deadlineMs: Number.NaN}}, [
  'operation.deadlineMs must be a number, not NaN',
  'operation.idempotent is missing; it must be a boolean',
]);
test(isMistaken, {subject: {open: 'now'}}, [
  'subject.open must be a function',
  'subject.perform must be a function',
]);
test(
  'mistakes in phases and faults are listed with their places',
  isMistaken,
  {
    phases: [
      {name: 'Calm', role: 'calm', durationMs: 0},
      {...fault, faults: [{kind: 'latency'}, {kind: 'stal'}, {kind: 'bandwidth', bytesPerSecond: 1500}]},
    ],
  },
  [
    `phases[0].name ${letters}`,
    'phase "Calm": role must be warm-up, baseline, fault or recovery, not "calm"',
    'phase "Calm": durationMs must be more than 0',
    'phase "dark": latency.latencyMs must be a number, or {from, to}',
    'phase "dark": faults[1].kind "stal" is unknown; did you mean "stall"?',
    'phase "dark": bandwidth.bytesPerSecond must be a multiple of 1000',
  ],
);
test(
  'faults belong into fault phases, and fault phases have some',
  isMistaken,
  {
    phases: [
      {...phase, faults: [stall()]},
      {...fault, faults: []},
    ],
  },
  ['phase "calm" has faults, so its role must be \'fault\'', 'phase "dark" is a fault phase without faults'],
);
test(
  'only a recovery is prolonged, and to more than it lasts anyway',
  isMistaken,
  {
    phases: [
      {...phase, prolongedToMs: 60_000},
      {...fault},
      {name: 'back', role: 'recovery', durationMs: 1000, prolongedToMs: 1000},
    ],
  },
  [
    'phase "calm": prolongedToMs is only allowed in a recovery phase',
    'phase "back": prolongedToMs must be longer than durationMs',
  ],
);
const closing = {...fault, endsWith: 'close'};
const closable = {open: () => null, perform: () => undefined, close: () => {}};

test(
  'close() is called in the last phase, under its faults, where there is one',
  isMistaken,
  {phases: [{...phase, endsWith: 'close'}, closing], subject: {open: () => null, perform: () => undefined}},
  [
    'phase "calm": endsWith is only allowed in the last phase, which must have faults',
    'phase "calm": endsWith needs subject.close: without it there is nothing to call',
  ],
);
test(
  'a phase that is repeated does not end with close()',
  isMistaken,
  {phases: [phase, closing], cycles: 2, subject: closable},
  ['phase "dark": endsWith is not allowed in a phase that `cycles` repeats: add a recovery before it'],
);
test(
  'a program ends when it is closed',
  isMistaken,
  {phases: [phase, closing], subject: program({command: ['true']})},
  ['phase "dark": endsWith must be \'sigterm\' for a program: a program exits when it is closed'],
);
test(
  'only a program is sent SIGTERM',
  isMistaken,
  {phases: [phase, {...closing, endsWith: 'sigterm'}], subject: closable},
  [
    'phase "dark": endsWith must be \'close\' unless the subject is a program: only a program has its own SIGTERM handler',
  ],
);
test('a program that is sent SIGTERM has no more time for what is in flight than any other', t => {
  const plan = planOf(
    scenarioWith({
      phases: [phase, {...closing, endsWith: 'sigterm'}],
      subject: program({command: ['true']}),
    }),
  );
  t.is(plan.phases.at(-1)?.endsWith, 'sigterm');
  t.true(plan.drainLimitMs < 12_000);
});
const coming = {model: 'closed', concurrency: 2, clients: 'per-operation'};

test(
  'clients that come and go are closed',
  isMistaken,
  {load: coming, subject: {open: () => null, perform: () => undefined}},
  ['load.clients needs subject.close, which is called for each client'],
);
test('a program is opened once', isMistaken, {load: coming, subject: program({command: ['true']})}, [
  'load.clients is not available for programs, which are opened and closed once',
]);
test(
  'clients come and go in all phases',
  isMistaken,
  {phases: [{...phase, load: coming}, fault], subject: closable},
  ['phase "calm": load.clients is only allowed in the scenario\'s load, since it applies to all phases'],
);
test('a client lives for a while', isMistaken, {load: {...coming, clients: {lifeMs: 0}}, subject: closable}, [
  'load.clients.lifeMs must be at least 50',
]);
test('there are two ways', isMistaken, {load: {...coming, clients: 'per-request'}, subject: closable}, [
  "load.clients must be 'per-operation' or {lifeMs}",
]);
test('clients that come and go are in the plan', t => {
  const plan = planOf(scenarioWith({load: {...coming, clients: {lifeMs: 500}}, subject: closable}));
  t.deepEqual(plan.load.clients, {lifeMs: 500});
});
test(
  'how long a program takes to end is known where it is sent SIGTERM',
  isMistaken,
  {phases: [phase, closing], subject: closable, goals: {dark: {timeToExitMs: {max: 1}}}},
  ["goals.dark.timeToExitMs needs a phase with endsWith: 'sigterm'"],
);
test('what is in flight when close() is called is watched until it would count as orphaned', t => {
  const phases = [phase, {...fault, name: 'first'}, {name: 'back', role: 'recovery', durationMs: 1}, closing];
  const plan = planOf(scenarioWith({phases, cycles: 2, subject: closable}));
  t.is(plan.drainLimitMs, 12_000);
  t.deepEqual(
    plan.phases.map(({name, endsWith}) => [name, endsWith === 'close']),
    [
      ['calm', false],
      ['first', false],
      ['back', false],
      ['first#2', false],
      ['back#2', false],
      ['dark', true],
    ],
  );
});

test(
  'names that mean something else are refused, beside other mistakes',
  isMistaken,
  {
    phases: [
      {...phase, name: 'run', faults: [stall()]},
      {...phase, name: 'drain'},
      {...phase, name: 'start'},
    ],
  },
  [
    'phase "run" has faults, so its role must be \'fault\'',
    'phases[0].name must not be "run", which stands for the whole run in goals',
    'phases[1].name must not be "drain", which stands for the time after the last phase',
    'phases[2].name must not be "start", which stands for the time before the first phase',
  ],
);
test(
  'repeated names are told',
  isMistaken,
  {
    variants: [
      {name: 'a', options: {}},
      {name: 'b', options: {}},
      {name: 'a', options: {}},
    ],
    phases: [phase, fault, phase],
  },
  [
    'variants: duplicate name "a"; variant names must be unique',
    'phases: duplicate name "calm"; phase names must be unique',
  ],
);
test(
  'goals of unknown phases and figures get a suggestion',
  isMistaken,
  {
    goals: {
      stalld: {succesRatio: {min: 1}},
      run: {hungcount: {max: 0}, wrongCount: {max: 0}, happiness: {min: 1}},
      xylophone: {hungCount: {max: 0}},
    },
  },
  [
    'goals.stalld: there is no such phase. Did you mean "stalled"?',
    'goals.stalld.succesRatio: there is no such figure. Did you mean "successRatio"?',
    'goals.run.hungcount: there is no such figure. Did you mean "hungCount"?',
    'goals.run.happiness: there is no such figure. Known: successRatio, goodputPerSecond, responseP50Ms, responseP90Ms, responseP99Ms, serviceP50Ms, serviceP99Ms, settleP99Ms, hungCount, overrunCount, droppedCount, wrongCount, duplicateCount, lostCount, deliveriesPerSecond, deliveredRatio, backlogCount, attemptsPerOperationRatio, cpuUsPerOperation, rssMaxBytes, heapMaxBytes, timeToRecoverMs, timeToExitMs, telemetry.',
    'goals.xylophone: there is no such phase. Known: baseline, stalled, run.',
  ],
);
test(
  'limits must be possible',
  isMistaken,
  {
    goals: {run: {hungCount: {}, successRatio: {min: 1, max: 0.5}, wrongCount: {max: '0'}}},
  },
  [
    'goals.run.hungCount needs a min or a max',
    'goals.run.successRatio has a min above its max',
    'goals.run.wrongCount.max must be a number, not "0"',
  ],
);

test('a scenario that is none is told as a mistake', t => {
  t.throws(() => planOf(7 as unknown as Scenario), {
    message: 'The scenario is not valid (1 problem):\n  the scenario must be an object, not 7',
  });
});

test('what is promised of deliveries is the variant’s, and else the operation’s', t => {
  const plan = planOf(
    scenarioWith({
      operation: {deadlineMs: 2000, idempotent: true, deliveries: 'at-least-once'},
      variants: [
        {name: 'defaults', options: {}},
        {name: 'named', options: {}, deliveries: 'exactly-once'},
      ],
    }),
  );
  t.is(deliveryPromiseOf(plan, 'defaults'), 'at-least-once');
  t.is(deliveryPromiseOf(plan, 'named'), 'exactly-once');
  t.is(deliveryPromiseOf(planOf(scenarioWith({})), 'defaults'), null);
});

test(isMistaken, {operation: {deadlineMs: 1000, idempotent: true, deliveries: 'once'}}, [
  'operation.deliveries must be at-least-once, at-most-once or exactly-once, not "once"',
]);

test('a program is part of the plan, and its functions are not asked for', t => {
  const command = ['python3', 'client.py'] as const;
  const plan = planOf(scenarioWith({subject: program({command: [...command], cwd: 'app'})}));
  t.deepEqual(plan.program, {command: [...command], cwd: 'app'});
});

test('what is of Node is refused for a program', t => {
  const error = t.throws(
    () =>
      planOf(
        scenarioWith({
          subject: program({command: ['client']}),
          variants: [{name: 'a', options: {}, process: {heapLimitMiB: 64}, packages: {undici: '^7'}}],
          telemetry: {use: ['redis']},
        }),
      ),
    {instanceOf: FoulweatherError},
  );
  t.regex(
    error.message,
    /variant "a": process\.heapLimitMiB applies to Node\.js only, and the subject is a program/,
  );
  t.regex(error.message, /variant "a": packages needs subject\.program\.requirements/);
  t.regex(error.message, /telemetry applies to Node\.js only/);
});

test('a variant of a program may have other versions of what it requires, named as its language does', t => {
  const variants = [
    {name: 'old', options: {}, packages: {'redis.clients:jedis': '5.1.0'}},
    {name: 'new', options: {}},
  ] as const;
  const command = ['java', 'Client'] as const;
  const subject = program({command: [...command], requirements: 'pom.xml'});
  const plan = planOf(scenarioWith({subject, variants: [...variants]}));
  t.deepEqual(plan.variants[0].packages, {'redis.clients:jedis': '5.1.0'});
  t.throws(() => planOf(scenarioWith({variants: [...variants]})), {message: /variant "old": packages/});
});

const wrongPrograms: {readonly [title: string]: readonly [input: unknown, says: RegExp]} = {
  'in a language whose requirements are not known': [
    {command: ['ruby', 'client.rb'], requirements: 'Gemfile'},
    /subject\.program\.requirements needs a command that begins with python3, java, or `go run` and a package/,
  ],
  'whose package for go run is not known': [
    {command: ['go', 'run', '-race', '.'], requirements: 'go.mod'},
    /subject\.program\.requirements needs a command that begins with python3/,
  ],
  'without a command': [{}, /subject\.program\.command is missing/],
  'with an empty command': [{command: []}, /subject\.program\.command must not be empty/],
  'with a command line': [{command: 'python3 client.py'}, /subject\.program\.command must be an array/],
  'with an option that there is not': [{command: ['a'], args: []}, /subject\.program has no property "args"/],
};

for (const [title, [input, says]] of Object.entries(wrongPrograms)) {
  test(`a program ${title} is refused`, t => {
    t.throws(() => planOf(scenarioWith({subject: {program: input} as never})), {message: says});
  });
}
