// Operations that fail without a fault: in a baseline, or in a recovery after the library had come back. A warm-up
// does not count, as everywhere. The remains of an earlier fault are a matter of slow-recovery.

import {
  counted,
  duration,
  type Found,
  found,
  grouped,
  phaseName,
  worstFirst,
} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import {recoveries} from '../../measures/recovery.ts';
import {applicationErrorName} from '../../model/application-error.ts';
import type {Detector} from '../../model/finding.ts';
import type {OutcomeCounts} from '../../model/outcome.ts';
import {hungAfterMs} from '../../model/plan.ts';
import type {Thresholds} from '../../model/symptoms.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

type Limits = Thresholds<'fails-when-calm'>;

/** Operations of a calm stretch of a phase. */
type Stretch = {
  readonly phase: number;
  readonly started: number;
  readonly failed: number;
  readonly since: string;
};

/** An operation that starts so shortly before a fault may still have been under way when it came. */
const edgeMs = 100;

export const failsWhenCalm: Detector<'fails-when-calm'> = (trial, limits) => {
  const stretches = [
    ...phasesOf(trial, 'baseline').flatMap(phase => baselineStretch(trial, phase)),
    ...phasesOf(trial, 'recovery').flatMap(phase => recoveredStretch(trial, phase, limits)),
  ];
  const failing = stretches.filter(
    ({started, failed}) => failed > limits.failedCount && failed / started > limits.failedShare,
  );
  if (failing.length > 0) {
    const all = failing.map(stretch => foundIn(trial, stretch, limits.failedShare));
    return presentIf('fails-when-calm', 'warn', worstFirst(all));
  }
  const watched = stretches.reduce((sum, {started}) => sum + started, 0);
  return watched < limits.operationCount
    ? inconclusive(
        'fails-when-calm',
        `too few operations without a fault (${watched} of the ${limits.operationCount} needed)`,
      )
    : clear('fails-when-calm');
};

const failuresOf = ({failed, unknown, rejected, wrong, hung}: OutcomeCounts): number =>
  failed + unknown + rejected + wrong + hung;

const isCalm = (trial: Trial, phase: number): boolean => trial.plan.phases[phase]?.faults.length === 0;

/** From when on an operation may have met the next phase's fault. */
const faultNearMs = (trial: Trial, phase: number): number => {
  const next = trial.edges.find(edge => edge.phase === phase + 1);
  return next && !isCalm(trial, phase + 1) ? next.beforeMs - edgeMs : Number.POSITIVE_INFINITY;
};

/** The server's answer was delivered as it should be: that it means a failure is the application's matter. */
const applicationErrors = (trial: Trial, phase: number): number =>
  trial.driver.failures
    .filter(({error}) => error.name === applicationErrorName)
    .reduce((sum, {countByPhase}) => sum + (countByPhase[phase] ?? 0), 0);

const baselineStretch = (trial: Trial, phase: number): Stretch[] => {
  const figures = trial.driver.phases.find(candidate => candidate.phase === phase);
  const window = phaseWindow(trial, phase);
  if (!figures || !window || figures.started === 0 || !isCalm(trial, phase)) return [];
  const nearMs = faultNearMs(trial, phase);
  const calm = trial.driver.bins.filter(bin => bin.phase === phase && bin.startMs + bin.durationMs <= nearMs);
  const failedEarly = calm.reduce((sum, {outcomes}) => sum + failuresOf(outcomes), 0);
  // The figures leave out what a fault found in flight; the bins leave out what began as it was set.
  const failed = Math.min(failuresOf(figures.outcomes), failedEarly) - applicationErrors(trial, phase);
  return [{phase, started: figures.started, failed: Math.max(0, failed), since: ''}];
};

/** The part of a recovery in which an earlier fault is no excuse any more; none where the library had not come back. */
const recoveredStretch = (trial: Trial, phase: number, {afterMs, deadlineCount}: Limits): Stretch[] => {
  const window = phaseWindow(trial, phase);
  const recovery = recoveries(trial).find(
    candidate => candidate.kind === 'recovered' && candidate.phase === phase,
  );
  if (!window || recovery?.kind !== 'recovered' || !isCalm(trial, phase)) return [];
  const {operation} = trial.plan;
  const excusedMs = Math.max(afterMs, deadlineCount * operation.deadlineMs, recovery.afterMs);
  // An operation that is in flight when the next fault begins may fail because of it, whenever it started.
  const untilMs = faultNearMs(trial, phase) - hungAfterMs(operation);
  const bins = trial.driver.bins.filter(
    bin =>
      bin.phase === phase &&
      bin.startMs >= window.startMs + excusedMs &&
      bin.startMs + bin.durationMs <= untilMs,
  );
  const started = bins.reduce((sum, bin) => sum + bin.started, 0);
  if (started === 0) return [];
  const failures = bins.reduce((sum, {outcomes}) => sum + failuresOf(outcomes), 0);
  const failed = Math.max(0, failures - applicationErrors(trial, phase));
  return [{phase, started, failed, since: `, more than ${duration(excusedMs)} after the fault,`}];
};

const foundIn = (trial: Trial, {phase, started, failed, since}: Stretch, threshold: number): Found => {
  const name = phaseName(trial, phase);
  const own = trial.driver.failures
    .filter(({error, countByPhase}) => (countByPhase[phase] ?? 0) > 0 && error.name !== applicationErrorName)
    .toSorted((a, b) => (b.countByPhase[phase] ?? 0) - (a.countByPhase[phase] ?? 0));
  const [most] = own;
  const mostly = most ? `, most often with ${most.error.code ?? most.error.name}` : '';
  return found(name, {
    witness: 'driver',
    statement: `${grouped(failed)} of ${counted(started, 'operation')} in phase ${name}${since} failed without any fault${mostly}.`,
    value: failed / started,
    threshold,
    unit: 'share',
    count: started,
    operations: own
      .flatMap(({examples}) => examples.filter(example => example.phase === phase).map(({id}) => id))
      .slice(0, 3),
  });
};
