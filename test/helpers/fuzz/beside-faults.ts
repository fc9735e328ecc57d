// Streams of HTTP/2 beside others that faults hit: what no fault hits says the same on both sides, though header blocks are
// written anew, and windows and ends are ours. The server answers what it gets.

import type {HeaderField} from '../../../src/faults/server/http/head.ts';
import {
  contentOf,
  endsStream,
  FrameError,
  FrameReader,
  firstNumber,
  frame,
  frameTypes,
  preface,
  settingsFrame,
} from '../../../src/faults/server/http2/frames.ts';
import {HpackDecoder, HpackError} from '../../../src/faults/server/http2/hpack.ts';
import {Http2Interceptor} from '../../../src/faults/server/http2/interceptor.ts';
import {createRandom, type Random} from '../../../src/faults/server/random.ts';
import type {Party, Said} from '../followed-connection.ts';
import {below, chunked, pick} from './bytes.ts';
import {fieldsOf, HpackWriter} from './hpack.ts';
import {blockFrames, contentFrame, endStream, uint32} from './http2-frames.ts';
import type {FuzzInput, FuzzPart, Outcome} from './part.ts';
import {PipedConnection, sayAll} from './piped-connection.ts';
import {inForce, rulesOf} from './toxics.ts';

const path = '/hit/*';
/** What they do, they do to streams only. */
const toxics = inForce([
  {type: 'http_status', toxicity: 0.3, attributes: {path, body: 'busy'}},
  {type: 'http_fault', toxicity: 0.2, attributes: {path, stage: 'response', action: 'hang'}},
  {type: 'http_fault', toxicity: 0.2, attributes: {path, stage: 'response', action: 'abort', cut_bytes: 3}},
  {
    type: 'http_fault',
    toxicity: 0.2,
    attributes: {path, stage: 'response', action: 'finish', cut_ratio: 0.5},
  },
  {type: 'http_fault', toxicity: 0.2, attributes: {path, stage: 'request', action: 'close', cut_ratio: 0.5}},
  {type: 'http_slow_body', toxicity: 0.2, attributes: {path, bytes_per_second: 1000}},
  {type: 'http2_reset_stream', toxicity: 0.3, attributes: {path}},
  {type: 'http2_trailers', toxicity: 0.3, attributes: {path}},
  {type: 'grpc_status', toxicity: 0.3, attributes: {path}},
  {type: 'http_content_length', toxicity: 0.5, attributes: {path, difference: 3}},
]);

type Heard = {
  readonly blocks: (readonly HeaderField[])[];
  readonly content: Buffer[];
  isOver: boolean;
  reset: number | null;
};

/** What one side said, or heard, stream by stream. */
class Ear {
  readonly streams = new Map<number, Heard>();
  hasEnded = false;
  readonly #reader = new FrameReader();
  readonly #decoder = new HpackDecoder();

  /** Returns the streams whose requests are over now. Throws FrameError or HpackError. */
  hear(data: Buffer): readonly number[] {
    const over: number[] = [];
    for (const part of this.#reader.read(data)) {
      const {type, stream} = part;
      if (type === frameTypes.goAway) this.hasEnded = true;
      if (stream === 0) continue;
      const heard = this.#of(stream);
      if (type === frameTypes.headers) heard.blocks.push(this.#decoder.decode(part.block));
      else if (type === frameTypes.data) heard.content.push(contentOf(part));
      else if (type === frameTypes.resetStream) heard.reset ??= firstNumber(part);
      if (!endsStream(part) || heard.isOver) continue;
      heard.isOver = true;
      over.push(stream);
    }
    return over;
  }

  pathOf(stream: number): string {
    const [first = []] = this.streams.get(stream)?.blocks ?? [];
    return first.find(([name]) => name === ':path')?.[1] ?? '';
  }

  /** All of it as text. */
  said(stream: number): string {
    const {blocks, content, isOver, reset} = this.#of(stream);
    return JSON.stringify({blocks, content: Buffer.concat(content).toString('latin1'), isOver, reset});
  }

  #of(stream: number): Heard {
    const known = this.streams.get(stream);
    if (known !== undefined) return known;
    const heard: Heard = {blocks: [], content: [], isOver: false, reset: null};
    this.streams.set(stream, heard);
    return heard;
  }
}

/** Requests on several streams at once, of which faults are for some. */
const make = (random: Random): FuzzInput => {
  const writer = new HpackWriter(random);
  const said: Said[] = [
    [
      'client',
      Buffer.concat([
        settingsFrame(new Map([[4, 2 ** 20]])),
        frame(frameTypes.windowUpdate, 0, 0, uint32(2 ** 24)),
      ]),
    ],
  ];
  const open: number[] = [];
  const steps = 2 + below(random, 14);
  let newest = -1;
  for (let step = 0; step < steps; step++) {
    const kind = random();
    const isLast = random() < 0.5;
    if (kind < 0.45 || open.length === 0) {
      newest += 2;
      if (!isLast) open.push(newest);
      const target = random() < 0.4 ? `/hit/${newest}` : `/things/${newest}`;
      const block = writer.write([
        [':method', isLast ? 'GET' : 'POST'],
        [':path', target],
        ...(random() < 0.2 ? [['content-type', 'application/grpc'] as const] : []),
        ...fieldsOf(random).filter(([name]) => !name.startsWith(':')),
      ]);
      const flags = isLast ? endStream : 0;
      said.push(['client', blockFrames(random, block, {type: frameTypes.headers, stream: newest, flags})]);
      continue;
    }
    const stream = pick(random, open);
    const isOver = kind >= 0.85 || isLast;
    if (isOver) open.splice(open.indexOf(stream), 1);
    if (kind < 0.85) said.push(['client', contentFrame(random, stream, isLast ? endStream : 0)]);
    else if (kind < 0.95) {
      const block = writer.write([
        ['x-checksum', 'right'],
        ...fieldsOf(random).filter(([name]) => !name.startsWith(':')),
      ]);
      said.push(['client', blockFrames(random, block, {type: frameTypes.headers, stream, flags: endStream})]);
    } else said.push(['client', frame(frameTypes.resetStream, 0, stream, uint32(8))]);
  }
  return {said, isValid: true, faultSeed: below(random, 2 ** 31)};
};

/** Answers each request that is over, frame by frame, several at a time. */
class Server {
  readonly #random: Random;
  readonly #writer: HpackWriter;
  readonly #answers: (() => Buffer)[][] = [];

  constructor(random: Random) {
    this.#random = random;
    this.#writer = new HpackWriter(random);
  }

  answer(stream: number): void {
    const random = this.#random;
    const block = (fields: readonly HeaderField[], flags: number) => () =>
      blockFrames(random, this.#writer.write(fields), {type: frameTypes.headers, stream, flags});
    const parts = Array.from({length: below(random, 4)}, () => () => contentFrame(random, stream, 0));
    const length = random() < 0.5 ? [['content-length', '7'] as const] : [];
    const end =
      random() < 0.5
        ? block([['grpc-status', '0'], ...fieldsOf(random)], endStream)
        : () => contentFrame(random, stream, endStream);
    this.#answers.push([block([[':status', '200'], ...length, ...fieldsOf(random)], 0), ...parts, end]);
  }

  /** The next frame of any answer; null: there is none. */
  next(): Buffer | null {
    const answer = this.#answers.length === 0 ? undefined : pick(this.#random, this.#answers);
    const part = answer?.shift();
    if (answer?.length === 0) this.#answers.splice(this.#answers.indexOf(answer), 1);
    return part?.() ?? null;
  }
}

/** Why the two say different things of what no fault was for. */
const difference = (
  sent: Ear,
  came: Ear,
  isHit: (stream: number) => boolean,
  where: string,
): string | null => {
  for (const stream of new Set([...sent.streams.keys(), ...came.streams.keys()])) {
    if (isHit(stream) || sent.said(stream) === came.said(stream)) continue;
    return `stream ${stream} ${where}: ${sent.said(stream)} became ${came.said(stream)}`;
  }
  return came.hasEnded ? `the connection ended ${where}` : null;
};

const attempt = ({said, isValid, faultSeed}: FuzzInput): Outcome => {
  const random = createRandom(['beside', faultSeed ?? 0]);
  const connection = new PipedConnection(rulesOf(toxics, faultSeed ?? 0));
  const ears = {fromClient: new Ear(), atServer: new Ear(), fromServer: new Ear(), atClient: new Ear()};
  const server = new Server(random);
  const say = (party: Party, data: Buffer): void => {
    for (const [, chunk] of chunked([[party, data]], random)) connection.say(party, chunk);
  };
  const serve = (most: number): void => {
    for (const stream of ears.atServer.hear(connection.newsOf('client'))) server.answer(stream);
    for (let sent = 0; sent < most; sent++) {
      const data = server.next();
      if (data === null) return;
      ears.fromServer.hear(data);
      say('server', data);
    }
  };
  new Http2Interceptor(connection.host, Buffer.alloc(0));
  try {
    say('client', preface);
    connection.newsOf('client');
    const settings = settingsFrame(new Map());
    ears.fromServer.hear(settings);
    say('server', settings);
    for (const [, data] of said) {
      ears.fromClient.hear(data);
      say('client', data);
      serve(below(random, 4));
    }
    serve(Number.POSITIVE_INFINITY);
    ears.atClient.hear(connection.newsOf('server'));
  } catch (error) {
    connection.close();
    // Where messages were left away, blocks may refer to some of them.
    if (error instanceof FrameError || error instanceof HpackError)
      return {failure: null, isFollowed: false, hits: connection.hits};
    throw error;
  }
  const isHit = (stream: number): boolean => ears.fromClient.pathOf(stream).startsWith('/hit/');
  const found =
    difference(ears.fromClient, ears.atServer, isHit, 'on its way to the server') ??
    difference(ears.fromServer, ears.atClient, isHit, 'on its way to the client') ??
    (isValid && connection.isLost ? 'it was not followed to its end' : null);
  const input = {said: [], isValid: false, faultSeed};
  const {failure, isFollowed, hits} = sayAll({connection, mostHeld: 0, input});
  return {failure: failure ?? found, isFollowed, hits};
};

export const besideFaults: FuzzPart = {
  name: 'http2-beside-faults',
  takesFaults: true,
  isDamaged: false,
  make,
  attempt,
};
