// Checks what every fault may be limited to.
import {z} from 'zod';

export const ms = z.number().int().nonnegative();
export const count = z.number().int().nonnegative();

export const scope = {
  probability: z.number().min(0).max(1).default(1),
  nth: count.exactOptional(),
  firstN: count.exactOptional(),
  hitLimit: count.exactOptional(),
  startAfterMs: ms.exactOptional(),
  durationMs: ms.exactOptional(),
  everyMs: ms.exactOptional(),
};
