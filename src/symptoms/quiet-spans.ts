// Spans of a recovery in which nothing succeeded.
import type {Bin} from '../model/event.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {phasesOf} from './measure.ts';

export type QuietSpan = {
  readonly phase: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly bins: readonly Bin[];
};

/** The longest one of all recoveries; null where none began. Operations must have started in it. */
export const longestQuietSpan = (trial: Trial): QuietSpan | null => {
  let longest: QuietSpan | null = null;
  for (const phase of phasesOf(trial, 'recovery')) {
    const window = phaseWindow(trial, phase);
    if (!window) continue;
    let bins: Bin[] = [];
    const close = (): void => {
      const [first, last] = [bins[0], bins.at(-1)];
      if (first && last && bins.some(bin => bin.started > 0)) {
        const span = {phase, startMs: first.startMs, endMs: last.startMs + last.durationMs, bins};
        if (!longest || span.endMs - span.startMs > longest.endMs - longest.startMs) longest = span;
      }
      bins = [];
    };
    for (const bin of trial.driver.bins) {
      if (bin.startMs < window.startMs || bin.startMs + bin.durationMs > window.endMs) continue;
      if (bin.outcomes.ok > 0) close();
      else bins.push(bin);
    }
    close();
  }
  return longest;
};

/** How many of the probes of a span got through. */
export const probesIn = (trial: Trial, {startMs, endMs}: QuietSpan): {count: number; okCount: number} => {
  const within = trial.probes.filter(({atMs}) => atMs >= startMs && atMs <= endMs);
  return {count: within.length, okCount: within.filter(({ok}) => ok).length};
};
