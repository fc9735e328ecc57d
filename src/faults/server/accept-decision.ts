// What becomes of a new connection: the toxics that act on accept are asked, in the order in which they were added.

import {createRandom} from './random.ts';
import type {Toxic} from './toxic.ts';
import type {AcceptDecision, AcceptFacts} from './toxic-type.ts';

export type AcceptContext = {
  /** What random decisions depend on: the seed, the proxy, and the connection's number. */
  readonly seedParts: readonly (string | number)[];
  readonly decided: (toxic: Toxic, isActive: boolean) => void;
};

/** A connection that is not served, the toxic that turned it away, and how; or what the toxic threw instead. */
export type RejectedConnection = {
  readonly toxic: Toxic;
  readonly decision: Exclude<AcceptDecision, 'serve'> | 'fail';
  readonly error?: unknown;
};

export const decideAccept = (
  toxics: Iterable<Toxic>,
  facts: AcceptFacts,
  {seedParts, decided}: AcceptContext,
): RejectedConnection | null => {
  for (const toxic of toxics) {
    const {name, direction, attributes, toxicity, selection} = toxic;
    let decision: AcceptDecision | null = null;
    try {
      if (toxic.isInForce) decision = toxic.type.onAccept?.(facts, attributes) ?? null;
    } catch (error) {
      return {toxic, decision: 'fail', error};
    }
    if (decision === null || decision === 'serve') continue;
    const random = createRandom([...seedParts, direction, name, 0]);
    const isHit = selection.decide(selection.offer(), random, toxicity);
    if (isHit !== null) decided(toxic, isHit);
    if (isHit === true) return {toxic, decision};
  }
  return null;
};
