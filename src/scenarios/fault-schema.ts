// Checks faults, as scenarios in plain JavaScript may write them by hand.
import {z} from 'zod';

const ms = z.number().int().nonnegative();
const aim = {
  direction: z.enum(['upstream', 'downstream']).default('downstream'),
  probability: z.number().min(0).max(1).default(1),
};

export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({kind: z.literal('latency'), latencyMs: ms, jitterMs: ms.default(0), ...aim}),
  z.strictObject({
    kind: z.literal('bandwidth'),
    bytesPerSecond: z.number().int().nonnegative().multipleOf(1000),
    ...aim,
  }),
  z.strictObject({kind: z.literal('slowClose'), delayMs: ms, ...aim}),
  z.strictObject({kind: z.literal('timeout'), timeoutMs: ms, ...aim}),
  z.strictObject({kind: z.literal('stall'), ...aim}),
  z.strictObject({kind: z.literal('resetPeer'), afterMs: ms.default(0), ...aim}),
  z.strictObject({
    kind: z.literal('slicer'),
    averageSizeBytes: z.number().int().positive(),
    sizeVariationBytes: z.number().int().nonnegative().default(0),
    delayUs: z.number().int().nonnegative().default(0),
    ...aim,
  }),
  z.strictObject({kind: z.literal('limitData'), limitBytes: z.number().int().nonnegative(), ...aim}),
  z.strictObject({kind: z.literal('refuse')}),
]);
