// What keeps a trial from being judged: then the verdict is inconclusive, with the number and advice.
import type {Gate, PhaseSummary} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';

export const checkGates = (trial: Trial, phases: readonly PhaseSummary[]): Gate[] => [
  ...ended(trial),
  ...(died(trial) ? [] : [...faultsHit(phases), ...calmBaseline(phases)]),
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

const withoutTrouble = ({troubles}: Trial): Gate[] =>
  troubles.map(({what, message}) => ({
    name: `harness-${what}`,
    reason: `The harness itself had trouble (${what}): ${message}`,
    advice: 'Run it again; if it stays, please report it with the folder of the run.',
  }));
