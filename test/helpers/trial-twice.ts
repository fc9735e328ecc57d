// A trial with two faults, for findings of several phases.
import type {FailureClass} from '../../src/model/driver-witness.ts';
import {type Fault, stall} from '../../src/model/fault.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {ResourceSample} from '../../src/model/process-witness.ts';
import {fault, recovery, type TrialChanges, trialWith} from './trial-believable.ts';

/** A second fault from 19,000 to 23,000 ms, and its recovery up to 33,000 ms. */
export const [second, secondRecovery] = [4, 5];

export const twice = (faults: readonly Fault[] = [stall()], more: Partial<Plan> = {}): TrialChanges => {
  const phases = trialWith().plan.phases.map(phase => (phase.role === 'fault' ? {...phase, faults} : phase));
  return {
    plan: {
      ...more,
      phases: [
        ...phases,
        {...phases[fault]!, name: 'again'},
        {...phases[recovery]!, name: 'recovery again'},
      ] as unknown as Plan['phases'],
    },
    loadEndedMs: 33_000,
    closing: {startMs: 35_000, durationMs: 5},
  };
};

/** Of errors with this code. */
export const failure = (
  code: string,
  count: number,
  countByPhase: FailureClass['countByPhase'],
): FailureClass => ({
  key: code,
  status: 'unknown',
  error: {name: 'Error', code, message: '', stack: [], causes: []},
  count,
  countByPhase,
  examples: [],
});

/** What the process says of itself, but for what is changed. */
export const sample = (atMs: number, changes: Partial<ResourceSample> = {}): ResourceSample => ({
  atMs,
  cpuMs: 0,
  rssBytes: 0,
  heapUsedBytes: 0,
  externalBytes: 0,
  loopDelayMaxMs: 0,
  loopUtilisationRatio: 0,
  gcMs: 0,
  gcCount: 0,
  ...changes,
});

export const times = <Row>(count: number, row: (index: number) => Row): Row[] =>
  Array.from({length: count}, (_, index) => row(index));
