// The subject's process as seen from inside: CPU, memory, garbage collection, event loop.
import {
  type EventLoopUtilization,
  monitorEventLoopDelay,
  PerformanceObserver,
  performance,
} from 'node:perf_hooks';
import type {PhaseResources, ResourceSample} from '../model/event.ts';

/** The monitor fires at this interval and records the time between two fires, so this much is not delay. */
const resolutionMs = 10;

const delayMs = (intervalNs: number): number =>
  Number.isFinite(intervalNs) ? Math.max(0, intervalNs / 1e6 - resolutionMs) : 0;

const cpuMs = (): number => {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
};

class Watch {
  readonly delay = monitorEventLoopDelay({resolution: resolutionMs});
  readonly startMs: number;
  readonly startCpuMs = cpuMs();
  readonly startUtilisation: EventLoopUtilization = performance.eventLoopUtilization();
  /** On the clock of performance entries. */
  readonly startedAt = performance.now();
  gcMs = 0;
  gcCount = 0;

  constructor(nowMs: number) {
    this.startMs = nowMs;
    this.delay.enable();
  }

  utilisationRatio(): number {
    return performance.eventLoopUtilization(this.startUtilisation).utilization;
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
          // It is told some time later: what was collected before an edge is not the new phase's.
          if (entry.startTime < watch.startedAt) continue;
          watch.gcMs += entry.duration;
          watch.gcCount++;
        }
      }
    });
    this.#observer.observe({entryTypes: ['gc']});
  }

  sample(): ResourceSample {
    const watch = this.#sinceSample;
    watch.end();
    this.#sinceSample = new Watch(this.#now());
    const memory = process.memoryUsage();
    return {
      atMs: this.#now(),
      cpuMs: cpuMs(),
      rssBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      externalBytes: memory.external,
      loopDelayMaxMs: delayMs(watch.delay.max),
      loopUtilisationRatio: watch.utilisationRatio(),
      gcMs: watch.gcMs,
      gcCount: watch.gcCount,
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
      gcMs: watch.gcMs,
      gcCount: watch.gcCount,
    };
  }

  stop(): void {
    this.#observer.disconnect();
    this.#sinceSample.end();
    this.#sincePhase.end();
  }
}
