// Every fault constructor, by way of the scenario's check, to what Toxiproxy's API takes.
import test from 'ava';
import {faultName, type ToxicSpec, toToxic} from '../../src/faults/toxics.ts';
import {
  bandwidth,
  type Fault,
  latency,
  limitData,
  refuse,
  resetPeer,
  slicer,
  slowClose,
  stall,
  timeout,
} from '../../src/model/fault.ts';
import {faultSchema} from '../../src/scenarios/fault-schema.ts';

const becomes = test.macro({
  title: title => `${title} becomes its toxic`,
  exec(t, fault: Fault, expected: Partial<ToxicSpec> | null) {
    t.deepEqual(faultSchema.parse(fault), fault);
    const toxic: Partial<ToxicSpec> | null = toToxic('phase-1', fault);
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
test('varied slicer', becomes, slicer({averageSizeBytes: 10, sizeVariationBytes: 2, delayUs: 5}), {
  type: 'slicer',
  attributes: {average_size: 10, size_variation: 2, delay: 5},
});
test('limitData', becomes, limitData({limitBytes: 7}), {type: 'limit_data', attributes: {bytes: 7}});
test('refuse', becomes, refuse(), null);

const aims: readonly Fault[] = [
  latency({latencyMs: 1, direction: 'upstream', probability: 0.25}),
  bandwidth({bytesPerSecond: 1000, direction: 'upstream', probability: 0.25}),
  slowClose({delayMs: 1, direction: 'upstream', probability: 0.25}),
  timeout({timeoutMs: 1, direction: 'upstream', probability: 0.25}),
  stall({direction: 'upstream', probability: 0.25}),
  resetPeer({direction: 'upstream', probability: 0.25}),
  slicer({averageSizeBytes: 1, direction: 'upstream', probability: 0.25}),
  limitData({limitBytes: 1, direction: 'upstream', probability: 0.25}),
];

const keepsAim = test.macro({
  title: (_title, fault: Fault) => `${fault.kind} keeps its direction and its probability`,
  exec(t, fault: Fault) {
    t.like(toToxic('phase-1', faultSchema.parse(fault)), {stream: 'upstream', toxicity: 0.25});
  },
});

for (const fault of aims) test(keepsAim, fault);

const isRefused = test.macro({
  title: (_title, fault: object, place: string) => `${JSON.stringify(fault)} is refused for its ${place}`,
  exec(t, fault: object, place: string) {
    const {error} = faultSchema.safeParse(fault);
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
test(isRefused, {kind: 'stall', timeoutMs: 1}, '');
test(isRefused, {kind: 'flood'}, 'kind');

test('faults of a phase have names of their own', t => {
  const faults = [stall(), stall({direction: 'upstream'}), refuse()];
  t.deepEqual(
    faults.map((fault, position) => faultName('dark-hour', position, fault)),
    ['dark-hour-1-stall', 'dark-hour-2-stall', 'dark-hour-3-refuse'],
  );
});
