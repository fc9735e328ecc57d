// What follows HTTP/2, fuzzed: frames as they should be, damaged ones, frames of any kind, and noise.

import {frame, frameTypes, preface, settingsFrame} from '../../../src/faults/server/http2/frames.ts';
import {Http2Interceptor} from '../../../src/faults/server/http2/interceptor.ts';
import type {Random} from '../../../src/faults/server/random.ts';
import type {Party, Said} from '../followed-connection.ts';
import {below, chunked, damaged, endless, interleaved, largestChunk, noise, noiseOf, pick} from './bytes.ts';
import {fieldsOf, HpackWriter} from './hpack.ts';
import {blockFrames, contentFrame, endStream, uint32} from './http2-frames.ts';
import type {FuzzInput, FuzzPart} from './part.ts';
import {PipedConnection, sayAll} from './piped-connection.ts';
import {connectionToxics, httpToxics, rulesOf, streamToxics} from './toxics.ts';

const {data, headers, resetStream, pushPromise, ping, goAway, windowUpdate, continuation} = frameTypes;
const priorityType = 2;
const nothing = Buffer.alloc(0);

/** What either side may say at any time. */
const anyTime = (random: Random, stream: number): Buffer => {
  switch (below(random, 6)) {
    case 0:
      return frame(ping, below(random, 2), 0, Buffer.alloc(8, below(random, 256)));
    case 1:
      return frame(windowUpdate, 0, random() < 0.5 ? 0 : stream, uint32(1 + below(random, 100_000)));
    case 2:
      return frame(priorityType, 0, stream, Buffer.alloc(5));
    case 3:
      return frame(0x40 + below(random, 20), below(random, 256), stream, noise(random, 60));
    case 4:
      return frame(resetStream, 0, stream, uint32(below(random, 14)));
    default:
      return frame(frameTypes.settings, 1, 0, nothing);
  }
};

const settingsOf = (random: Random): Buffer =>
  settingsFrame(
    new Map<number, number>([
      [3, 100],
      [4, pick(random, [0, 1000, 65_535, 2 ** 20])],
      ...(random() < 0.2 ? [[5, pick(random, [16_384, 65_536])] as const] : []),
    ]),
  );

/** What a client says after its preface, and what a server answers, as far as frames go. */
const framesOf = (random: Random, party: Party): Said[] => {
  const writer = new HpackWriter(random);
  const said: Said[] = [[party, settingsOf(random)]];
  const open: number[] = [];
  let newest = -1;
  const steps = below(random, 12);
  for (let step = 0; step < steps; step++) {
    const kind = random();
    const isLast = random() < 0.4 ? endStream : 0;
    if (kind < 0.4 || open.length === 0) {
      newest += 2;
      if (isLast === 0) open.push(newest);
      const first =
        party === 'client'
          ? ([
              [':method', pick(random, ['GET', 'POST', 'HEAD'])],
              [':path', `/things/${below(random, 9)}`],
            ] as const)
          : ([[':status', pick(random, ['200', '204', '503', '100'])]] as const);
      const block = writer.write([...first, ...fieldsOf(random)]);
      said.push([party, blockFrames(random, block, {type: headers, stream: newest, flags: isLast})]);
    } else if (kind < 0.65) {
      const stream = pick(random, open);
      if (isLast !== 0) open.splice(open.indexOf(stream), 1);
      said.push([party, contentFrame(random, stream, isLast)]);
    } else if (kind < 0.72) {
      const [stream = 1] = open.splice(below(random, open.length), 1);
      const block = writer.write([['x-checksum', 'right'], ...fieldsOf(random)]);
      said.push([party, blockFrames(random, block, {type: headers, stream, flags: endStream})]);
    } else if (kind < 0.76 && party === 'server') {
      const block = writer.write([[':method', 'GET'], [':path', '/pushed'], ...fieldsOf(random)]);
      const promise = {type: pushPromise, stream: pick(random, open), flags: 0, before: uint32(2 + 2 * step)};
      said.push([party, blockFrames(random, block, promise)]);
    } else if (kind < 0.78 && party === 'server')
      said.push([party, frame(goAway, 0, 0, Buffer.concat([uint32(newest), uint32(0)]))]);
    else said.push([party, anyTime(random, pick(random, [...open, 1]))]);
  }
  return said;
};

/** Frames of any type, flags and stream. */
const anyFrames = (random: Random, party: Party): Said[] =>
  Array.from({length: below(random, 12)}, (): Said => {
    const payload = random() < 0.3 ? new HpackWriter(random).write(fieldsOf(random)) : noise(random, 40);
    return [party, frame(below(random, 11), below(random, 256), below(random, 6), payload)];
  });

/** Header blocks, a content or a frame without end. */
const endlessFrames = (random: Random): Said[] => {
  const party = random() < 0.5 ? 'client' : 'server';
  const begun = frame(headers, 0, 1, nothing);
  const parts = [
    frame(continuation, 0, 1, nothing),
    frame(continuation, 0, 1, Buffer.alloc(1)),
    frame(continuation, 0, 1, Buffer.alloc(16_000)),
    frame(data, 0, 1, Buffer.alloc(1000)),
    noise(random, 8),
  ];
  return [
    [party, settingsOf(random)],
    [party, begun],
    ...endless(party, pick(random, parts), 3 * 1024 * 1024),
  ];
};

const make = (random: Random): FuzzInput => {
  const kind = random();
  const faultSeed = random() < 0.25 ? below(random, 2 ** 31) : null;
  const first: Said = ['client', preface];
  const both = (side: (party: Party) => readonly Said[]): Said[] => [
    ...chunked([first], random),
    ...interleaved(chunked(side('client'), random), chunked(side('server'), random), random),
  ];
  if (kind < 0.35) return {said: both(party => framesOf(random, party)), isValid: true, faultSeed};
  if (kind < 0.7) {
    const said = both(party => {
      const frames = framesOf(random, party);
      return random() < 0.6 ? damaged(frames, random) : frames;
    });
    return {said, isValid: false, faultSeed};
  }
  if (kind < 0.9) return {said: both(party => anyFrames(random, party)), isValid: false, faultSeed};
  if (kind < 0.9998) {
    const said = [...both(party => framesOf(random, party)), ...chunked(noiseOf(random), random)];
    return {said, isValid: false, faultSeed};
  }
  return {said: [first, ...endlessFrames(random)], isValid: false, faultSeed};
};

/** A header block has at most a mebibyte, in 10,000 frames, of which each may be padded; and a frame may be under way. */
const mostHeld = 1.5 * 1024 * 1024;

export const http2: FuzzPart = {
  name: 'http2',
  takesFaults: true,
  isDamaged: true,
  make,
  attempt(input) {
    const {faultSeed, said} = input;
    const toxics = faultSeed === null ? [] : [...httpToxics, ...streamToxics, ...connectionToxics];
    const connection = new PipedConnection(rulesOf(toxics, faultSeed ?? 0));
    new Http2Interceptor(connection.host, nothing);
    return sayAll({connection, mostHeld: mostHeld + largestChunk(said), input});
  },
};
