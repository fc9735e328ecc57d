// Outcomes as a list of counts; what has no outcome yet is in flight.
import {type OutcomeCounts, outcomeStatuses} from '../../model/outcome.ts';
import {count} from '../format.ts';

export const settledStatuses = outcomeStatuses.filter(status => status !== 'in-flight');

export const settledCount = (outcomes: OutcomeCounts): number =>
  settledStatuses.reduce((sum, status) => sum + outcomes[status], 0);

/** `4,980 ok, 12 failed, 3 in flight`: only what occurred. */
export const outcomesText = (outcomes: OutcomeCounts, inFlight: number): string => {
  const parts = settledStatuses
    .filter(status => outcomes[status] > 0)
    .map(status => `${count(outcomes[status])} ${status}`);
  return (
    [...parts, ...(inFlight > 0 ? [`${count(inFlight)} in flight`] : [])].join(', ') || 'nothing settled'
  );
};
