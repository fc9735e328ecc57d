// What must be so of a trial whatever its library did: every operation is accounted for, and faults hit.
import type {Account, Gate, TrialJudgement} from '../src/model/run.ts';

type Judged = Pick<TrialJudgement, 'account' | 'gates' | 'phases'>;

const accountMistakes = ({offered, started, dropped, outcomes, inFlight}: Account): string[] => {
  const settled = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return [
    ...(offered === started + dropped
      ? []
      : [`${offered} offered ≠ ${started} started + ${dropped} dropped`]),
    ...(started === settled + inFlight
      ? []
      : [`${started} started ≠ ${settled} settled + ${inFlight} in flight`]),
    ...(started > 0 ? [] : ['nothing was started']),
  ];
};

const hitCount = ({phases}: Judged): number =>
  phases.flatMap(({faults}) => faults).reduce((sum, {connectionsHit}) => sum + (connectionsHit ?? 0), 0);

export const trialMistakes = (trial: Judged): string[] => [
  ...accountMistakes(trial.account),
  ...trial.gates.filter(({name}) => name === 'accounting-mismatch').map(({reason}) => reason),
  ...(hitCount(trial) > 0 ? [] : ['no fault hit anything']),
];

/** A client that has no connection in a phase, or says nothing on it, cannot be hit: in any scenario that is no mistake. */
export const missedNotes = ({phases}: Judged): string[] =>
  phases.flatMap(({phase, faults}) =>
    faults
      .filter(({connectionsHit, actions}) => connectionsHit === 0 && actions === 0)
      .map(({name}) => `in ${phase}, ${name} hit nothing`),
  );

/** Gates that say no more than that the machine, or a process of the harness on it, did not keep up. */
export const isOfTheMachine = ({name}: Pick<Gate, 'name'>): boolean =>
  name.endsWith('-saturated') || name === 'load-not-offered';
