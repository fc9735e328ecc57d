// The phase whose faults can be the cause of what went wrong with an operation; it may be another than the
// operation's own.
import type {Trial} from '../model/trial.ts';

const isFault = (trial: Trial, phase: number): boolean => trial.plan.phases[phase]?.role === 'fault';

/**
 * For what went wrong up to a moment: the operation's own phase where that has faults, else the first with faults
 * that began by then, else its own.
 */
export const causeUntil = (trial: Trial, index: number, untilMs: number): number => {
  const own = trial.driver.operationPhases[index] ?? 0;
  if (isFault(trial, own)) return own;
  const begun = trial.edges.find(
    ({phase, beforeMs}) => phase > own && isFault(trial, phase) && beforeMs <= untilMs,
  );
  return begun?.phase ?? own;
};

/** For a message that came a second time: the last phase with faults since it was sent. */
export const causeOfRedelivery = (trial: Trial, index: number): number => {
  const own = trial.driver.operationPhases[index] ?? 0;
  const came = (trial.redeliveredIn?.[index] ?? 0) - 1;
  for (let phase = came; phase >= own; phase--) if (isFault(trial, phase)) return phase;
  return own;
};
