// What keeps a trial from being judged: then the verdict is inconclusive, with the number and advice.
import type {Gate, PhaseSummary} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';
import {binomialInterval} from '../../stats/binomial.ts';
import {accountGates} from './accounts.ts';

export const checkGates = (trial: Trial, phases: readonly PhaseSummary[]): Gate[] => [
  ...ended(trial),
  ...(died(trial)
    ? []
    : [...faultsHit(phases), ...faultRates(phases), ...calmBaseline(phases), ...timelyStarts(trial, phases)]),
  ...accountGates(trial),
  ...withoutTrouble(trial),
];

/** A result, whatever the phase in which it came: the phases cannot have been whole. */
const died = ({end}: Trial): boolean => end.kind === 'crashed' || end.kind === 'unresponsive';

const ended = ({end}: Trial): Gate[] => {
  if (end.kind === 'interrupted') {
    return [{name: 'interrupted', reason: 'The trial was interrupted.', advice: 'Run it again to its end.'}];
  }
  if (end.kind === 'open-failed') {
    const {name, code, message} = end.error;
    return [
      {
        name: 'open-failed',
        reason: `open() failed on a calm network, so nothing was tested: ${[name, code, message].filter(Boolean).join(': ')}`,
        advice: 'Mend open() in the scenario; the journal of the trial has the stack.',
      },
    ];
  }
  return [];
};

/** A fault that hit nothing is not a test. */
const faultsHit = (phases: readonly PhaseSummary[]): Gate[] =>
  phases.flatMap(({phase, faults, started}) =>
    faults
      .filter(({actions}) => actions === 0)
      .map(({kind}) => ({
        name: 'fault-without-hits',
        reason: `The fault ${kind} of phase ${phase} hit nothing, with ${started} operations started.`,
        advice:
          'Make the phase longer, the load higher, or the fault more probable; see that the library uses the URL it is given.',
      })),
  );

/** A fault that hit more or less often than it was asked to is another fault than the report says. */
const faultRates = (phases: readonly PhaseSummary[]): Gate[] =>
  phases.flatMap(({phase, faults}) =>
    faults.flatMap(({kind, askedRatio, decisions, applied}) => {
      if (askedRatio === null || !decisions || applied === null) return [];
      const {low, high} = binomialInterval(applied, decisions);
      if (askedRatio >= low && askedRatio <= high) return [];
      return [
        {
          name: 'fault-rate-off',
          reason: `The fault ${kind} of phase ${phase} was asked to hit ${percentOf(askedRatio)} and hit ${applied} of ${decisions}, which tells of ${percentOf(low)} to ${percentOf(high)} (99 % interval).`,
          advice:
            'Run it again with another --seed: one run in a hundred is off by chance. If it stays, it is a defect of foulweather.',
        },
      ];
    }),
  );

const percentOf = (ratio: number): string => `${Number((ratio * 100).toFixed(1))} %`;

/** A baseline that fails by itself says nothing of faults. Half is far below what any goal would take. */
const calmSuccessRatio = 0.5;

const calmBaseline = (phases: readonly PhaseSummary[]): Gate[] =>
  phases
    .filter(
      ({role, successRatio}) =>
        role === 'baseline' && (successRatio === null || successRatio < calmSuccessRatio),
    )
    .map(({phase, successRatio, started}) => ({
      name: 'baseline-fails',
      reason: `In phase ${phase}, without any fault, ${successRatio === null ? 'nothing was started' : `only ${(successRatio * 100).toFixed(1)} % of ${started} operations succeeded`}.`,
      advice:
        'See that the target answers and that perform() is right, with the failures listed in the report.',
    }));

/** The 99th percentile of fewer is the word of one or two starts (symptom catalogue, validity). */
const samplesBehindP99 = 300;

/**
 * On a calm network it is the machine or the harness that starts operations late. The symptom catalogue asks
 * for 5 ms, which a small machine with all five processes of a run does not keep; response times hold the lag
 * and the report tells it. What cannot be judged any more is a lag of the size of what is judged: 5 % of the
 * deadline, or 100 ms where that is more.
 */
const startLagLimitMs = ({plan}: Trial): number => Math.max(100, 0.05 * plan.operation.deadlineMs);

const timelyStarts = (trial: Trial, phases: readonly PhaseSummary[]): Gate[] => {
  const limitMs = startLagLimitMs(trial);
  return phases
    .filter(({role, started}) => role === 'baseline' && started >= samplesBehindP99)
    .filter(({startLagP99Ms}) => (startLagP99Ms ?? 0) > limitMs)
    .map(({phase, startLagP99Ms, started}) => ({
      name: 'machine-saturated',
      reason: `In phase ${phase}, without any fault, operations started ${(startLagP99Ms ?? 0).toFixed(0)} ms late at the 99th percentile of ${started}; ${limitMs} ms are the limit.`,
      advice: 'Run it on a quieter or larger machine, or lower the load.',
    }));
};

const withoutTrouble = ({troubles}: Trial): Gate[] =>
  troubles.map(({what, message}) => ({
    name: `harness-${what}`,
    reason: `The harness itself had trouble (${what}): ${message}`,
    advice:
      'Run it again; if it stays, it is a defect of foulweather, which the folder of the run helps to find.',
  }));
