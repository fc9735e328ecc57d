// What a search must know of a library before it begins: how it talks to its server, and what it does without faults.
import {groupsOf} from '../../explore/conversations.ts';
import {type Episode, episodeOf} from '../../explore/episodes.ts';
import type {Exploration} from '../../explore/exploration.ts';
import {calmPlan, faultPhase, reconnectPlan, recoveryPhase} from '../../explore/search.ts';
import {FoulweatherError} from '../../model/errors.ts';
import type {Plan} from '../../model/plan.ts';
import type {Conversation} from '../../model/proxy-witness.ts';
import {phaseWindow} from '../../model/trial.ts';
import type {Crew, Tried} from './crew.ts';
import {calmSymptomsOf, calmTrouble} from './verdicts.ts';

/** All open connections are closed at once. */
export const closeLive: Episode = episodeOf([{kind: 'live', action: 'close'}]);

export type Recording = {
  readonly conversations: readonly Conversation[];
  readonly versions: Exploration['versions'];
  /** What the library shows without any fault. */
  readonly calm: Exploration['calm'];
  /** What it takes to be back after its connections were closed. */
  readonly backMs: number;
  /** The trial in which they were: the first episode. */
  readonly reconnect: Tried;
};

/** Calm first, and then how it connects anew. @throws FoulweatherError FW_EXPLORE_CALM, FW_EXPLORE_UNSEEN, FW_INTERRUPTED */
export const record = async (
  crew: Pick<Crew, 'try'>,
  plan: Plan,
  signal: AbortSignal,
): Promise<Recording> => {
  const calm = await crew.try(calmPlan(plan), 'calm', {isRecorded: true});
  if (calm.trial === null || signal.aborted) throw interrupted();
  const trouble = calmTrouble(calm.trial);
  if (trouble !== null) {
    throw new FoulweatherError(
      'FW_EXPLORE_CALM',
      `Scenario "${plan.name}" does not work without faults: ${trouble}.`,
      'Get it to succeed with `foulweather run` first: the calm phases of that report show what fails.',
    );
  }
  await calm.forget();
  const reconnect = await crew.try(reconnectPlan(plan, closeLive), 'reconnect', {isRecorded: true});
  const conversations = madeAnew(reconnect) ?? calm.conversations;
  if (groupsOf(conversations).length === 0) {
    throw new FoulweatherError(
      'FW_EXPLORE_UNSEEN',
      `Variant "${plan.variants[0].name}" exchanged nothing with its server through the injector.`,
      'Check that open() connects to the URL that it is given, and that the operations use this connection.',
    );
  }
  return {
    conversations,
    versions: calm.trial.versions,
    calm: calmSymptomsOf(calm.trial).map(({symptom, evidence}) => ({
      symptom,
      statement: evidence[0].statement,
    })),
    backMs: backAfter(reconnect),
    reconnect,
  };
};

/** What the library took to be well again; 0 where it was not: then more time would not help. Its phases are watched for a while in any case. */
const backAfter = ({trial}: Tried): number => {
  if (trial?.cut != null) return 0;
  const [fault, after] = [faultPhase(0), recoveryPhase(0)].map(phase => trial && phaseWindow(trial, phase));
  if (!trial || !fault || !after) return 0;
  const afterMs = after.endMs - after.startMs;
  const isLate = afterMs > (trial.plan.phases[recoveryPhase(0)]?.durationMs ?? 0) + backSlackMs;
  return fault.endMs - fault.startMs + (isLate ? afterMs : 0);
};

const backSlackMs = 300;

/** The conversations of connections that were made after all that were open were closed; null where there were none. */
const madeAnew = ({trial, conversations}: Tried): readonly Conversation[] | null => {
  const edge = trial?.edges.find(({phase}) => phase === faultPhase(0));
  if (!trial || !edge) return null;
  const fresh = conversations.filter(({openedMs}) => openedMs - trial.originEpochMs >= edge.beforeMs);
  return groupsOf(fresh).length > 0 ? fresh : null;
};

const interrupted = (): FoulweatherError =>
  new FoulweatherError(
    'FW_INTERRUPTED',
    'Interrupted before the search began; there is nothing to report.',
    'Run it again.',
  );
