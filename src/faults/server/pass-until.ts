// Lets a direction through until so many bytes have passed, or so much time.

import type {Stage, Wait} from './stage.ts';

export type PassLimits = {
  /** Counted on the connection, across restarts of the toxic. 0: no limit. */
  readonly bytes: number;
  /** From now on. 0: no limit. */
  readonly ms: number;
};

/** What came first. `withheldBytes` were read beyond the limit. Without any limit it is reached at once. */
export type PassEnd =
  | {readonly kind: 'reached'; readonly withheldBytes: number}
  | {readonly kind: 'input-ended'};

export function* passUntil(stage: Stage, {bytes, ms}: PassLimits): Generator<Wait, PassEnd, void> {
  const deadlineMs = ms > 0 ? performance.now() + ms : Number.POSITIVE_INFINITY;
  const limitBytes = bytes > 0 ? bytes : ms > 0 ? Number.POSITIVE_INFINITY : 0;
  while (stage.writtenBytes < limitBytes) {
    const chunk = yield* stage.readBefore(deadlineMs);
    if (chunk === undefined) return {kind: 'input-ended'};
    if (chunk === 'late') break;
    const {data, timestampMs} = chunk;
    const passing = data.subarray(0, limitBytes - stage.writtenBytes);
    yield* stage.write({data: passing, timestampMs});
    if (passing.length < data.length) return {kind: 'reached', withheldBytes: data.length - passing.length};
  }
  return {kind: 'reached', withheldBytes: 0};
}
