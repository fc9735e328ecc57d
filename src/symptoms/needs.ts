// Whether what a symptom needs was there: without it a detector that found nothing has not looked.
import {attemptTimes} from '../measures/attempt-times.ts';
import {attemptCounts} from '../measures/attempts.ts';
import {collectedHeaps, unreported} from '../measures/collected-heaps.ts';
import {effectCounts} from '../measures/effects.ts';
import {phaseName} from '../measures/evidence.ts';
import {DriverMeasure, effectsGap, inFlightSamples, isWarmUp, ledgerGap} from '../measures/measure.ts';
import {isNode} from '../measures/process-measure.ts';
import type {PhaseRole} from '../model/choices.ts';
import {runtimeFigures, runtimeSamples} from '../model/runtime-figures.ts';
import type {Need} from '../model/symptoms/needs.ts';
import {isFirstUnderWay, phaseWindow, type Trial} from '../model/trial.ts';

/** Why the first unmet need is not met; null where all are. */
export const lackOf = (trial: Trial, needs: readonly Need[]): string | null => {
  for (const need of needs) {
    const lack = lacks[need](trial);
    if (lack !== null) return lack;
  }
  return null;
};

type Lack = (trial: Trial) => string | null;

const judgedRoles: readonly PhaseRole[] = ['baseline', 'fault', 'recovery'];

const startedIn =
  (...roles: readonly PhaseRole[]): Lack =>
  trial => {
    if (!trial.plan.phases.some(({role}) => roles.includes(role))) {
      return `the scenario has no ${roles.join(' or ')} phase`;
    }
    for (const [phase, {role}] of trial.plan.phases.entries()) {
      if (!roles.includes(role)) continue;
      const name = phaseName(trial, phase);
      if (!phaseWindow(trial, phase)) return `the trial did not reach phase ${name}`;
      if (new DriverMeasure(trial, [phase]).total('started') === 0) {
        return `no operation started in phase ${name}`;
      }
    }
    return null;
  };

const unless =
  (isThere: (trial: Trial) => boolean, lack: string): Lack =>
  trial =>
    isThere(trial) ? null : lack;

const lacks: {readonly [need in Need]: Lack} = {
  operations: startedIn(...judgedRoles),
  'fault-operations': startedIn('fault'),
  'recovery-operations': startedIn('recovery'),
  'calm-operations': startedIn('baseline', 'recovery'),
  failures: unless(
    ({driver}) => driver.failures.length > 0 || driver.uncountedFailures > 0,
    'no operation failed',
  ),
  load: trial => {
    if (trial.loadEndedMs !== null) return null;
    const last = trial.edges.at(-1);
    const where = last ? ` in phase ${phaseName(trial, last.phase)}` : ' before the first phase';
    return `the trial ended${where}, so anything later was not seen`;
  },
  end: unless(({end}) => end.kind === 'completed', 'the trial did not run to its end'),
  fate: unless(
    ({end}) => end.kind === 'completed' || end.kind === 'crashed',
    'the process did not end on its own',
  ),
  attempts: trial =>
    attemptCounts(trial).length > 0 ? null : (ledgerGap(trial) ?? 'attempts were not counted'),
  'attempt-times': unless(trial => attemptTimes(trial) !== null, 'the times of attempts were not recorded'),
  effects: trial => (effectCounts(trial) ? null : (effectsGap(trial) ?? 'effects were not counted')),
  connections: unless(({injector}) => injector.length > 0, 'this injector does not count connections'),
  'connection-log': ({injectorLog}) => {
    if (!injectorLog) return 'this injector does not record individual connections';
    const {connectionsLeftOut} = injectorLog;
    return connectionsLeftOut === 0
      ? null
      : `the injector had no room to record ${connectionsLeftOut} connections`;
  },
  process: unless(
    ({resources, phaseResources}) => resources.length > 0 && phaseResources.length > 0,
    'the process reported no metrics',
  ),
  usage: unless(
    ({resources, phaseResources, system}) =>
      (resources.length > 0 && phaseResources.length > 0) || system.length > 1,
    'the process reported no metrics',
  ),
  'in-flight': unless(
    trial => inFlightSamples(trial).length > 0,
    'operations in flight were not counted over time',
  ),
  system: unless(
    ({system}) => system.length > 0,
    'there are no samples of the process from the operating system',
  ),
  node: unless(isNode, 'measured only in Node.js processes'),
  collections: trial => {
    if (isNode(trial)) return lacks.process(trial);
    const samples = runtimeSamples(trial);
    if (samples.every(({gcCount}) => gcCount === null)) return unreported(trial);
    if (samples.every(({gcPauseMs}) => gcPauseMs === null)) {
      return 'the runtime reported how often it collected garbage, but not how long the pauses were';
    }
    const phase = trial.plan.phases.findIndex(
      (_, index) =>
        !isWarmUp(trial, index) &&
        phaseWindow(trial, index) !== null &&
        (runtimeFigures(trial, index)?.gcShare ?? null) === null,
    );
    return phase === -1
      ? null
      : `the runtime reported fewer than two readings of its metrics in phase ${phaseName(trial, phase)}`;
  },
  'collected-heap': trial => {
    const heaps = collectedHeaps(trial);
    return typeof heaps === 'string' ? heaps : null;
  },
};

/** Why leaks of connections and slots are left open; null where it has settled. */
export const firstGap = (trial: Trial): string | null =>
  isFirstUnderWay(trial)
    ? 'the operation tried before the load never settled, and may hold a connection'
    : null;
