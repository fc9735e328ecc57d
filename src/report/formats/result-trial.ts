// One trial of a result as if its variant had made no other.
import type {ResultVariant} from './result.ts';

/** Null where the variant has no trial of that id. */
export const withOneTrial = (variant: ResultVariant, trialId: string): ResultVariant | null => {
  const trial = variant.trials.find(({id}) => id === trialId);
  if (!trial) return null;
  return {
    ...variant,
    trials: [trial],
    phases: trial.phases,
    goals: variant.goals.flatMap(story => {
      const own = trial.goals?.find(({phase, metric}) => phase === story.phase && metric === story.metric);
      if (!own) return [];
      const {verdict, value, count, reason} = own;
      const metCount = verdict === 'met' ? 1 : 0;
      return [
        {...story, verdict, value, count, metCount, trialCount: 1, reasons: reason === null ? [] : [reason]},
      ];
    }),
  };
};
