// Whether the machine and the harness kept up: operations that start in time, the load that was asked for, processes
// with time to spare.

import {DriverMeasure} from '../../measures/measure.ts';
import {type Load, loadOf} from '../../model/plan.ts';
import type {HarnessProcess} from '../../model/process-health.ts';
import {type Calibration, type Gate, isMostlyDropped, type PhaseSummary} from '../../model/run.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {samplesBehind} from '../../stats/quantile.ts';
import {delayLimitMs, isLibraryBusy} from './start-lag.ts';

type Driven = {
  readonly trial: Trial;
  readonly phases: readonly PhaseSummary[];
  readonly calibration: Calibration | null;
};

export const machineGates = (driven: Driven): Gate[] => [
  ...timelyStarts(driven),
  ...wholeLoad(driven),
  ...startedLoad(driven),
  ...sparedProcesses(driven.trial),
];

const quieter = 'Use a quieter or larger machine, or lower the load.';

/** In the baseline only: under a fault, and after it, it may be the library that is behind. */
const timelyStarts = ({trial, phases, calibration}: Driven): Gate[] => {
  const limitMs = delayLimitMs(trial);
  return phases
    .filter(({role, started}) => role === 'baseline' && started >= samplesBehind(0.99))
    .filter(({startLagP99Ms}) => (startLagP99Ms ?? 0) > limitMs)
    .filter(({phase}) => {
      const index = trial.plan.phases.findIndex(({name}) => name === phase);
      const wasLate = (calibration?.startLagP99Ms ?? 0) > limitMs;
      // It is then a finding, and no doubt about the machine, which keeps up with operations that do nothing.
      return wasLate || !isLibraryBusy(trial, [index], calibration);
    })
    .map(({phase, startLagP99Ms, started}) => ({
      name: 'machine-saturated',
      reason: `In phase ${phase}, without any fault, operations started ${(startLagP99Ms ?? 0).toFixed(0)} ms late (p99 of ${started}); the limit is ${limitMs} ms${calibration ? `, and no-op operations were ${calibration.startLagP99Ms.toFixed(1)} ms late` : ''}.`,
      advice: quieter,
    }));
};

/** Symptom catalogue, validity. */
const leastOfferedShare = 0.99;

/** Starts that a load asks for; null for a closed one, which asks for none. */
const plannedStarts = (load: Load, durationMs: number): number | null => {
  switch (load.model) {
    case 'open':
      return (load.ratePerSecond * durationMs) / 1000;
    case 'ramp':
      return (((load.fromPerSecond + load.toPerSecond) / 2) * durationMs) / 1000;
    case 'bursts':
      // The last one may just not have been due.
      return Math.floor(durationMs / load.everyMs) * load.burstSize;
    case 'closed':
      return null;
  }
};

/** Over all phases: what is due at an edge may belong to either. */
const wholeLoad = ({trial, calibration}: Driven): Gate[] => {
  const {plan} = trial;
  const open = plan.phases.flatMap((phase, index) => {
    const window = phaseWindow(trial, index);
    // The real length, but no more than the planned one: changing from phase to phase takes its time, too.
    const durationMs = window ? Math.min(phase.durationMs, window.endMs - window.startMs) : 0;
    const planned = plannedStarts(loadOf(plan.load, phase), durationMs);
    return planned === null ? [] : [{index, planned}];
  });
  const indexes = open.map(({index}) => index);
  const planned = open.reduce((sum, phase) => sum + phase.planned, 0);
  const offered = new DriverMeasure(trial, indexes).total('offered');
  if (planned < samplesBehind(0.99) || offered >= leastOfferedShare * planned) return [];
  if (isLibraryBusy(trial, indexes, calibration)) return [];
  return [
    {
      name: 'load-not-offered',
      reason: `The load calls for ${planned.toFixed(0)} operations, but ${offered} were offered: ${((offered / planned) * 100).toFixed(1)}%, where at least 99% is required.`,
      advice: quieter,
    },
  ];
};

/** Of one core: a process that uses less of it waits for something else than the CPU. */
const idleCpuRatio = 0.5;

/**
 * Most of the load is not started on a calm network, because operations do not end, while the CPU is used up: it is
 * more than client, server and machine can do together, and which of them is the limit cannot be known. Where all of
 * them are idle it is the client's own limit, which is a result, and so is what is dropped because a fault makes
 * operations hang, or because they still do after it: the report mentions those among the threats to validity.
 */
const startedLoad = ({trial, phases}: Driven): Gate[] =>
  phases
    .filter(({role, offered}) => role === 'baseline' && offered >= samplesBehind(0.99))
    .filter(isMostlyDropped)
    .flatMap(({phase, offered, dropped, cpuRatio}) => {
      const index = trial.plan.phases.findIndex(({name}) => name === phase);
      const others = trial.harness.filter(sample => sample.phase === index);
      const busiest = Math.max(cpuRatio ?? 0, ...others.map(({cpuMs, durationMs}) => cpuMs / durationMs));
      if (busiest < idleCpuRatio) return [];
      return [
        {
          name: 'load-dropped',
          reason: `In phase ${phase}, without any fault, ${dropped} of ${offered} operations (${((dropped / offered) * 100).toFixed(0)}%) were not started because maxInFlight was reached; the busiest process used ${(busiest * 100).toFixed(0)}% of a core.`,
          advice: 'Lower the rate to one that client, server and machine can handle together.',
        },
      ];
    });

const processNames: {readonly [process in HarnessProcess]: string} = {
  parent: 'The parent process',
  injector: 'The injector',
  target: 'The target',
  receiver: 'The telemetry receiver',
  driver: 'The driver',
};

/** Of one core; each of these processes depends on a single thread. */
const mostCpuRatio = 0.9;

/** Of an operation's deadline: after one pause as long as this of a process on its way, an operation that is late or hangs says nothing of its library. */
const longestPauseRatio = 0.5;

/** What passes through a process that is behind is late, and the figures cannot distinguish that from a slow library. */
const sparedProcesses = (trial: Trial): Gate[] => {
  const limitMs = delayLimitMs(trial);
  const longestPauseMs = Math.max(limitMs, longestPauseRatio * trial.plan.operation.deadlineMs);
  return trial.harness
    .filter(({phase}) => {
      const role = trial.plan.phases[phase]?.role;
      return role !== undefined && role !== 'warm-up';
    })
    .flatMap(({process, phase, loopDelayP99Ms, loopDelayMaxMs, tickCount, cpuMs, durationMs}) => {
      const cpuRatio = cpuMs / durationMs;
      const isSampled = tickCount >= samplesBehind(0.99);
      const what =
        isSampled && loopDelayP99Ms > limitMs
          ? `had an event-loop delay of ${loopDelayP99Ms.toFixed(0)} ms (p99 of ${tickCount} samples); the limit is ${limitMs} ms`
          : isSampled && cpuRatio >= mostCpuRatio
            ? `used ${(cpuRatio * 100).toFixed(0)}% of a core; the limit is ${mostCpuRatio * 100}%`
            : process !== 'parent' && loopDelayMaxMs >= longestPauseMs
              ? `was blocked for ${loopDelayMaxMs.toFixed(0)} ms; the limit is ${longestPauseMs} ms, half of an operation's deadline`
              : null;
      if (what === null) return [];
      return [
        {
          name: `${process}-saturated`,
          reason: `${processNames[process]} ${what} (phase ${trial.plan.phases[phase]!.name}).`,
          advice: quieter,
        },
      ];
    });
};
