// Telemetry that contradicts what the caller saw: failures without an error, errors of what succeeded, metrics and
// spans that disagree. A caller's own abort may stay without an error, by HTTP's conventions.

import {counted, phaseName} from '../../measures/evidence.ts';
import {
  examplesOf,
  hasMark,
  type OperationView,
  Tally,
  viewOperations,
} from '../../measures/operation-telemetry.ts';
import {metricComparisons} from '../../measures/span-metrics.ts';
import {operationsGap} from '../../measures/telemetry-account.ts';
import {applicationErrorName} from '../../model/application-error.ts';
import type {Comparison, Detector, Measured} from '../../model/finding.ts';
import {type ErrorFacts, outcomeCode} from '../../model/outcome.ts';
import type {Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

const okCode = outcomeCode('ok');
const failureCodes: readonly number[] = [outcomeCode('failed'), outcomeCode('unknown')];

/** What the operations of one phase and their spans say. */
class Accounts {
  readonly failed = new Tally();
  readonly untoldFailed = new Tally();
  readonly ok = new Tally();
  readonly toldOk = new Tally();

  add(operation: OperationView): void {
    if (failureCodes.includes(operation.outcome)) {
      this.failed.add(operation);
      if (!hasMark(operation, 'lastIsError')) this.untoldFailed.add(operation);
    }
    if (operation.outcome !== okCode) return;
    this.ok.add(operation);
    if (hasMark(operation, 'lastIsError') && !hasMark(operation, 'lastHasErrorStatus')) {
      this.toldOk.add(operation);
    }
  }
}

type Found = {
  readonly phase: string;
  readonly wrong: number;
  readonly share: number;
  readonly evidence: Measured;
};

export const telemetryContradicts: Detector<'telemetry-contradicts'> = (trial, {wrongShare}) => {
  const gap = operationsGap(trial);
  const view = gap === null ? viewOperations(trial) : null;
  if (!view)
    return inconclusive('telemetry-contradicts', gap ?? 'nothing is known about individual operations');
  const accounts = trial.plan.phases.map(() => new Accounts());
  view.eachSettled(operation => accounts[operation.phase]?.add(operation));
  const failures = accounts.map((account, phase) => untoldFailures(trial, phase, account, wrongShare));
  const successes = accounts.map((account, phase) => errorsOfSuccesses(trial, phase, account, wrongShare));
  const found = [...failures, ...successes]
    .filter(({share}) => share > wrongShare)
    .sort((a, b) => b.share - a.share);
  const metrics = metricComparisons(trial, wrongShare);
  return presentIf(
    'telemetry-contradicts',
    'warn',
    [...found, ...metrics.flatMap(({found}) => found)],
    [
      comparisonOf('failures and their last spans', failures),
      comparisonOf('successes and their last spans', successes),
      ...metrics.map(({comparison}) => comparison),
    ],
  );
};

const comparisonOf = (what: string, ofPhases: readonly Found[]): Comparison => {
  const differing = ofPhases.filter(({wrong}) => wrong > 0);
  return {
    what,
    count: ofPhases.reduce((sum, {evidence}) => sum + evidence.count, 0),
    differingCount: differing.reduce((sum, {wrong}) => sum + wrong, 0),
    operations: differing[0]?.evidence.operations ?? [],
    traces: differing[0]?.evidence.traces ?? [],
  };
};

const untoldFailures = (
  trial: Trial,
  phase: number,
  {failed, untoldFailed}: Accounts,
  threshold: number,
): Found => {
  const aborted = abortedIn(trial, phase);
  const count = Math.max(0, untoldFailed.count - aborted);
  const name = phaseName(trial, phase);
  const applied = failuresNamed(trial, phase, ({name: errorName}) => errorName === applicationErrorName);
  const of =
    applied > 0
      ? `; ${counted(applied, 'failure')} of the phase ${applied === 1 ? 'was an error' : 'were errors'} inside a complete response`
      : '';
  const but = aborted > 0 ? `, not counting ${counted(aborted, 'abort')} by the caller` : '';
  const statement = `${counted(count, 'operation')} that failed in phase ${name} ${count === 1 ? 'has' : 'have'} no span that ends in an error${of}${but}.`;
  return foundOf(trial, {phase: name, statement, wrong: count, count: failed.count, threshold}, untoldFailed);
};

const errorsOfSuccesses = (trial: Trial, phase: number, {ok, toldOk}: Accounts, threshold: number): Found => {
  const name = phaseName(trial, phase);
  const statement = `${counted(toldOk.count, 'operation')} that succeeded in phase ${name} ${toldOk.count === 1 ? 'has' : 'have'} a last span that reports an error.`;
  return foundOf(trial, {phase: name, statement, wrong: toldOk.count, count: ok.count, threshold}, toldOk);
};

type Told = Pick<Found, 'phase' | 'wrong'> & Pick<Measured, 'statement' | 'count' | 'threshold'>;

const foundOf = (trial: Trial, {phase, statement, wrong, count, threshold}: Told, examples: Tally): Found => {
  const share = count === 0 ? 0 : wrong / count;
  const evidence = {
    witness: 'telemetry',
    statement,
    value: share,
    threshold,
    unit: 'share',
    count,
  } as const;
  return {phase, wrong, share, evidence: {...evidence, ...examplesOf(trial, examples)}};
};

const failuresNamed = (trial: Trial, phase: number, holds: (error: ErrorFacts) => boolean): number =>
  trial.driver.failures
    .filter(({error}) => holds(error))
    .reduce((sum, {countByPhase}) => sum + (countByPhase[phase] ?? 0), 0);

/** `signal` of a scenario aborts with the DOM's TimeoutError, whose code is 23; a controller of its own with an AbortError. */
const abortedIn = (trial: Trial, phase: number): number =>
  failuresNamed(
    trial,
    phase,
    ({name, code}) => name === 'AbortError' || (name === 'TimeoutError' && (code ?? '23') === '23'),
  );
