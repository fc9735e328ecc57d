// What becomes of a connection at the door: the toxics that act on accept are asked, in the order in which they were added.

import {createRandom} from './random.ts';
import type {Toxic} from './toxic.ts';
import type {Arrival, Reception} from './toxic-type.ts';

export type ArrivalHost = {
  /** What random decisions depend on: the seed, the proxy, and the connection's number. */
  readonly seedParts: readonly (string | number)[];
  readonly decided: (toxic: Toxic, isActive: boolean) => void;
};

/** A connection that is not served, the toxic that turned it away, and how; or what the toxic threw instead. */
export type TurnedAway = {
  readonly toxic: Toxic;
  readonly reception: Exclude<Reception, 'serve'> | 'fail';
  readonly error?: unknown;
};

export function receive(
  toxics: Iterable<Toxic>,
  arrival: Arrival,
  {seedParts, decided}: ArrivalHost,
): TurnedAway | undefined {
  for (const toxic of toxics) {
    const {name, direction, attributes, toxicity, selection} = toxic;
    let reception: Reception | undefined;
    try {
      if (toxic.isInForce) reception = toxic.type.onAccept?.(arrival, attributes);
    } catch (error) {
      return {toxic, reception: 'fail', error};
    }
    if (reception === undefined || reception === 'serve') continue;
    const random = createRandom([...seedParts, direction, name, 0]);
    const isHit = selection.decide(selection.meet(), random, toxicity);
    if (isHit !== undefined) decided(toxic, isHit);
    if (isHit === true) return {toxic, reception};
  }
  return undefined;
}
