// The limits that a scenario may set.
import {z} from 'zod';
import {strict} from './shape.ts';

const limits = {
  /** The least that is allowed, in the metric's unit. */
  min: z.number().optional(),
  /** The most that is allowed, in the metric's unit. */
  max: z.number().optional(),
  /** `warn`: it is reported · `fail`: the run is missed. Default: `fail`. */
  severity: z.enum(['warn', 'fail']).optional(),
};
const isLimited = (limit: {min?: number | undefined; max?: number | undefined}): boolean =>
  limit.min !== undefined || limit.max !== undefined;
const limitSchema = strict(limits)
  .refine(isLimited, 'needs a min or a max')
  .refine(({min, max}) => min === undefined || max === undefined || min <= max, 'has a min above its max');

export const telemetryGoalSchema = strict({
  ...limits,
  /** The name of the metric, as the library reports it: `http.client.request.duration`. */
  metric: z.string().min(1),
  /**
   * Quantiles (a quantile is the upper bound of its bucket), mean and count of a histogram, mean, max and last of a gauge,
   * increase and last of a sum; in the metric's own unit.
   */
  stat: z.enum(['p50', 'p90', 'p99', 'mean', 'max', 'increase', 'last', 'count']),
  /** Only series that have all of these attributes; they count together. Default: all series. */
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
}).refine(isLimited, 'needs a min or a max');

const phaseGoalsSchema = z.object({telemetry: z.array(telemetryGoalSchema).optional()}).catchall(limitSchema);

export const goalsSchema = z.record(z.string(), phaseGoalsSchema);
