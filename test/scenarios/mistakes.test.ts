// What is wrong with a scenario. An option that a fault doesn't have would make it another fault than the one that was asked for.
import test from 'ava';
import * as api from '../../src/index.ts';
import type {Fault} from '../../src/model/fault.ts';
import {faultKinds} from '../../src/model/fault-defaults.ts';
import {isServerError} from '../../src/model/server-errors.ts';
import {isServerFault} from '../../src/model/server-fault.ts';
import type {Scenario} from '../../src/scenarios/define-scenario.ts';
import {planOf} from '../../src/scenarios/plan-of.ts';
import {scenarioWith} from '../helpers/trial-scenario.ts';

const planWith = (...faults: readonly Fault[]) =>
  planOf(
    scenarioWith({
      ...(faults.some(({kind}) => isServerError(kind)) && {target: {url: 'tcp://127.0.0.1:1'}}),
      ...(faults.some(isServerFault) && {target: {service: 'redis'}}),
      phases: [
        {name: 'baseline', role: 'baseline', durationMs: 1000},
        {name: 'dark', role: 'fault', durationMs: 1000, faults},
      ],
    } as Partial<Scenario>),
  );

/** What each constructor cannot do without. */
const needed: {readonly [kind: string]: object} = {
  latency: {latencyMs: 10},
  bandwidth: {bytesPerSecond: 1000},
  slowClose: {delayMs: 10},
  timeout: {timeoutMs: 10},
  slicer: {averageSizeBytes: 10},
  coalesce: {holdMs: 10},
  limitData: {limitBytes: 10},
  corrupt: {bytesPerKb: 1},
  limitConnections: {connectionLimit: 1},
  flap: {downMs: 10, upMs: 10},
  blackhole: {syn: false},
  httpStatus: {status: 503, retryAfterSeconds: 1, retryAfterDate: undefined},
  httpFault: {stage: 'request', action: 'hang'},
  slowBody: {bytesPerSecond: 10},
  wrongContentLength: {differenceBytes: 1},
  malformedResponse: {how: 'twice'},
  resetStream: {stage: 'request', errorCode: 'REFUSED_STREAM'},
  limitStreams: {streamLimit: 1},
  grpcStatus: {status: 'UNAVAILABLE'},
  withholdTrailers: {action: 'hang'},
  wrongCertificate: {problem: 'expired'},
  packetLoss: {ratio: 0.1},
  mtuBlackHole: {bytes: 1000},
  dnsSlow: {delayMs: 10},
  redisError: {error: 'LOADING'},
  postgresError: {error: '40001'},
  mysqlError: {error: '1213'},
  amqpError: {error: '404'},
  smtpError: {error: '451'},
  natsError: {error: '503'},
  memcachedError: {error: 'BUSY'},
  mqttError: {error: '0x97'},
};

const make = (kind: string, more: object): Fault => {
  const faultOf = Reflect.get(api, kind) as (options: object) => Fault;
  return faultOf({...needed[kind], ...more});
};

const serverKinds = faultKinds.filter(kind => isServerFault({kind}));

for (const kind of faultKinds.filter(kind => !isServerFault({kind}))) {
  test(`${kind} refuses an option that it does not have, and takes those that it has`, t => {
    t.notThrows(() => planWith(make(kind, {startAfterMs: 1, hitLimit: undefined})));
    t.throws(() => planWith(make(kind, {probabilty: 0.5, bogus: 1})), {
      code: 'FW_SCENARIO_INVALID',
      message: new RegExp(
        `phase "dark": ${kind} has no option "probabilty"; did you mean "probability"\\?\n.* has no option "bogus"; it takes .*probability`,
      ),
    });
  });
}

for (const kind of serverKinds) {
  test(`${kind} has times only`, t => {
    t.notThrows(() => planWith(make(kind, {startAfterMs: 1, durationMs: 2, everyMs: 3})));
    t.throws(() => planWith(make(kind, {durationM: 5, firstN: 1})), {
      code: 'FW_SCENARIO_INVALID',
      message: new RegExp(
        `phase "dark": ${kind} has no option "durationM"; did you mean "durationMs"\\?\n.* has no option "firstN"; it takes startAfterMs, durationMs, everyMs`,
      ),
    });
  });

  test(`${kind} needs a server that foulweather starts`, t => {
    const fault = make(kind, {});
    const phases = [{name: 'dark', role: 'fault', durationMs: 1, faults: [fault]}];
    t.throws(() => planOf(scenarioWith({phases})), {
      code: 'FW_SCENARIO_INVALID',
      message: new RegExp(`phase "dark": ${kind} acts on a server that foulweather starts: use target`),
    });
  });
}

test('a phase takes the server away in one way only', t => {
  t.throws(() => planWith(make('serverStop', {}), make('stall', {}), make('serverPause', {})), {
    message: /phase "dark": serverPause is one too many: a phase has at most one fault of the server/,
  });
});

test("Toxiproxy's own names lead to ours", t => {
  t.throws(() => planWith(make('stall', {toxicity: 0.5, stream: 'upstream'})), {
    message: /"toxicity"; did you mean "probability"\?\n.*"stream"; did you mean "direction"\?/,
  });
});

test('an option that is undefined is not given', t => {
  t.deepEqual(make('stall', {bogus: undefined}), make('stall', {}));
});

for (const kind of ['flap', 'limitConnections', 'refuse', 'blackhole', 'httpStatus', 'tlsClose']) {
  test(`${kind} has no moment on a connection, and says what has`, t => {
    t.throws(() => planWith(make(kind, {at: {exchange: 1, cut: 'before'}})), {
      message: new RegExp(`${kind} has no option "at"; faults that act on the bytes .* such as closeAfter`),
    });
  });
}

test('an alert that has no such name is refused, and not replaced by the default', t => {
  t.throws(() => planWith(make('tlsAlert', {alert: 'handshake_failed'})), {
    code: 'FW_SCENARIO_INVALID',
    message: /alert must be the number of an alert; tlsAlert\(\) takes its name/,
  });
});

const refused = test.macro({
  title: (_, _target: Scenario['target'], faults: readonly Fault[], wanted: string) =>
    `${faults.map(({kind}) => kind)}: ${wanted}`,
  exec(t, target: Scenario['target'], faults: readonly Fault[], wanted: string) {
    const scenario = {
      target,
      phases: [
        {name: 'baseline', role: 'baseline', durationMs: 1000},
        {name: 'dark', role: 'fault', durationMs: 1000, faults},
      ],
    } as Partial<Scenario>;
    const {message} = t.throws(() => planOf(scenarioWith(scenario)), {code: 'FW_SCENARIO_INVALID'})!;
    t.true(message.includes(wanted), message);
  },
});

const redis = {service: 'redis'} as const;
const loading = api.redisError({error: 'LOADING'});
const other = 'and redisError are for different protocols; a scenario speaks only one';
test(
  refused,
  {kind: 'http'},
  [loading],
  'phase "dark": redisError needs a server that speaks Redis; the target speaks HTTP',
);
test(
  refused,
  redis,
  [api.postgresError({error: '40001'})],
  'postgresError needs a server that speaks PostgreSQL; the target is redis',
);
test(refused, redis, [loading, api.httpStatus({status: 503})], `httpStatus ${other}`);
test(refused, redis, [loading, api.natsError({error: '503'})], `natsError ${other}`);
test(
  refused,
  redis,
  [api.redisError({error: 'LOADING', command: 'GTE'})],
  'redisError: command: Redis has no command "GTE"',
);
test(
  refused,
  redis,
  [api.redisError({error: 'BUSY ', command: 'GET'})],
  'redisError: error: Redis has no error "BUSY "',
);
