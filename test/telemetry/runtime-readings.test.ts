// Metric points of runtimes, as their instrumentations send them → readings of heap, collections and threads.
import test from 'ava';
import type {RuntimeSample} from '../../src/model/runtime-sample.ts';
import type {Attributes} from '../../src/model/telemetry.ts';
import type {Point, Temporality} from '../../src/telemetry/point.ts';
import {RuntimeReadings} from '../../src/telemetry/runtime-readings.ts';

const scope = 'io.opentelemetry.runtime-telemetry';
const startMs = -800;

type Counted = {
  readonly unit?: string;
  readonly temporality?: Temporality;
  readonly startMs?: number;
  readonly scope?: string;
};

const level = (name: string, value: number, attributes: Attributes = {}, unit = 'By') => ({
  instrument: {scope, name, unit},
  attributes,
  kind: 'sum' as const,
  value,
  startMs,
  temporality: 'cumulative' as const,
  isMonotonic: false,
});

const counter = (name: string, value: number, attributes: Attributes, more: Counted = {}) => ({
  ...level(name, value, attributes, more.unit ?? 's'),
  ...(more.startMs !== undefined && {startMs: more.startMs}),
  isMonotonic: true,
});

const collections = (action: string, count: number, seconds: number, more: Counted = {}) => ({
  instrument: {scope: more.scope ?? scope, name: 'jvm.gc.duration', unit: more.unit ?? 's'},
  attributes: {'jvm.gc.name': 'G1 Young Generation', 'jvm.gc.action': action},
  kind: 'histogram' as const,
  value: {count, sum: seconds, bounds: [0.01, 0.1, 1, 10], bucketCounts: [0, count, 0, 0, 0]},
  startMs: more.startMs ?? startMs,
  temporality: more.temporality ?? ('cumulative' as const),
});

const minor = 'end of minor GC';
const major = 'end of major GC';

type Unplaced = Point extends infer Kind ? (Kind extends Point ? Omit<Kind, 'atMs'> : never) : never;

/** One request a second. */
const samplesOf = (requests: readonly (readonly Unplaced[])[]): readonly RuntimeSample[] => {
  const readings = new RuntimeReadings();
  for (const [index, points] of requests.entries()) {
    const placed = points.map(point => ({...point, atMs: 1000 * (index + 1)}) as Point);
    readings.add(placed, () => 0);
  }
  return readings.toSamples();
};

const pool = (name: string, type: 'heap' | 'non_heap' = 'heap'): Attributes => ({
  'jvm.memory.pool.name': name,
  'jvm.memory.type': type,
});

const threads = (state: string, count: number, isDaemon = true) =>
  level('jvm.thread.count', count, {'jvm.thread.state': state, 'jvm.thread.daemon': isDaemon}, '{thread}');

/** What is left of a subtraction of floating-point numbers is nobody's. */
const inWholeMs = (sample: RuntimeSample): RuntimeSample => ({
  ...sample,
  gcPauseMs: sample.gcPauseMs === null ? null : Math.round(sample.gcPauseMs),
});

const reads = test.macro(
  (t, requests: readonly (readonly Unplaced[])[], expected: readonly Partial<RuntimeSample>[]) => {
    const samples = samplesOf(requests).map(inWholeMs);
    t.is(samples.length, expected.length);
    for (const [index, sample] of samples.entries()) t.like(sample, expected[index]!);
  },
);

test(
  'the heap of a JVM is the sum of its pools, without what is not heap',
  reads,
  [
    [
      level('jvm.memory.used', 12, pool('G1 Eden Space')),
      level('jvm.memory.used', 30, pool('G1 Old Gen')),
      level('jvm.memory.used', 2, pool('G1 Survivor Space')),
      level('jvm.memory.used', 40, pool('Metaspace', 'non_heap')),
      level('jvm.memory.committed', 100, pool('G1 Old Gen')),
      level('jvm.memory.committed', 28, pool('G1 Eden Space')),
      level('jvm.memory.limit', 128, pool('G1 Old Gen')),
      level('jvm.memory.limit', 240, pool('CodeCache', 'non_heap')),
      level('jvm.buffer.memory.used', 5, {'jvm.buffer.pool.name': 'direct'}),
    ],
  ],
  [
    {
      atMs: 1000,
      heapUsedBytes: 44,
      heapReservedBytes: 128,
      heapLimitBytes: 128,
      heapAfterGcBytes: null,
      externalBytes: 5,
      gcPauseMs: null,
      gcCount: null,
      threadCount: null,
      taskCount: null,
    },
  ],
);

for (const [old, young] of [
  ['G1 Old Gen', 'G1 Survivor Space'],
  ['Tenured Gen', 'Survivor Space'],
  ['PS Old Gen', 'PS Eden Space'],
  ['ZHeap', 'another'],
  ['Shenandoah', 'another'],
] as const) {
  test(
    `what lives long is in ${old}`,
    reads,
    [
      [
        level('jvm.memory.used_after_last_gc', 30, pool(old)),
        level('jvm.memory.used_after_last_gc', 2, pool(young)),
      ],
    ],
    [{heapAfterGcBytes: 30}],
  );
}

test(
  'a pool that was never collected holds nobody knows what',
  reads,
  [
    [
      level('jvm.memory.used_after_last_gc', 0, pool('G1 Old Gen')),
      level('jvm.memory.used', 7, pool('G1 Old Gen')),
    ],
  ],
  [{heapAfterGcBytes: null, heapUsedBytes: 7}],
);

test(
  'threads add up, by their states',
  reads,
  [[threads('runnable', 6), threads('waiting', 100), threads('waiting', 2, false)]],
  [{threadCount: 108, threadStates: {runnable: 6, waiting: 102}}],
);

test(
  'collections are counted since the reading before, and the full ones among them; before the first one there were none',
  reads,
  [
    [threads('runnable', 1)],
    [collections(minor, 3, 0.012)],
    [collections(minor, 5, 0.03), collections(major, 1, 0.25)],
    [collections(minor, 5, 0.03), collections(major, 1, 0.25)],
  ],
  [
    {gcPauseMs: 0, gcCount: 0, fullGcCount: 0},
    {gcPauseMs: 12, gcCount: 3, fullGcCount: 0},
    {gcPauseMs: 268, gcCount: 3, fullGcCount: 1},
    {gcPauseMs: 0, gcCount: 0, fullGcCount: 0},
  ],
);

test(
  'a collector that beside its pauses works in cycles: how long it held the program is not known',
  reads,
  [[collections('end of GC cycle', 2, 0.9), collections('end of GC pause', 6, 0.001)]],
  [{gcPauseMs: null, gcCount: 6}],
);

test('a JVM without a collection leaves it open', reads, [[threads('runnable', 1)]], [{gcPauseMs: null}]);

test('in milliseconds, too', reads, [[collections(minor, 1, 7, {unit: 'ms'})]], [{gcPauseMs: 7, gcCount: 1}]);

test(
  'deltas are what they are',
  reads,
  [
    [collections(minor, 2, 0.01, {temporality: 'delta'})],
    [collections(minor, 1, 0.02, {temporality: 'delta'})],
  ],
  [
    {gcPauseMs: 10, gcCount: 2},
    {gcPauseMs: 20, gcCount: 1},
  ],
);

test(
  'a runtime that was started anew counts from zero',
  reads,
  [[collections(minor, 9, 0.09)], [collections(minor, 2, 0.02)]],
  [{gcCount: 9}, {gcCount: 2, gcPauseMs: 20}],
);

test(
  'two processes do not count for each other',
  reads,
  [
    [collections(minor, 9, 0.09)],
    [collections(minor, 2, 0.02, {startMs: -500})],
    [collections(minor, 10, 0.1)],
    [collections(minor, 4, 0.05, {startMs: -500})],
  ],
  [{gcCount: 9}, {gcCount: 2}, {gcCount: 1, gcPauseMs: 10}, {gcCount: 2, gcPauseMs: 30}],
);

test(
  'of two scopes that send the same series one counts',
  reads,
  [
    [
      collections(minor, 3, 0.03),
      collections(minor, 3, 0.03, {scope: 'io.opentelemetry.runtime-telemetry-java17'}),
    ],
  ],
  [{gcCount: 3, gcPauseMs: 30}],
);

test(
  'CPU time',
  reads,
  [[counter('jvm.cpu.time', 1.5, {})], [counter('jvm.cpu.time', 2.25, {})]],
  [{cpuMs: 1500}, {cpuMs: 750}],
);

test(
  'Go: memory that is no stack is what the heap has reserved',
  reads,
  [
    [
      level('go.memory.used', 9, {'go.memory.type': 'other'}),
      level('go.memory.used', 2, {'go.memory.type': 'stack'}),
      level('go.memory.limit', 64),
      level('go.goroutine.count', 130, {}, '{goroutine}'),
    ],
  ],
  [{heapUsedBytes: null, heapReservedBytes: 9, heapLimitBytes: 64, taskCount: 130, gcCount: null}],
);

test(
  'CPython: how often it collected, and not how long that took',
  reads,
  [
    [
      counter('cpython.gc.collections', 40, {'cpython.gc.generation': '0'}, {unit: '{collection}'}),
      counter('cpython.gc.collections', 3, {'cpython.gc.generation': '2'}, {unit: '{collection}'}),
      level('process.runtime.cpython.thread_count', 12),
    ],
    [
      counter('cpython.gc.collections', 44, {'cpython.gc.generation': '0'}, {unit: '{collection}'}),
      counter('cpython.gc.collections', 4, {'cpython.gc.generation': '2'}, {unit: '{collection}'}),
    ],
  ],
  [
    {gcCount: 43, fullGcCount: 3, threadCount: 12},
    {gcCount: 5, fullGcCount: 1, gcPauseMs: null, threadCount: null},
  ],
);

test('what is not of a runtime is no reading', reads, [[level('db.client.connection.count', 3)]], []);

test('of a very long trial neighbours become one: what grew is kept, and the peaks', t => {
  const readings = new RuntimeReadings();
  const count = 10_000;
  for (let index = 1; index <= count; index++) {
    const points = [
      collections(minor, index, index / 1000),
      level('jvm.memory.used', index === 77 ? 900 : 1, pool('G1 Old Gen')),
      threads('waiting', index === 77 ? 50 : 5),
    ];
    readings.add(
      points.map(point => ({...point, atMs: 1000 * index}) as Point),
      atMs => Math.floor(atMs / 1_000_000),
    );
  }
  const samples = readings.toSamples();
  t.true(samples.length <= 3600, `${samples.length}`);
  const sum = (pick: (sample: RuntimeSample) => number | null): number =>
    samples.reduce((total, sample) => total + (pick(sample) ?? 0), 0);
  t.is(
    sum(({gcCount}) => gcCount),
    count,
  );
  t.is(Math.round(sum(({gcPauseMs}) => gcPauseMs)), count);
  t.is(samples.at(-1)?.atMs, 1000 * count);
  t.like(
    samples.find(({heapUsedBytes}) => heapUsedBytes === 900),
    {threadCount: 50, threadStates: {waiting: 50}},
  );
});
