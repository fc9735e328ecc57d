// Loads that a trial cannot handle: they are refused before anything starts.
import {hungAfterMs, type Load, type OperationPlan, type Phase} from '../model/plan.ts';
import type {Mistake} from './mistakes.ts';

/** Each operation takes some ten bytes over all processes of a run: with as many as these, a gigabyte. */
const operationsAtMost = 100_000_000;

/** The timeline has a row every 500 ms: 350,000 of them in two days. */
const trialHoursAtMost = 48;

/** The upper end of the histograms of response times. */
const measuredMs = 3_600_000;

const hourMs = 3_600_000;

/** Starts that a load makes in so long a time; null for a closed one, which depends on the answers. */
export const plannedStarts = (load: Load, durationMs: number): number | null => {
  const seconds = durationMs / 1000;
  switch (load.model) {
    case 'open':
      return load.ratePerSecond * seconds;
    case 'ramp':
      return ((load.fromPerSecond + load.toPerSecond) / 2) * seconds;
    case 'bursts':
      return Math.ceil(durationMs / load.everyMs) * load.burstSize;
    case 'closed':
      return null;
  }
};

type Checked = {
  readonly load: Load;
  readonly operation: OperationPlan;
  readonly phases: readonly Pick<Phase, 'durationMs' | 'load'>[];
};

export const loadMistakes = ({load, operation, phases}: Checked): Mistake[] => {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const starts = phases.map(phase => plannedStarts(phase.load ?? load, phase.durationMs));
  const operations = sum(starts.map(count => count ?? 0));
  const hours = sum(phases.map(({durationMs}) => durationMs)) / hourMs;
  const mistakes: Mistake[] = [];
  if (operations > operationsAtMost) {
    mistakes.push({
      path: ['load'],
      says: `adds up to ${Math.round(operations / 1e6)} million operations, and a trial can account for at most ${operationsAtMost / 1e6} million; lower the rate, or shorten the phases`,
    });
  }
  if (starts.every(count => count === 0)) {
    mistakes.push({path: ['load'], says: 'starts no operation in any phase; set a rate above 0'});
  }
  if (hours > trialHoursAtMost) {
    mistakes.push({
      path: ['phases'],
      says: `: they last ${Number(hours.toFixed(1))} hours together; a trial may last at most ${trialHoursAtMost}`,
    });
  }
  if (hungAfterMs(operation) > measuredMs) {
    mistakes.push({
      path: ['operation', 'deadlineMs'],
      says: 'must be at most 3,272,727: response times are measured up to one hour, which the deadline and a tenth of it must not exceed',
    });
  }
  return mistakes;
};
