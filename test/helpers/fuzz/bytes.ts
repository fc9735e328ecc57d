// What fuzz inputs are made of: chunks of any size, damage, and noise.

import type {Random} from '../../../src/faults/server/random.ts';
import type {Party, Said} from '../followed-connection.ts';

export const below = (random: Random, limit: number): number => Math.floor(random() * limit);

export const pick = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)]!;

/** Where a message is cut: nowhere, in a few places, or in many at its beginning; now and then everywhere. */
const cutsOf = (random: Random, bytes: number): readonly number[] => {
  const style = random();
  if (style < 0.35) return [];
  if (style < 0.7) {
    const cuts = Array.from({length: 1 + below(random, 3)}, () => below(random, bytes));
    return cuts.toSorted((a, b) => a - b);
  }
  const isEverywhere = style > 0.998;
  const most = 1 + below(random, 8);
  const cuts: number[] = [];
  for (let at = 1 + below(random, most); at < bytes; at += 1 + below(random, most)) {
    cuts.push(at);
    if (!isEverywhere && cuts.length >= 40) break;
  }
  return cuts;
};

/** The same in chunks of any size. */
export const chunked = (said: readonly Said[], random: Random): Said[] =>
  said.flatMap(([party, data]) => {
    const chunks: Said[] = [];
    let from = 0;
    for (const to of [...cutsOf(random, data.length), data.length]) {
      if (to > from) chunks.push([party, data.subarray(from, to)]);
      from = Math.max(from, to);
    }
    return chunks;
  });

/** What two sides say of their own accord, each in its order. */
export const interleaved = (first: readonly Said[], second: readonly Said[], random: Random): Said[] => {
  const said: Said[] = [];
  let [a, b] = [0, 0];
  while (a < first.length && b < second.length)
    said.push(random() * (first.length + second.length) < first.length ? first[a++]! : second[b++]!);
  return [...said, ...first.slice(a), ...second.slice(b)];
};

/** Bytes that many formats give a meaning. */
const telling = [0, 1, 9, 10, 13, 32, 36, 42, 45, 46, 48, 57, 58, 127, 128, 254, 255];

const anyByte = (random: Random): number => (random() < 0.5 ? pick(random, telling) : below(random, 256));

/** Mostly short: bytes of any value, or text, or one byte again and again. */
export const noise = (random: Random, most: number): Buffer => {
  const bytes = 1 + below(random, random() < 0.8 ? Math.min(most, 24) : most);
  const kind = random();
  if (kind < 0.2) return Buffer.alloc(bytes, anyByte(random));
  const letters = kind < 0.5;
  return Buffer.from(Array.from({length: bytes}, () => (letters ? 32 + below(random, 95) : anyByte(random))));
};

const oneDamaged = (data: Buffer, random: Random): Buffer => {
  const at = below(random, data.length);
  const end = at + 1 + below(random, random() < 0.7 ? 4 : data.length - at);
  const [before, part, after] = [data.subarray(0, at), data.subarray(at, end), data.subarray(end)];
  switch (below(random, 6)) {
    case 0:
    case 1: {
      const copy = Buffer.from(data);
      copy[at] = anyByte(random);
      return copy;
    }
    case 2:
      return Buffer.concat([before, after]);
    case 3:
      return Buffer.concat([before, part, part, after]);
    case 4:
      return Buffer.concat([before, noise(random, 40), part, after]);
    default:
      return Buffer.concat([before, noise(random, 400)]);
  }
};

/** With some bytes that are others, are missing or are too many; or messages that are missing, come twice or too early. */
export const damaged = (said: readonly Said[], random: Random): Said[] => {
  const all = [...said];
  const damages = 1 + below(random, 4);
  for (let damage = 0; damage < damages && all.length > 0; damage++) {
    const index = below(random, all.length);
    const [party, data] = all[index]!;
    const kind = random();
    if (kind < 0.8) {
      const changed = oneDamaged(data, random);
      if (changed.length > 0) all[index] = [party, changed];
      else all.splice(index, 1);
    } else if (kind < 0.87) all.splice(index, 1);
    else if (kind < 0.94) all.splice(index, 0, all[index]!);
    else all.splice(below(random, all.length), 0, ...all.splice(index, 1));
  }
  return all;
};

export const noiseOf = (random: Random): Said[] =>
  Array.from({length: 1 + below(random, 5)}, (): Said => {
    const party: Party = random() < 0.5 ? 'client' : 'server';
    return [party, noise(random, 300)];
  });

/** All that one side says. */
export const ofParty = (said: readonly Said[], wanted: Party): Buffer =>
  Buffer.concat(said.filter(([party]) => party === wanted).map(([, data]) => data));

export const largestChunk = (said: readonly Said[]): number =>
  said.reduce((most, [, {length}]) => Math.max(most, length), 0);

/** Something that never ends, in chunks: what is held of it must not grow with it. */
export const endless = (party: Party, part: Buffer, bytes: number): Said[] => {
  const chunk = Buffer.concat(Array.from({length: Math.ceil(16_384 / part.length)}, () => part));
  return Array.from({length: Math.ceil(bytes / chunk.length)}, (): Said => [party, chunk]);
};
