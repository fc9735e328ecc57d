// The moment from which all times of a trial run; the journal, the target and the telemetry receiver are told.
import {createHash} from 'node:crypto';
import {monotonicMs, steadyEpochMs, wallEpochMs} from '../../model/clock.ts';
import type {TrialEvent} from '../../model/event.ts';
import type {Phase, Variant} from '../../model/plan.ts';
import type {FaultWindow, TrialLabels} from '../../model/receiver-protocol.ts';
import type {TrialContext, TrialRequest} from './trial-context.ts';

export type TrialStart = {
  /** What its operations' trace ids begin with. */
  readonly tracePrefix: string;
  /** One moment: by the monotonic clock, and, since the epoch, by the clock that is never set and by the wall clock. */
  readonly originMonotonicMs: number;
  readonly originEpochMs: number;
  readonly wallOriginEpochMs: number;
  /** Ms since then. */
  readonly now: () => number;
};

export const startTrial = (
  context: TrialContext,
  {trialId, variant, number, seed, freshStart, files}: TrialRequest,
  record: (event: TrialEvent) => void,
): TrialStart => {
  const {plan, runId, target, receiver} = context;
  const originMonotonicMs = monotonicMs();
  const originEpochMs = steadyEpochMs();
  const wallOriginEpochMs = wallEpochMs();
  const tracePrefix = tracePrefixOf(runId, trialId);
  record({
    kind: 'trial',
    trialId,
    variant: variant.name,
    number,
    seed,
    tracePrefix,
    originEpochMs,
    ...freshStart,
  });
  target.child?.send({kind: 'trial', trialId, originMonotonicMs});
  receiver.child.send({
    kind: 'trial',
    trialId,
    tracePrefix,
    originEpochMs: wallOriginEpochMs,
    spansFile: files.spansFile,
    phaseCount: plan.phases.length,
    background: plan.telemetry.background ?? [],
    labels: labelsOf(context, variant),
  });
  const now = (): number => monotonicMs() - originMonotonicMs;
  return {tracePrefix, originMonotonicMs, originEpochMs, wallOriginEpochMs, now};
};

/** Traces of different runs must not meet in a user's backend, so the run is part of it. */
const tracePrefixOf = (runId: string, trialId: string): string =>
  createHash('sha256').update(`${runId}/${trialId}`).digest('hex').slice(0, 16);

/** How a trial's telemetry is labelled in the user's own backend. */
const labelsOf = ({runId, plan}: TrialContext, variant: Variant): TrialLabels => ({
  run: runId,
  variant: variant.name,
  phases: plan.phases.map(phase => ({
    name: phase.name,
    faults: phase.faults.map(({kind}) => kind).join(', '),
    windows: faultWindows(phase),
  })),
});

/** For a fault that comes again. */
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
