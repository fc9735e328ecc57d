// What keeps a trial from being judged: the verdict is then inconclusive, with the number and advice.
import type {GoalResult} from '../../model/goal.ts';
import type {Calibration, Gate, PhaseSummary} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';
import {accountGates} from './accounts.ts';
import {baselineGates} from './baseline-gates.ts';
import {faultGates} from './fault-gates.ts';
import {machineGates} from './machine-gates.ts';
import {startGates} from './start-gates.ts';

export type Gated = {
  readonly trial: Trial;
  readonly phases: readonly PhaseSummary[];
  readonly goals: readonly GoalResult[];
  readonly calibration: Calibration | null;
};

export const checkGates = (gated: Gated): Gate[] => [
  ...interrupted(gated.trial),
  ...startGates(gated.trial),
  ...protocolBroken(gated.trial),
  ...(died(gated.trial)
    ? []
    : [...faultGates(gated.trial, gated.phases), ...baselineGates(gated), ...machineGates(gated)]),
  ...accountGates(gated.trial),
  ...hooksFailed(gated.trial),
  ...withoutTrouble(gated.trial),
];

/** A result, whatever the phase in which it came: the phases cannot have been complete. */
const died = ({end}: Trial): boolean =>
  end.kind === 'crashed' || end.kind === 'unresponsive' || end.kind === 'protocol-broken';

/** Whatever it says may be wrong: nothing is judged by it. */
const protocolBroken = ({end}: Trial): Gate[] =>
  end.kind === 'protocol-broken'
    ? [
        {
          name: 'protocol-broken',
          reason: `The program broke the protocol: ${end.problem}${end.line === null ? '' : `: ${end.line}`}.`,
          advice: 'Check the program with `foulweather conform`; docs/languages.md describes the protocol.',
        },
      ]
    : [];

const interrupted = ({end}: Trial): Gate[] =>
  end.kind === 'interrupted'
    ? [{name: 'interrupted', reason: 'The trial was interrupted.', advice: 'Run it again, to the end.'}]
    : [];

const hooksFailed = ({hookFailures}: Trial): Gate[] =>
  hookFailures.map(({hook, message, advice, stack}) => ({
    name: `${hook}-failed`,
    reason: message,
    advice,
    ...(stack.length > 0 && {stack}),
  }));

const withoutTrouble = ({troubles}: Trial): Gate[] =>
  troubles.map(({what, message}) => ({
    name: `harness-${what}`,
    reason: `The harness had a problem (${what}): ${message}`,
    advice:
      'Run again. If it happens again, it is a bug in foulweather: please report it and attach the run folder.',
  }));

/** For a trial that is not missed anyway. */
export const recoveryGates = (phases: readonly PhaseSummary[]): Gate[] => {
  const last = phases.findLast(({role}) => role === 'recovery');
  if (!last || last.outcomes.ok > 0 || last.goodputPerSecond > 0) return [];
  return [
    {
      name: 'nothing-recovered',
      reason: `In the last recovery, ${last.phase}, none of the ${last.started} operations succeeded, and neither a goal nor a symptom explains why.`,
      advice: 'Lengthen the recovery to see whether the library recovers at all.',
    },
  ];
};
