// A scenario's goals: their limits, and which phases and figures there are.
import {z} from 'zod';
import {goalMetrics, telemetryStats} from '../model/goal.ts';
import {didYouMean} from './suggestions.ts';

const limits = {
  min: z.number().optional(),
  max: z.number().optional(),
  severity: z.enum(['warn', 'fail']).optional(),
};
const isLimited = (limit: {min?: number | undefined; max?: number | undefined}): boolean =>
  limit.min !== undefined || limit.max !== undefined;
const limitSchema = z
  .strictObject(limits)
  .refine(isLimited, 'give a min or a max')
  .refine(({min, max}) => min === undefined || max === undefined || min <= max, 'give a min below the max');
const telemetryGoalSchema = z
  .strictObject({
    ...limits,
    metric: z.string().min(1),
    stat: z.enum(telemetryStats),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  })
  .refine(isLimited, 'give a min or a max');
const phaseGoalsSchema = z.object({telemetry: z.array(telemetryGoalSchema).optional()}).catchall(limitSchema);

export const goalsSchema = z.record(z.string(), phaseGoalsSchema);

export const goalMistakes = (
  goals: z.infer<typeof goalsSchema>,
  phases: readonly {readonly name: string}[],
): string[] => {
  const phaseNames = [...phases.map(phase => phase.name), 'run'];
  const metricNames = [...Object.keys(goalMetrics), 'telemetry'];
  return Object.entries(goals).flatMap(([phase, limits]) => {
    const mistakes = Object.keys(limits)
      .filter(metric => !metricNames.includes(metric))
      .map(metric => `goals.${phase}.${metric}: there is no such figure. ${didYouMean(metric, metricNames)}`);
    if (!phaseNames.includes(phase)) {
      mistakes.unshift(`goals.${phase}: there is no such phase. ${didYouMean(phase, phaseNames)}`);
    }
    return mistakes;
  });
};
