// The health of one of the harness's processes: whether its event loop is in time, and how much of a core it needs.
import {monitorEventLoopDelay, performance} from 'node:perf_hooks';

/** The driver is one of them where it only drives: a program in another language has the library. */
export type HarnessProcess = 'parent' | 'injector' | 'target' | 'receiver' | 'driver';

/** Of one process, from one question to the next. */
export type ProcessHealth = {
  readonly durationMs: number;
  readonly cpuMs: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  /** How many samples are behind the percentile. */
  readonly tickCount: number;
};

/** What the parent asks at the edge of a phase, and the answer. */
export type ToHealth = {readonly kind: 'health'; readonly phase: number};
export type FromHealth = {readonly kind: 'health'; readonly phase: number; readonly health: ProcessHealth};

/** The monitor fires at this interval and records the time between two fires, so this much is not delay. */
const resolutionMs = 10;

const delayMs = (intervalNs: number): number =>
  Number.isFinite(intervalNs) ? Math.max(0, intervalNs / 1e6 - resolutionMs) : 0;

const cpuMs = (): number => {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
};

export class HealthWatch {
  readonly #delay = monitorEventLoopDelay({resolution: resolutionMs});
  #startMs = performance.now();
  #startCpuMs = cpuMs();

  constructor() {
    this.#delay.enable();
  }

  /** The figures since the last call, or since the beginning. */
  take(): ProcessHealth {
    const nowMs = performance.now();
    const nowCpuMs = cpuMs();
    const health = {
      durationMs: nowMs - this.#startMs,
      cpuMs: nowCpuMs - this.#startCpuMs,
      loopDelayP99Ms: delayMs(this.#delay.percentile(99)),
      loopDelayMaxMs: delayMs(this.#delay.max),
      tickCount: this.#delay.count,
    };
    this.#delay.reset();
    this.#startMs = nowMs;
    this.#startCpuMs = nowCpuMs;
    return health;
  }

  answer(phase: number): FromHealth {
    return {kind: 'health', phase, health: this.take()};
  }

  stop(): void {
    this.#delay.disable();
  }
}
