// Errors that a caller cannot distinguish: no code or status, no cause, and neither a name nor a class of their own.

import {counted, found, grouped, phaseName} from '../../measures/evidence.ts';
import {openFailedName} from '../../model/client-witness.ts';
import type {FailureClass} from '../../model/driver-witness.ts';
import type {Detector} from '../../model/finding.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

/** Errors that are of no class of their own, and what is no error, by its type. */
const commonNames: readonly string[] = ['Error', 'TypeError', 'object', 'string', 'number', 'undefined'];

const isUnclassified = ({error}: FailureClass): boolean =>
  error.code === null && error.causes.length === 0 && commonNames.includes(error.name);

export const unclassifiedErrors: Detector<'unclassified-errors'> = (trial, thresholds) => {
  const {unclassifiedShare: threshold, failureCount} = thresholds;
  // The name of those whose client could not be opened is the harness's.
  const thrown = trial.driver.failures.filter(
    ({status, error}) => status !== 'wrong' && error.name !== openFailedName,
  );
  const total = thrown.reduce((sum, {count}) => sum + count, 0);
  const bare = thrown.filter(isUnclassified).toSorted((a, b) => b.count - a.count);
  const count = bare.reduce((sum, failure) => sum + failure.count, 0);
  if (total < failureCount) {
    return inconclusive('unclassified-errors', `too few errors (${total} of the ${failureCount} needed)`);
  }
  const most = bare[0];
  if (!most || count / total <= threshold) return clear('unclassified-errors');
  const [phase] = Object.entries(most.countByPhase).toSorted(([, a], [, b]) => b - a)[0] ?? ['0'];
  return presentIf('unclassified-errors', 'warn', [
    found(phaseName(trial, Number(phase)), {
      witness: 'driver',
      statement: `${grouped(count)} of ${counted(total, 'error')} have no code, cause or class of their own, such as "${most.error.message}".`,
      value: count / total,
      threshold,
      unit: 'share',
      count: total,
      operations: most.examples.slice(0, 3).map(({id}) => id),
    }),
  ]);
};
