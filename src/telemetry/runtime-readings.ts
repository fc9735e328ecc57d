// A runtime's own metrics, reading by reading: heap, garbage collection and threads of the JVM, Go and CPython. Sums per
// phase would not do: which collections were of a phase is known only from the readings within it.
import type {RuntimeSample} from '../model/runtime-sample.ts';
import type {Attributes} from '../model/telemetry.ts';
import type {Point} from './point.ts';

/** What stands at some height when it is read. */
type Level = keyof Pick<
  RuntimeSample,
  | 'heapUsedBytes'
  | 'heapReservedBytes'
  | 'heapLimitBytes'
  | 'heapAfterGcBytes'
  | 'externalBytes'
  | 'threadCount'
  | 'taskCount'
>;

type Growth = keyof Pick<RuntimeSample, 'gcPauseMs' | 'gcCount' | 'fullGcCount' | 'cpuMs'>;

type LevelMetric = {readonly figure: Level; readonly counts?: (attributes: Attributes) => boolean};

const ofHeap = (attributes: Attributes): boolean => attributes['jvm.memory.type'] === 'heap';

/** The pool in which objects end up that live long. A collector without generations has only one. */
const longLivedPool = /Old Gen|^Tenured Gen$|^ZHeap$|^ZGC Old Generation$|^Shenandoah/;

const ofLongLived = (attributes: Attributes): boolean =>
  ofHeap(attributes) && longLivedPool.test(String(attributes['jvm.memory.pool.name']));

/** By name; the series of a metric add up. */
const levelMetrics = new Map<string, LevelMetric>([
  ['jvm.memory.used', {figure: 'heapUsedBytes', counts: ofHeap}],
  ['jvm.memory.committed', {figure: 'heapReservedBytes', counts: ofHeap}],
  ['jvm.memory.limit', {figure: 'heapLimitBytes', counts: ofHeap}],
  ['jvm.memory.used_after_last_gc', {figure: 'heapAfterGcBytes', counts: ofLongLived}],
  ['jvm.buffer.memory.used', {figure: 'externalBytes'}],
  ['jvm.thread.count', {figure: 'threadCount'}],
  ['go.memory.used', {figure: 'heapReservedBytes', counts: given => given['go.memory.type'] !== 'stack'}],
  ['go.memory.limit', {figure: 'heapLimitBytes'}],
  ['go.goroutine.count', {figure: 'taskCount'}],
  ['process.runtime.cpython.thread_count', {figure: 'threadCount'}],
]);

const growingMetrics = new Set(['jvm.gc.duration', 'jvm.cpu.time', 'cpython.gc.collections']);

const msPerUnit: {readonly [unit: string]: number} = {s: 1000, ms: 1, us: 1e-3, ns: 1e-6};

/** Above so many, neighbours of one phase become one. */
const samplesKept = 3600;

type Grown = {readonly amount: number; readonly count: number};

type Placed = {readonly sample: RuntimeSample; readonly phase: number};

export class RuntimeReadings {
  readonly #before = new Map<string, Grown>();
  readonly #seen = new Set<Growth>();
  #placed: Placed[] = [];
  #thinAbove = samplesKept;
  #collectsBeside = false;

  /** Adds the points of one request, which an SDK sends once for each time it reads its metrics. */
  add(points: readonly Point[], phaseAt: (atMs: number) => number): void {
    const own = points.filter(({instrument: {name}}) => levelMetrics.has(name) || growingMetrics.has(name));
    if (own.length === 0) return;
    const atMs = Math.max(...own.map(point => point.atMs));
    const sample: RuntimeSample = {atMs, ...levelsOf(own), ...this.#growths(own)};
    this.#placed.push({sample, phase: phaseAt(atMs)});
    if (this.#placed.length > this.#thinAbove) this.#thin();
  }

  /** A collector that never was at work, or is not reported on, is not known. */
  toSamples(): readonly RuntimeSample[] {
    const ifSeen = (figure: Growth, value: number | null): number | null =>
      this.#seen.has(figure) ? value : null;
    return this.#placed.map(({sample}) => ({
      ...sample,
      gcPauseMs: this.#collectsBeside ? null : ifSeen('gcPauseMs', sample.gcPauseMs),
      gcCount: ifSeen('gcCount', sample.gcCount),
      fullGcCount: ifSeen('gcCount', sample.fullGcCount),
      cpuMs: ifSeen('cpuMs', sample.cpuMs),
    }));
  }

  /** A series that is not there yet has counted nothing. */
  #growths(points: readonly Point[]): {readonly [figure in Growth]: number} {
    const growths = {gcPauseMs: 0, gcCount: 0, fullGcCount: 0, cpuMs: 0};
    const add = (figure: Growth, amount: number): void => {
      this.#seen.add(figure);
      growths[figure] += amount;
    };
    for (const point of points) {
      const {name, unit} = point.instrument;
      if (point.kind === 'gauge' || !growingMetrics.has(name)) continue;
      const {amount, count} = this.#grown(point);
      const ms = amount * (msPerUnit[unit] ?? 1000);
      if (name === 'jvm.cpu.time') add('cpuMs', ms);
      else if (name === 'cpython.gc.collections') {
        add('gcCount', amount);
        if (String(point.attributes['cpython.gc.generation']) === '2') add('fullGcCount', amount);
      } else {
        const action = String(point.attributes['jvm.gc.action'] ?? '');
        // The time of a cycle is not the program's: the collector works beside it.
        if (/cycle/i.test(action)) {
          this.#collectsBeside = true;
          continue;
        }
        add('gcPauseMs', ms);
        add('gcCount', count);
        if (/major/i.test(action)) add('fullGcCount', count);
      }
    }
    return growths;
  }

  /** What a series has counted since the reading before. One that has restarted counts from zero. */
  #grown(point: Exclude<Point, {kind: 'gauge'}>): Grown {
    const now =
      point.kind === 'sum'
        ? {amount: point.value, count: point.value}
        : {amount: point.value.sum, count: point.value.count};
    if (point.temporality === 'delta') return now;
    const key = `${seriesKey(point)}\0${point.startMs}`;
    const before = this.#before.get(key);
    this.#before.set(key, now);
    return before === undefined || now.count < before.count
      ? now
      : {amount: Math.max(0, now.amount - before.amount), count: now.count - before.count};
  }

  #thin(): void {
    const kept: Placed[] = [];
    for (let index = 0; index < this.#placed.length; index++) {
      const one = this.#placed[index]!;
      const next = this.#placed[index + 1];
      if (next?.phase === one.phase) {
        kept.push({phase: one.phase, sample: merged(one.sample, next.sample)});
        index++;
      } else kept.push(one);
    }
    this.#placed = kept;
    // Where there are so many phases that little can be merged, it is not tried again for every reading.
    this.#thinAbove = Math.max(samplesKept, 2 * kept.length);
  }
}

const noLevels: {readonly [level in Level]: null} = {
  heapUsedBytes: null,
  heapReservedBytes: null,
  heapLimitBytes: null,
  heapAfterGcBytes: null,
  externalBytes: null,
  threadCount: null,
  taskCount: null,
};

/** The same series may come from two scopes. */
const seriesKey = ({instrument: {name}, attributes}: Point): string =>
  `${name}\0${JSON.stringify(Object.entries(attributes).sort(([left], [right]) => (left < right ? -1 : 1)))}`;

const levelsOf = (
  points: readonly Point[],
): {readonly [level in Level]: number | null} & Pick<RuntimeSample, 'threadStates'> => {
  const levels: {[level in Level]: number | null} = {...noLevels};
  const threadStates: {[state: string]: number} = {};
  const latest = new Map(points.map(point => [seriesKey(point), point] as const));
  for (const point of latest.values()) {
    const metric = levelMetrics.get(point.instrument.name);
    if (!metric || point.kind === 'histogram' || metric.counts?.(point.attributes) === false) continue;
    levels[metric.figure] = (levels[metric.figure] ?? 0) + point.value;
    const state = point.attributes['jvm.thread.state'];
    if (metric.figure === 'threadCount' && typeof state === 'string') {
      threadStates[state] = (threadStates[state] ?? 0) + point.value;
    }
  }
  return {
    ...levels,
    // A pool that was never collected reports that it holds nothing.
    heapAfterGcBytes: levels.heapAfterGcBytes === 0 ? null : levels.heapAfterGcBytes,
    ...(Object.keys(threadStates).length > 0 && {threadStates}),
  };
};

const greatest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

/** Levels at their highest; the last for what is not a peak; threads as at the moment with more of them. */
const merged = (a: RuntimeSample, b: RuntimeSample): RuntimeSample => {
  const {threadStates: _, ...rest} = b;
  const states = ((a.threadCount ?? 0) > (b.threadCount ?? 0) ? a : b).threadStates;
  const sum = (figure: Growth): number => (a[figure] ?? 0) + (b[figure] ?? 0);
  return {
    ...rest,
    heapUsedBytes: greatest(a.heapUsedBytes, b.heapUsedBytes),
    heapReservedBytes: greatest(a.heapReservedBytes, b.heapReservedBytes),
    externalBytes: greatest(a.externalBytes, b.externalBytes),
    threadCount: greatest(a.threadCount, b.threadCount),
    taskCount: greatest(a.taskCount, b.taskCount),
    gcPauseMs: sum('gcPauseMs'),
    gcCount: sum('gcCount'),
    fullGcCount: sum('fullGcCount'),
    cpuMs: sum('cpuMs'),
    ...(states && {threadStates: states}),
  };
};
