// Lets a direction through until so many bytes have passed, or so much time.

import type {Ending, Stage, Steps, Wait} from './stage.ts';

export type PassLimits = {
  /** Counted on the connection, across restarts of the toxic. 0: no limit. */
  readonly bytes: number;
  /** From now on. 0: no limit. */
  readonly ms: number;
};

/**
 * The attributes of a toxic type that does something at a place on the connection: whichever limit comes first;
 * without either, at once.
 */
export const passLimits = {
  /** 0: no limit. */
  bytes: {kind: 'int64', initial: 0},
  /** Milliseconds from when the toxic starts on the connection; 0: no limit. */
  ms: {kind: 'int64', initial: 0},
} as const;

/** Which limit came first. `withheldBytes` were read beyond it. Without any limit it is reached at once. */
export type PassEnd =
  | {readonly kind: 'reached'; readonly withheldBytes: number}
  | {readonly kind: 'input-ended'};

export function* passUntil(stage: Stage, {bytes, ms}: PassLimits): Generator<Wait, PassEnd, void> {
  const deadlineMs = ms > 0 ? performance.now() + ms : Number.POSITIVE_INFINITY;
  const limitBytes = bytes > 0 ? bytes : ms > 0 ? Number.POSITIVE_INFINITY : 0;
  while (stage.writtenBytes < limitBytes) {
    const chunk = yield* stage.readBefore(deadlineMs);
    if (chunk === null) return {kind: 'input-ended'};
    if (chunk === 'late') break;
    const {data, timestampMs} = chunk;
    const passing = data.subarray(0, limitBytes - stage.writtenBytes);
    yield* stage.write({data: passing, timestampMs});
    if (passing.length < data.length) return {kind: 'reached', withheldBytes: data.length - passing.length};
  }
  return {kind: 'reached', withheldBytes: 0};
}

/** Ends the direction in this way once a limit is reached. */
export function* endAfter(stage: Stage, limits: PassLimits, ending: Ending): Steps {
  const end = yield* passUntil(stage, limits);
  if (end.kind === 'input-ended') return;
  stage.acted();
  stage.close(ending);
}
