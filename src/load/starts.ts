// What makes operations start: the time, or the end of another one.
import type {Load} from '../model/plan.ts';
import type {ArrivalSink, ArrivalSource} from './arrivals.ts';
import {ClosedStarts} from './closed-starts.ts';
import {PacedStarts} from './paced-starts.ts';
import {pacerOf} from './pacing.ts';

/** Begins at once. @param phaseDurationMs how long a ramp takes */
export const beginStarts = (load: Load, phaseDurationMs: number, context: ArrivalSink): ArrivalSource =>
  load.model === 'closed'
    ? new ClosedStarts(load.concurrency, context)
    : new PacedStarts(pacerOf(load, phaseDurationMs), load.maxInFlight, context);
