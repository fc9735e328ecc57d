// Every fault constructor, by way of the scenario's check, to what Toxiproxy's API takes.
import test from 'ava';
import {faultName, needsEmbedded, type ToxicSpec, toToxic} from '../../src/faults/toxics.ts';
import {
  bandwidth,
  blackhole,
  closeAfter,
  coalesce,
  corrupt,
  type Fault,
  flap,
  halfClose,
  halfOpen,
  latency,
  limitConnections,
  limitData,
  refuse,
  resetAfter,
  resetPeer,
  slicer,
  slowClose,
  stall,
  timeout,
} from '../../src/model/fault.ts';
import {plannedFaultSchema} from '../../src/model/schema/scenario.ts';
import {serverKill, serverPause, serverStop} from '../../src/model/server-fault.ts';

const becomes = test.macro({
  title: title => `${title} becomes its toxic`,
  exec(t, fault: Fault, expected: Partial<ToxicSpec> | null) {
    t.deepEqual(plannedFaultSchema.parse(fault), fault);
    const toxic: Partial<ToxicSpec> | null = toToxic('phase-1', fault, 1000);
    t.deepEqual(toxic, expected && {name: 'phase-1', stream: 'downstream', toxicity: 1, ...expected});
  },
});

test('latency', becomes, latency({latencyMs: 100}), {
  type: 'latency',
  attributes: {latency: 100, jitter: 0},
});
test('latency with jitter', becomes, latency({latencyMs: 100, jitterMs: 50}), {
  type: 'latency',
  attributes: {latency: 100, jitter: 50},
});
test('rising latency', becomes, latency({latencyMs: {from: 0, to: 500}, startAfterMs: 200}), {
  type: 'latency',
  attributes: {latency: 0, jitter: 0},
  ramp_to: {latency: 500},
  ramp_over: 800,
  start_after: 200,
});
test('falling bandwidth', becomes, bandwidth({bytesPerSecond: {from: 64_000, to: 1000}, durationMs: 300}), {
  type: 'bandwidth',
  attributes: {rate: 64},
  ramp_to: {rate: 1},
  ramp_over: 300,
  duration: 300,
});
test(
  'rising latency that comes and goes',
  becomes,
  latency({latencyMs: {from: 1, to: 5}, durationMs: 10, everyMs: 20}),
  {
    type: 'latency',
    attributes: {latency: 1, jitter: 0},
    ramp_to: {latency: 5},
    ramp_over: 1000,
    duration: 10,
    every: 20,
  },
);
test('a stall that comes and goes', becomes, stall({durationMs: 10, everyMs: 20}), {
  type: 'timeout',
  attributes: {timeout: 0},
  duration: 10,
  every: 20,
});
test('bandwidth', becomes, bandwidth({bytesPerSecond: 64_000}), {type: 'bandwidth', attributes: {rate: 64}});
test('slowClose', becomes, slowClose({delayMs: 20}), {type: 'slow_close', attributes: {delay: 20}});
test('timeout', becomes, timeout({timeoutMs: 30}), {type: 'timeout', attributes: {timeout: 30}});
test('stall', becomes, stall(), {type: 'timeout', attributes: {timeout: 0}});
test('upstream stall', becomes, stall({direction: 'upstream'}), {
  type: 'timeout',
  stream: 'upstream',
  attributes: {timeout: 0},
});
test('resetPeer', becomes, resetPeer(), {type: 'reset_peer', attributes: {timeout: 0}});
test('later resetPeer', becomes, resetPeer({afterMs: 40}), {type: 'reset_peer', attributes: {timeout: 40}});
test('slicer', becomes, slicer({averageSizeBytes: 10}), {
  type: 'slicer',
  attributes: {average_size: 10, size_variation: 0, delay: 0},
});
test('bandwidth that is shared', becomes, bandwidth({bytesPerSecond: 2000, shared: true}), {
  type: 'shared_bandwidth',
  attributes: {rate: 2},
});
test('coalesce', becomes, coalesce({holdMs: 50}), {type: 'coalesce', attributes: {hold: 50}});
test('varied slicer', becomes, slicer({averageSizeBytes: 10, sizeVariationBytes: 2, delayUs: 5}), {
  type: 'slicer',
  attributes: {average_size: 10, size_variation: 2, delay: 5},
});
test('limitData', becomes, limitData({limitBytes: 7}), {type: 'limit_data', attributes: {bytes: 7}});
test('refuse', becomes, refuse(), null);
test('refuse for a while', becomes, refuse({durationMs: 100}), {
  type: 'refuse',
  stream: 'downstream',
  toxicity: 1,
  attributes: {},
  duration: 100,
});
test('stall after bytes', becomes, stall({afterBytes: 9}), {type: 'stall', attributes: {bytes: 9, ms: 0}});
test('stall after a time', becomes, stall({afterMs: 8}), {type: 'stall', attributes: {bytes: 0, ms: 8}});
test('halfOpen', becomes, halfOpen(), {type: 'half_open', attributes: {bytes: 0, ms: 0}});
test('later halfOpen', becomes, halfOpen({afterBytes: 1, afterMs: 2, direction: 'upstream'}), {
  type: 'half_open',
  stream: 'upstream',
  attributes: {bytes: 1, ms: 2},
});
test('halfClose', becomes, halfClose({afterBytes: 5}), {type: 'half_close', attributes: {bytes: 5, ms: 0}});
test('resetAfter', becomes, resetAfter({afterBytes: 6, afterMs: 7}), {
  type: 'reset_after',
  attributes: {bytes: 6, ms: 7},
});
test('closeAfter', becomes, closeAfter({afterMs: 7}), {
  type: 'close_after',
  attributes: {bytes: 0, ms: 7},
});
test('stall both ways', becomes, stall({direction: 'both'}), {
  type: 'stall',
  attributes: {bytes: 0, ms: 0, both: true},
});
test('a fault at a moment', becomes, closeAfter({at: {exchange: 2, cut: 'after'}, firstN: 1}), {
  type: 'close_after',
  attributes: {bytes: 0, ms: 0},
  first_n: 1,
  exchange: 2,
  cut: 'after',
});
test(
  'a fault at a moment, with all that it has',
  becomes,
  resetPeer({at: {exchange: 2, cut: 'within', direction: 'upstream', since: 'fault', quietMs: 5}}),
  {
    type: 'reset_peer',
    attributes: {timeout: 0},
    exchange: 2,
    cut: 'within',
    exchange_direction: 'upstream',
    since: 'fault',
    quiet: 5,
  },
);
test('a moment right after the connect', becomes, stall({at: {exchange: 0, cut: 'after'}}), {
  type: 'timeout',
  attributes: {timeout: 0},
  exchange: 0,
  cut: 'after',
});

for (const at of [
  {exchange: 0, cut: 'before'},
  {exchange: 0, cut: 'after', since: 'fault'},
  {exchange: 0, cut: 'after', direction: 'upstream'},
  {exchange: 1},
  {exchange: 1, cut: 'middle'},
  {exchange: -1, cut: 'before'},
  {exchange: 1, cut: 'before', quietms: 1},
])
  test(`${JSON.stringify(at)} is no moment`, t => {
    t.false(plannedFaultSchema.safeParse({...closeAfter(), at}).success);
  });

test('corrupt at an offset', becomes, corrupt({offsetBytes: 0}), {
  type: 'corrupt',
  attributes: {offset: 0, rate: 0},
});
test('corrupt at a rate', becomes, corrupt({bytesPerKb: 0.5}), {
  type: 'corrupt',
  attributes: {offset: -1, rate: 0.5},
});
test('limitConnections', becomes, limitConnections({connectionLimit: 3}), {
  type: 'limit_connections',
  attributes: {connections: 3, unanswered: false},
});
test(
  'limitConnections without an answer',
  becomes,
  limitConnections({connectionLimit: 0, others: 'unanswered'}),
  {type: 'limit_connections', attributes: {connections: 0, unanswered: true}},
);
test('flap', becomes, flap({downMs: 10, upMs: 20}), {type: 'flap', attributes: {down: 10, up: 20}});
test('stall that outlives its phase', becomes, stall({direction: 'both', outlives: true, afterBytes: 3}), {
  type: 'stall',
  attributes: {bytes: 3, ms: 0, both: true, outlives: true},
});
test('stall at once that outlives its phase', becomes, stall({outlives: true}), {
  type: 'stall',
  attributes: {bytes: 0, ms: 0, outlives: true},
});
test('blackhole that outlives its phase', becomes, blackhole({outlives: true}), {
  type: 'blackhole',
  attributes: {outlives: true},
});
test('blackhole', becomes, blackhole(), {type: 'blackhole', attributes: {}});
test('blackhole of the SYN', becomes, blackhole({syn: true}), {type: 'blackhole_syn', attributes: {}});
test(
  'a fault with a scope',
  becomes,
  latency({latencyMs: 1, probability: 0.5, nth: 6, firstN: 2, hitLimit: 3, startAfterMs: 4, durationMs: 5}),
  {
    type: 'latency',
    toxicity: 0.5,
    attributes: {latency: 1, jitter: 0},
    nth: 6,
    first_n: 2,
    hit_limit: 3,
    start_after: 4,
    duration: 5,
  },
);

const isFor = test.macro({
  title: (_title, fault: Fault, who: string) => `${JSON.stringify(fault)} is for ${who}`,
  exec(t, fault: Fault, who: 'every injector' | 'the embedded injector') {
    t.is(needsEmbedded(fault), who === 'the embedded injector');
  },
});

for (const fault of [
  latency({latencyMs: 1}),
  bandwidth({bytesPerSecond: 1000}),
  slowClose({delayMs: 1}),
  timeout({timeoutMs: 1}),
  stall(),
  resetPeer(),
  slicer({averageSizeBytes: 1}),
  limitData({limitBytes: 1}),
  refuse(),
]) {
  test(isFor, fault, 'every injector');
  test(isFor, {...fault, firstN: 1}, 'the embedded injector');
  test(isFor, {...fault, nth: 2}, 'the embedded injector');
}
test(isFor, resetPeer({at: {exchange: 2, cut: 'after'}}), 'the embedded injector');
test(isFor, stall({direction: 'both'}), 'the embedded injector');
for (const fault of [
  stall({afterBytes: 1}),
  stall({afterMs: 1}),
  bandwidth({bytesPerSecond: 1000, shared: true}),
  halfOpen(),
  halfClose(),
  resetAfter(),
  corrupt({offsetBytes: 0}),
  limitConnections({connectionLimit: 1}),
  flap({downMs: 1, upMs: 1}),
  blackhole(),
  latency({latencyMs: 1, hitLimit: 0}),
  latency({latencyMs: 1, startAfterMs: 0}),
  latency({latencyMs: 1, durationMs: 1}),
  latency({latencyMs: {from: 1, to: 2}}),
  bandwidth({bytesPerSecond: {from: 1000, to: 2000}}),
]) {
  test(isFor, fault, 'the embedded injector');
}

for (const fault of [serverStop(), serverKill({startAfterMs: 1}), serverPause({durationMs: 1, everyMs: 2})]) {
  test(isFor, fault, 'every injector');
  test(`${fault.kind} is no business of the injector`, t => {
    t.is(toToxic('phase-1', fault, 1000), null);
  });
}

const aims: readonly Fault[] = [
  latency({latencyMs: 1, direction: 'upstream', probability: 0.25}),
  bandwidth({bytesPerSecond: 1000, direction: 'upstream', probability: 0.25}),
  slowClose({delayMs: 1, direction: 'upstream', probability: 0.25}),
  timeout({timeoutMs: 1, direction: 'upstream', probability: 0.25}),
  stall({direction: 'upstream', probability: 0.25}),
  resetPeer({direction: 'upstream', probability: 0.25}),
  slicer({averageSizeBytes: 1, direction: 'upstream', probability: 0.25}),
  limitData({limitBytes: 1, direction: 'upstream', probability: 0.25}),
  halfOpen({direction: 'upstream', probability: 0.25}),
  halfClose({direction: 'upstream', probability: 0.25}),
  resetAfter({direction: 'upstream', probability: 0.25}),
  corrupt({offsetBytes: 1, direction: 'upstream', probability: 0.25}),
  coalesce({holdMs: 1, direction: 'upstream', probability: 0.25}),
];

const keepsAim = test.macro({
  title: (_title, fault: Fault) => `${fault.kind} keeps its direction and its probability`,
  exec(t, fault: Fault) {
    t.like(toToxic('phase-1', plannedFaultSchema.parse(fault), 1000), {stream: 'upstream', toxicity: 0.25});
  },
});

for (const fault of aims) test(keepsAim, fault);

const isRefused = test.macro({
  title: (_title, fault: object, place: string) => `${JSON.stringify(fault)} is refused for its ${place}`,
  exec(t, fault: object, place: string) {
    const {error} = plannedFaultSchema.safeParse(fault);
    t.deepEqual(
      error?.issues.map(issue => issue.path.join('.')),
      [place],
    );
  },
});

test(isRefused, {kind: 'latency'}, 'latencyMs');
test(isRefused, {kind: 'latency', latencyMs: -1}, 'latencyMs');
test(isRefused, {kind: 'latency', latencyMs: 1.5}, 'latencyMs');
test(isRefused, {kind: 'latency', latencyMs: 1, jitterMs: -1}, 'jitterMs');
test(isRefused, {kind: 'bandwidth', bytesPerSecond: 1500}, 'bytesPerSecond');
test(isRefused, {kind: 'stall', probability: 1.1}, 'probability');
test(isRefused, {kind: 'stall', direction: 'sideways'}, 'direction');
test(isRefused, {kind: 'slicer', averageSizeBytes: 0}, 'averageSizeBytes');
test(isRefused, {kind: 'latency', latencyMs: {from: 1}}, 'latencyMs');
test(isRefused, {kind: 'bandwidth', bytesPerSecond: {from: 0, to: 1000}}, 'bytesPerSecond.from');
test(isRefused, {kind: 'stall', everyMs: 10}, 'everyMs');
test(isRefused, {kind: 'stall', everyMs: 10, durationMs: 10}, 'everyMs');
test(isRefused, {kind: 'stall', timeoutMs: 1}, '');
test(isRefused, {kind: 'flood'}, 'kind');
test(isRefused, {kind: 'stall', afterBytes: -1}, 'afterBytes');
test(isRefused, {kind: 'stall', firstN: 1.5}, 'firstN');
test(isRefused, {kind: 'stall', nth: -1}, 'nth');
test(isRefused, {kind: 'stall', durationMs: -1}, 'durationMs');
test(isRefused, {kind: 'corrupt'}, '');
test(isRefused, {kind: 'corrupt', bytesPerKb: 1001}, 'bytesPerKb');
test(isRefused, {kind: 'limitConnections'}, 'connectionLimit');
test(isRefused, {kind: 'limitConnections', connectionLimit: 1, others: 'refused'}, 'others');
test(isRefused, {kind: 'flap', downMs: 0, upMs: 1}, 'downMs');
test(isRefused, {kind: 'flap', downMs: 1, upMs: 1, direction: 'upstream'}, '');

test('faults of a phase have names of their own', t => {
  const faults = [stall(), stall({direction: 'upstream'}), refuse()];
  t.deepEqual(
    faults.map((fault, position) => faultName('dark-hour', position, fault)),
    ['dark-hour-1-stall', 'dark-hour-2-stall', 'dark-hour-3-refuse'],
  );
});
