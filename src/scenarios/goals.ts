// A scenario's goals: their limits, and which phases and figures there are.
import {z} from 'zod';
import {goalMetrics, telemetryStats} from '../model/goal.ts';
import {type Mistake, unknownName} from './mistakes.ts';

const limits = {
  min: z.number().optional(),
  max: z.number().optional(),
  severity: z.enum(['warn', 'fail']).optional(),
};
const isLimited = (limit: {min?: number | undefined; max?: number | undefined}): boolean =>
  limit.min !== undefined || limit.max !== undefined;
const limitSchema = z
  .strictObject(limits)
  .refine(isLimited, 'needs a min or a max')
  .refine(({min, max}) => min === undefined || max === undefined || min <= max, 'has a min above its max');
const telemetryGoalSchema = z
  .strictObject({
    ...limits,
    metric: z.string().min(1),
    stat: z.enum(telemetryStats),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  })
  .refine(isLimited, 'needs a min or a max');
const phaseGoalsSchema = z.object({telemetry: z.array(telemetryGoalSchema).optional()}).catchall(limitSchema);

export const goalsSchema = z.record(z.string(), phaseGoalsSchema);

export const goalMistakes = (
  goals: z.infer<typeof goalsSchema>,
  phases: readonly {readonly name: string}[],
): Mistake[] => {
  const phaseNames = [...phases.map(phase => phase.name), 'run'];
  const metricNames = [...Object.keys(goalMetrics), 'telemetry'];
  return Object.entries(goals).flatMap(([phase, limits]) => {
    const mistakes = Object.keys(limits)
      .filter(metric => !metricNames.includes(metric))
      .map(metric => unknownName(['goals', phase, metric], 'figure', metricNames));
    if (!phaseNames.includes(phase)) mistakes.unshift(unknownName(['goals', phase], 'phase', phaseNames));
    return mistakes;
  });
};
