// The subject's process as seen from inside: CPU, memory, garbage collection, event loop. Of a bridge to a program, its health.
import {
  constants,
  type EventLoopUtilization,
  monitorEventLoopDelay,
  PerformanceObserver,
  performance,
} from 'node:perf_hooks';
import {getHeapStatistics} from 'node:v8';
import {ownMemory} from '../load/own-memory.ts';
import type {SubjectEvent} from '../model/event.ts';
import {HealthWatch} from '../model/process-health.ts';
import type {GcKinds, PhaseResources, ResourceSample} from '../model/process-witness.ts';
import {heapAfterCollection} from './heap.ts';

/** The monitor fires at this interval and records the time between two fires, so this much is not delay. */
const resolutionMs = 10;

const delayMs = (intervalNs: number): number =>
  Number.isFinite(intervalNs) ? Math.max(0, intervalNs / 1e6 - resolutionMs) : 0;

const cpuMs = (): number => {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
};

/** V8's work on a collection while the program runs, such as incremental marking, is in none of these pauses. */
const gcNames: ReadonlyMap<number, keyof GcKinds> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weak-callbacks'],
]);

type CollectionEntry = {
  readonly startTime: number;
  readonly duration: number;
  readonly detail?: {readonly kind?: number};
};

type Collections = Pick<PhaseResources, 'gcMs' | 'gcCount'> & {readonly gcKinds: GcKinds};

/** What keeps the event loop alive, by its kind. */
type Active = {readonly [kind: string]: number};

const countByKind = (kinds: readonly string[], own: Active): Active => {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  for (const [kind, count] of Object.entries(own)) {
    if (kind in counts) counts[kind] = Math.max(0, counts[kind]! - count);
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
};

class Watch {
  readonly delay = monitorEventLoopDelay({resolution: resolutionMs});
  readonly startMs: number;
  readonly startCpuMs = cpuMs();
  readonly startUtilisation: EventLoopUtilization = performance.eventLoopUtilization();
  /** On the clock of performance entries. */
  readonly startedAt = performance.now();
  readonly #gc = new Map<keyof GcKinds, {count: number; ms: number}>();

  constructor(nowMs: number) {
    this.startMs = nowMs;
    this.delay.enable();
  }

  utilisationRatio(): number {
    return performance.eventLoopUtilization(this.startUtilisation).utilization;
  }

  addCollection(entry: CollectionEntry): void {
    // It is reported some time later: what was collected before an edge does not belong to the new phase.
    if (entry.startTime < this.startedAt) return;
    const name = gcNames.get(entry.detail?.kind ?? 0) ?? 'major';
    const known = this.#gc.get(name) ?? {count: 0, ms: 0};
    this.#gc.set(name, {count: known.count + 1, ms: known.ms + entry.duration});
  }

  gc(): Collections {
    const kinds = [...this.#gc.values()];
    return {
      gcMs: kinds.reduce((sum, {ms}) => sum + ms, 0),
      gcCount: kinds.reduce((sum, {count}) => sum + count, 0),
      gcKinds: Object.fromEntries(this.#gc),
    };
  }

  end(): void {
    this.delay.disable();
  }
}

export class Resources {
  readonly #now: () => number;
  readonly #observer: PerformanceObserver;
  #sinceSample: Watch;
  #sincePhase: Watch;

  constructor(now: () => number) {
    this.#now = now;
    this.#sinceSample = new Watch(now());
    this.#sincePhase = new Watch(now());
    this.#observer = new PerformanceObserver(list => {
      for (const entry of list.getEntries()) {
        for (const watch of [this.#sinceSample, this.#sincePhase]) {
          watch.addCollection(entry as CollectionEntry);
        }
      }
    });
    this.#observer.observe({entryTypes: ['gc']});
  }

  /** @param own the harness's own handles that keep the event loop alive at the moment */
  sample(own: Active = {}): ResourceSample {
    const watch = this.#sinceSample;
    watch.end();
    this.#sinceSample = new Watch(this.#now());
    const memory = process.memoryUsage();
    return {
      atMs: this.#now(),
      cpuMs: cpuMs(),
      rssBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      externalBytes: memory.external - ownMemory.bytes,
      heapTotalBytes: memory.heapTotal,
      heapLimitBytes: getHeapStatistics().heap_size_limit,
      arrayBuffersBytes: memory.arrayBuffers - ownMemory.bytes,
      activeResources: countByKind(process.getActiveResourcesInfo(), own),
      loopDelayMaxMs: delayMs(watch.delay.max),
      loopUtilisationRatio: watch.utilisationRatio(),
      ...watch.gc(),
    };
  }

  /** Forgets what was counted since the last phase. */
  beginPhase(): void {
    this.#sincePhase.end();
    this.#sincePhase = new Watch(this.#now());
  }

  /** The figures since the last call, which is one phase if it is called at each edge. */
  endPhase(phase: number): PhaseResources {
    const watch = this.#sincePhase;
    this.beginPhase();
    return {
      phase,
      durationMs: this.#now() - watch.startMs,
      cpuMs: cpuMs() - watch.startCpuMs,
      loopDelayP50Ms: delayMs(watch.delay.percentile(50)),
      loopDelayP99Ms: delayMs(watch.delay.percentile(99)),
      loopDelayMaxMs: delayMs(watch.delay.max),
      loopUtilisationRatio: watch.utilisationRatio(),
      ...watch.gc(),
    };
  }

  stop(): void {
    this.#observer.disconnect();
    this.#sinceSample.end();
    this.#sincePhase.end();
  }
}

/** What the process that drives reports while it does. */
export type Vitals = {
  /** The phase that begins is the first, or what was reported last is no part of it. */
  readonly beginPhase: () => void;
  readonly endPhase: (phase: number, connectCount: number) => SubjectEvent;
  /** @param own the harness's own handles that keep the event loop alive at the moment */
  readonly sample: (inFlightCount: number, own: Active) => SubjectEvent;
  /** Collects all garbage first; null where there is nothing to say. */
  readonly heap: (phase: number | null) => SubjectEvent | null;
  readonly stop: () => void;
};

/** The library is in this process. */
export const ownVitals = (now: () => number): Vitals => {
  const resources = new Resources(now);
  return {
    beginPhase: () => resources.beginPhase(),
    endPhase: (phase, connectCount) => ({
      kind: 'phase-resources',
      resources: {...resources.endPhase(phase), connectCount},
    }),
    sample: (inFlightCount, own) => ({kind: 'resources', sample: {...resources.sample(own), inFlightCount}}),
    heap: phase => ({kind: 'heap', atMs: now(), phase, ...heapAfterCollection()}),
    stop: () => resources.stop(),
  };
};

/** The library is in a program of its own: this process is the harness's, and the operating system sees the other. */
export const bridgeVitals = (now: () => number): Vitals => {
  const health = new HealthWatch();
  return {
    beginPhase: () => void health.take(),
    endPhase: phase => ({kind: 'harness', sample: {process: 'driver', phase, ...health.take()}}),
    sample: inFlightCount => ({kind: 'in-flight', atMs: now(), count: inFlightCount}),
    heap: () => null,
    stop: () => health.stop(),
  };
};
