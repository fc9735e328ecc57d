// When the faults of a phase are on: each from the begin of the phase on, or as its scope says.
import type {Phase} from '../../model/plan.ts';
import type {FaultWindow} from '../../model/receiver-protocol.ts';

/** Of a fault that comes again. */
const windowsOfFault = 100;

export const faultWindows = ({faults, durationMs: phaseMs}: Phase): FaultWindow[] =>
  faults.flatMap((fault): FaultWindow[] => {
    const {startAfterMs = 0, durationMs, everyMs} = fault;
    const one = (fromMs: number): FaultWindow => ({
      name: fault.kind,
      fromMs,
      toMs: durationMs === undefined || fromMs + durationMs >= phaseMs ? null : fromMs + durationMs,
    });
    if (everyMs === undefined) return [one(startAfterMs)];
    const count = Math.min(windowsOfFault, Math.ceil(Math.max(0, phaseMs - startAfterMs) / everyMs));
    return Array.from({length: count}, (_, index) => one(startAfterMs + index * everyMs));
  });
