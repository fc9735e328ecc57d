// A trial's sums over spans: phases, groups, exemplars, spans per operation.
import test from 'ava';
import {openingPhase, type Span, traceIdOfOperation} from '../../src/model/telemetry.ts';
import {Aggregate} from '../../src/telemetry/aggregate.ts';
import {tracePrefix, trialMarks} from './support.ts';

let spanCount = 0;

const spanAt = (startMs: number, overrides: Partial<Span> & {durationMs?: number} = {}): Span => {
  spanCount += 1;
  const {durationMs = 1, ...rest} = overrides;
  return {
    traceId: traceIdOfOperation(tracePrefix, spanCount),
    spanId: spanCount.toString(16).padStart(16, '0'),
    parentSpanId: null,
    scope: 'library',
    name: 'GET',
    kind: 'client',
    startMs,
    endMs: startMs + durationMs,
    status: 'unset',
    statusMessage: null,
    attributes: {},
    events: [],
    ...rest,
  };
};

const failedAt = (startMs: number, errorType: string | number): Span =>
  spanAt(startMs, {status: 'error', attributes: {'error.type': errorType}});

/** With edges at 0, 100 and 200 ms. */
const aggregate = (): Aggregate => {
  const sums = new Aggregate(trialMarks);
  for (const phase of [0, 1, 2]) sums.startPhase(phase, phase * 100);
  return sums;
};

const countsByPhase = (sums: Aggregate): readonly (readonly [number, number])[] =>
  sums.finish().groups.map(({phase, count}) => [phase, count] as const);

test('a span belongs to the phase that it started in', t => {
  const sums = aggregate();
  const spans = [-50, 0, 99.999, 100, 150, 200, 10_000].map(startMs => spanAt(startMs, {durationMs: 500}));
  sums.addSpans(spans, 0);
  t.deepEqual(countsByPhase(sums), [
    [0, 3],
    [1, 2],
    [2, 2],
  ]);
});

test('an edge that is told after the spans beyond it still counts', t => {
  const sums = new Aggregate(trialMarks);
  sums.startPhase(0, 0);
  sums.addSpans([spanAt(50), spanAt(150)], 1000);
  sums.addSpans([spanAt(160)], 1900);
  sums.startPhase(1, 100);
  t.deepEqual(countsByPhase(sums), [
    [0, 1],
    [1, 2],
  ]);
});

test('a span that failed because a fault came is of the fault, whenever it began', t => {
  const sums = new Aggregate(trialMarks);
  sums.startPhase(openingPhase, 0);
  sums.startPhase(0, 50);
  sums.startPhase(1, 100, true);
  sums.startPhase(2, 200);
  sums.startPhase(3, 300, true);
  const until = (endMs: number) => ({endMs});
  sums.addSpans(
    [
      {...failedAt(60, 'E'), ...until(120)},
      {...failedAt(60, 'E'), ...until(90)},
      {...failedAt(150, 'E'), ...until(320)},
      {...failedAt(210, 'E'), ...until(290)},
      {...failedAt(210, 'E'), ...until(310)},
      spanAt(60, until(120)),
      spanAt(10, until(20)),
    ],
    0,
  );
  t.deepEqual(countsByPhase(sums), [
    [openingPhase, 1],
    [0, 1],
    [0, 1],
    [1, 2],
    [2, 1],
    [3, 1],
  ]);
});

test('batches settle in time, so that they do not pile up', t => {
  const sums = new Aggregate(trialMarks);
  sums.startPhase(0, 0);
  sums.addSpans([spanAt(150)], 1000);
  sums.addSpans([spanAt(160)], 2001);
  sums.startPhase(1, 100);
  t.deepEqual(countsByPhase(sums), [
    [0, 1],
    [1, 1],
  ]);
});

test('groups what looks alike, and keeps the type of error.type', t => {
  const sums = aggregate();
  sums.addSpans(
    [failedAt(1, '23'), failedAt(2, 23), failedAt(3, 23), spanAt(4), spanAt(5, {kind: 'internal'})],
    0,
  );
  const groups = sums
    .finish()
    .groups.map(({kind, status, errorType, count}) => [kind, status, errorType, count]);
  t.deepEqual(groups, [
    ['client', 'error', '23', 1],
    ['client', 'error', 23, 2],
    ['client', 'unset', null, 1],
    ['internal', 'unset', null, 1],
  ]);
});

test('durations have three digits, and the longest is exact', t => {
  const sums = aggregate();
  const durations = Array.from({length: 1000}, (_, index) => index + 1);
  sums.addSpans(
    durations.map(durationMs => spanAt(0, {durationMs})),
    0,
  );
  const [group] = sums.finish().groups;
  t.true(Math.abs(group!.durationP50Ms - 500) <= 0.5);
  t.true(Math.abs(group!.durationP99Ms - 990) <= 1);
  t.is(group!.durationMaxMs, 1000);
});

test('a duration may be nothing, negative or beyond an hour', t => {
  for (const [durationMs, expectedMs] of [
    [0, 0],
    [-5, 0],
    [7_200_000, 7_200_000],
  ] as const) {
    const sums = aggregate();
    sums.addSpans([spanAt(0, {durationMs})], 0);
    t.is(sums.finish().groups[0]!.durationMaxMs, expectedMs);
  }
});

test('keeps 500 groups and counts the spans of the others', t => {
  const sums = aggregate();
  sums.addSpans(
    Array.from({length: 1200}, (_, index) => spanAt(0, {name: `GET /${index % 600}`})),
    0,
  );
  const {spanCount, groups, ungroupedSpanCount} = sums.finish();
  t.is(spanCount, 1200);
  t.is(groups.length, 500);
  t.is(ungroupedSpanCount, 200);
});

test('exemplars are the first, the slowest and the first errors of a phase', t => {
  const sums = aggregate();
  const plain = Array.from({length: 20}, (_, index) => spanAt(100 + index, {durationMs: index % 10}));
  const errors = Array.from({length: 24}, (_, index) => failedAt(130 + index, `E${index % 12}`));
  sums.addSpans([...plain, ...errors, failedAt(154, 'E0'), failedAt(155, 'E0')], 0);
  const {exemplars} = sums.finish();
  const starts = exemplars.map(({startMs}) => startMs);
  const first = [100, 101, 102];
  const slowest = [107, 108, 109, 118, 119];
  // Two of each of ten types, and a third of one.
  const failed = [
    ...Array.from({length: 10}, (_, index) => 130 + index),
    ...Array.from({length: 10}, (_, index) => 142 + index),
    154,
  ];
  t.deepEqual(starts, [...first, ...slowest, ...failed]);
});

test('exemplars of each phase are chosen apart', t => {
  const sums = aggregate();
  sums.addSpans(
    [0, 100, 200].flatMap(startMs => Array.from({length: 50}, () => spanAt(startMs))),
    0,
  );
  const {exemplars} = sums.finish();
  for (const startMs of [0, 100, 200]) {
    t.is(exemplars.filter(span => span.startMs === startMs).length, 5);
  }
});

const perOperation = (traceIds: readonly string[]): readonly number[] => {
  const sums = aggregate();
  sums.addSpans(
    traceIds.map(traceId => spanAt(0, {traceId})),
    0,
  );
  return [...Buffer.from(sums.finish().spansPerOperation, 'base64')];
};

test('counts the spans of each operation', t => {
  const own = (index: number): string => traceIdOfOperation(tracePrefix, index);
  t.deepEqual(perOperation([]), []);
  t.deepEqual(perOperation([own(0), own(3), own(3)]), [1, 0, 0, 2]);
  t.deepEqual(perOperation(new Array(300).fill(own(1))), [0, 255]);
  t.is(perOperation([own(10_000)]).length, 10_001);
});

test('traces that are not of an operation count for none', t => {
  const foreign = traceIdOfOperation('00000000000000b2', 0);
  const beyondAll = `${tracePrefix}0fffffffffffffff`;
  t.deepEqual(perOperation([foreign, beyondAll, `${tracePrefix}0000000000000000`]), []);
});

const openAfterLoad = (
  looks: readonly (readonly [atMs: number, count: number])[],
  spans: readonly Span[],
) => {
  const sums = new Aggregate({...trialMarks, phaseCount: 1});
  for (const [phase, atMs] of [0, 1000, 2000].entries()) sums.startPhase(phase, atMs);
  sums.addSpans(spans, 0);
  for (const [atMs, value] of looks) {
    const instrument = {scope: 'sdk', name: 'otel.sdk.span.live', unit: '{span}'};
    const counted = {startMs: 0, temporality: 'cumulative', isMonotonic: false} as const;
    sums.addPoints([{instrument, attributes: {}, atMs, kind: 'sum', value, ...counted}], 0);
  }
  return sums.finish().openAfterLoad;
};
const lasting = (startMs: number, endMs: number, traceId: string): Span =>
  spanAt(startMs, {durationMs: endMs - startMs, traceId});
const mine = traceIdOfOperation(tracePrefix, 0);
const others = 'f'.repeat(32);

test('a span that is open after the load is looked at again', t => {
  const look = [[1500, 1]] as const;
  t.deepEqual(openAfterLoad(look, []), {openCount: 1, endedLaterCount: 0});
  t.deepEqual(openAfterLoad(look, [lasting(1480, 1530, mine)]), {openCount: 1, endedLaterCount: 1});
  t.deepEqual(openAfterLoad(look, [lasting(1480, 2030, others)]), {openCount: 1, endedLaterCount: 1});
  // Its operation has settled for long when the library is closed.
  t.deepEqual(openAfterLoad(look, [lasting(1480, 2030, mine)]), {openCount: 1, endedLaterCount: 0});
  // Begun after the look, or ended before it.
  t.deepEqual(openAfterLoad(look, [lasting(1510, 1530, others), lasting(1100, 1490, others)]), {
    openCount: 1,
    endedLaterCount: 0,
  });
});

test('of several looks the one counts that leaves the fewest without an end', t => {
  const loop = [lasting(1400, 1500, others), lasting(1500, 1600, others)];
  t.deepEqual(
    openAfterLoad(
      [
        [1450, 1],
        [1650, 1],
      ],
      loop,
    ),
    {openCount: 1, endedLaterCount: 1},
  );
  t.is(openAfterLoad([[500, 3]], []), null);
});
