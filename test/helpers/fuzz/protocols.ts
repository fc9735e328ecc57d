// What follows a protocol, fuzzed: conversations as they should be, damaged ones and noise, without faults and with them.

import {followed} from '../../../src/faults/server/interceptors.ts';
import {longestBeginning} from '../../../src/faults/server/protocols/conversation.ts';
import type {Protocol} from '../../../src/faults/server/protocols/follower.ts';
import {createRandom, type Random} from '../../../src/faults/server/random.ts';
import {protocolOf, protocols} from '../../../src/model/server-errors.ts';
import {FollowedConnection, type Said, type Takes} from '../followed-connection.ts';
import {conversations} from '../said.ts';
import {below, chunked, damaged, endless, largestChunk, noise, noiseOf, ofParty} from './bytes.ts';
import {type FuzzInput, type FuzzPart, type Outcome, reasonOf} from './part.ts';

const endlessBytes = 512 * 1024;

const make = (conversation: readonly Said[], random: Random): FuzzInput => {
  const kind = random();
  const said = kind < 0.1 ? conversation : conversation.slice(0, below(random, conversation.length + 1));
  const faultSeed = random() < 0.25 ? below(random, 2 ** 31) : null;
  if (kind < 0.35) return {said: chunked(said, random), isValid: true, faultSeed};
  if (kind < 0.85) return {said: chunked(damaged(said, random), random), isValid: false, faultSeed};
  if (kind < 0.9995) return {said: chunked([...said, ...noiseOf(random)], random), isValid: false, faultSeed};
  const party = random() < 0.5 ? 'client' : 'server';
  return {said: [...said, ...endless(party, noise(random, 8), endlessBytes)], isValid: false, faultSeed};
};

/** A fault takes some of what it is asked about, and says any error. */
const takesBy = ({kind}: Protocol, seed: number): Takes => {
  const random = createRandom(['faults', seed]);
  const errors = Object.keys(protocols[kind].errors);
  return ({when}) => {
    if (when !== 'command' || random() > 0.3) return null;
    return {error: errors[below(random, errors.length)]!, ending: random() < 0.1 ? 'close' : 'none'};
  };
};

const attempt = (protocol: Protocol, {said, isValid, faultSeed}: FuzzInput): Outcome => {
  const isUntouched = faultSeed === null;
  const connection = new FollowedConnection(protocol, isUntouched ? undefined : takesBy(protocol, faultSeed));
  const outcome = (failure: string | null): Outcome => ({
    failure,
    isFollowed: connection.lost === null,
    hits: connection.hits,
  });
  const mostHeld = longestBeginning + largestChunk(said);
  let held: string | null = null;
  for (const [party, data] of said) {
    connection.say(party, data);
    const bytes = connection.heldBytes(party);
    if (isUntouched && bytes > mostHeld) held ??= `${bytes} bytes of the ${party}'s were held`;
  }
  connection.end('client');
  connection.end('server');
  connection.close();
  const [failure] = connection.failures;
  if (failure !== undefined) return outcome(`thrown: ${reasonOf(failure)}`);
  if (!isUntouched) return outcome(null);
  if (held !== null) return outcome(held);
  if (isValid && connection.lost !== null) return outcome(`it lost step: ${connection.lost}`);
  if (!connection.toServer.equals(ofParty(said, 'client'))) return outcome('the server got other bytes');
  if (!connection.toClient.equals(ofParty(said, 'server'))) return outcome('the client got other bytes');
  const hears = protocol.listen(() => {});
  said.every(([party, data]) => hears(party === 'client' ? 'upstream' : 'downstream', data));
  return outcome(null);
};

/** @param conversation what well-behaved sides say */
export const partOf = (protocol: Protocol, conversation: readonly Said[]): FuzzPart => ({
  name: protocolOf(protocol.kind),
  takesFaults: true,
  isDamaged: true,
  make: random => make(conversation, random),
  attempt: input => attempt(protocol, input),
});

export const protocolParts: readonly FuzzPart[] = followed.map(protocol =>
  partOf(protocol, conversations[protocol.kind]),
);
