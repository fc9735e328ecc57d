// Whether the library has recovered after a fault, as far as it is known while the trial still runs: from what has
// been recorded so far; the driver's figures are up to a second and a half old.
import type {Bin, Pulse} from '../../model/driver-witness.ts';
import type {TrialEvent} from '../../model/event.ts';
import type {Phase, Plan} from '../../model/plan.ts';
import {thresholdsOf} from '../../model/symptoms.ts';

/** Nothing counts as wedged before the detector would say so from the same journal: late reports are waited for. */
const lateNewsMs = 2000;
/** A slice of the timeline is good with such a share of the baseline's successes. */
const goodShare = 0.9;

export class ComebackWatch {
  readonly #plan: Plan;
  readonly #firstFault: number;
  /** Slices of the timeline of the current phase. */
  readonly #bins = new Map<number, Bin>();
  readonly #baseline = new Map<number, Bin>();
  #phase = -1;
  /** Since when there is no fault; null before the first one, and while one lasts. */
  #calmSinceMs: number | null = null;
  /** When the last success came, and the calm time of earlier phases that has passed since. */
  #aliveMs: number | null = null;
  #quietBeforeMs = 0;
  #probes = {count: 0, okCount: 0};
  /** The latest that was asked for. */
  pulse: Pulse | null = null;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#firstFault = plan.phases.findIndex(({role}) => role === 'fault');
  }

  /** Gets all that is recorded. */
  note(event: TrialEvent): void {
    switch (event.kind) {
      case 'edge':
        this.#leave(event.edge.beforeMs);
        this.#enter(event.edge.phase, event.edge.afterMs);
        break;
      case 'load-ended':
        this.#leave(event.atMs);
        this.#phase = -1;
        break;
      case 'calmed':
        this.#calmSinceMs = event.atMs;
        break;
      case 'bins':
        for (const bin of event.bins) this.#look(bin);
        break;
      case 'pulse':
        this.pulse = event;
        break;
      case 'probe':
        this.#probes.count++;
        if (event.ok) this.#probes.okCount++;
        break;
    }
  }

  /** The current phase; null before the first one and after the load. */
  get phase(): number | null {
    return this.#phase < 0 ? null : this.#phase;
  }

  /** Whether there is no fault now, after one. */
  get isCalm(): boolean {
    return this.#calmSinceMs !== null;
  }

  /** Time without a fault since the last success, over all phases. */
  quietMs(nowMs: number): number {
    if (this.#calmSinceMs === null) return this.#quietBeforeMs;
    return this.#quietBeforeMs + Math.max(0, nowMs - Math.max(this.#calmSinceMs, this.#aliveMs ?? 0));
  }

  /** Nothing has succeeded for so long that the library counts as wedged, and a fresh client gets through. */
  isWedged(nowMs: number): boolean {
    const {wedgedMs, controlShare} = thresholdsOf('wedged-client', this.#plan.thresholds);
    const {count, okCount} = this.#probes;
    return (
      this.#aliveMs !== null &&
      this.quietMs(nowMs) > wedgedMs + lateNewsMs &&
      count > 0 &&
      okCount / count >= controlShare
    );
  }

  /** Whether anything is known of the current phase yet. */
  get hasNews(): boolean {
    return this.#bins.size > 0;
  }

  /** For how long operations have been succeeding as they did in the baseline, in the current phase. */
  get goodMs(): number {
    const wanted = goodShare * successRatio([...this.#baseline.values()]);
    const newestFirst = [...this.#bins.values()].sort((a, b) => b.index - a.index);
    // What started a moment ago may still be under way.
    const settled = newestFirst.slice(Math.max(0, newestFirst.findIndex(isSettled)));
    let goodMs = 0;
    for (const {started, outcomes, durationMs} of settled) {
      if (started === 0) continue;
      if (outcomes.ok < wanted * started) break;
      goodMs += durationMs;
    }
    return goodMs;
  }

  #enter(phase: number, atMs: number): void {
    this.#phase = phase;
    this.#bins.clear();
    const planned: Phase | undefined = this.#plan.phases[phase];
    const isAfterFault = this.#firstFault >= 0 && phase > this.#firstFault;
    const isCalm = planned?.role === 'recovery' || (planned?.role === 'baseline' && isAfterFault);
    this.#calmSinceMs = isCalm ? atMs : null;
  }

  #leave(atMs: number): void {
    this.#quietBeforeMs = this.quietMs(atMs);
    this.#calmSinceMs = null;
  }

  #look(bin: Bin): void {
    const {phase, startMs, durationMs, outcomes, answered = 0} = bin;
    if (answered > 0 || outcomes.ok > 0) this.#live(startMs + durationMs);
    if (phase === this.#phase) this.#bins.set(bin.index, bin);
    if (this.#plan.phases[phase]?.role === 'baseline') this.#baseline.set(bin.index, bin);
  }

  #live(atMs: number): void {
    if (this.#aliveMs !== null && atMs <= this.#aliveMs) return;
    this.#aliveMs = atMs;
    this.#quietBeforeMs = 0;
    this.#probes = {count: 0, okCount: 0};
  }
}

const isSettled = ({started, outcomes}: Bin): boolean =>
  Object.values(outcomes).reduce((sum, count) => sum + count, 0) >= started;

const successRatio = (bins: readonly Bin[]): number => {
  const started = bins.reduce((sum, bin) => sum + bin.started, 0);
  return started === 0 ? 1 : bins.reduce((sum, bin) => sum + bin.outcomes.ok, 0) / started;
};
