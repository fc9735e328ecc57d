// A DNS server for the name by which clients reach a proxy, in a network namespace of the run's own, where every resolver asks it.
// Its answers are those of a calm network, unless a toxic takes the query.

import {createSocket, type Socket} from 'node:dgram';
import {once} from 'node:events';
import {controlHost, targetHost} from '../../model/network-fault.ts';
import type {StreamDirection} from '../../model/proxy-witness.ts';
import {createRandom} from './random.ts';
import type {Toxic} from './toxic.ts';
import type {NameReply} from './toxic-type.ts';
import {responseCodes} from './toxics/names.ts';
import type {Witness} from './witness.ts';

/** The query is for an IPv4 address (RFC 1035, 3.2.2). */
const typeA = 1;

/** For how long an address may be kept: short, as for managed databases. */
const ttlSeconds = 5;

export type NameRulesHost = {
  readonly seedParts: readonly (string | number)[];
  readonly toxicsOf: (direction: StreamDirection) => readonly Toxic[];
  readonly witness: Witness;
  /** The proxy's own IPv4 address. */
  readonly address: () => string;
};

/** Which toxic of a proxy takes which query. */
export class NameRules {
  readonly #host: NameRulesHost;
  #queries = 0;

  constructor(host: NameRulesHost) {
    this.#host = host;
  }

  reply(type: number): NameReply {
    this.#host.witness.queried(ttlSeconds);
    return this.#noted(this.#decide(type));
  }

  /** To the harness's own probe: not counted, and not affected by toxics. */
  replyToControl(type: number): NameReply {
    return this.#noted({delayMs: 0, answer: this.#calm(type)});
  }

  /** By the first toxic that takes it, in the order in which they were added. */
  #decide(type: number): NameReply {
    const {seedParts, toxicsOf, witness} = this.#host;
    this.#queries++;
    const calm = this.#calm(type);
    for (const toxic of [...toxicsOf('upstream'), ...toxicsOf('downstream')]) {
      if (toxic.type.names === null || !toxic.isInForce) continue;
      const random = createRandom([...seedParts, 'query', toxic.name, this.#queries]);
      const decision = toxic.selection.decide(toxic.selection.offer(), random, toxic.toxicity);
      if (decision !== null) witness.decided(toxic.name, decision);
      if (decision !== true) continue;
      witness.acted(toxic.name);
      return toxic.type.names(toxic.attributes)(calm);
    }
    return {delayMs: 0, answer: calm};
  }

  #calm(type: number): NonNullable<NameReply['answer']> {
    return {code: responseCodes.ok, addresses: type === typeA ? [this.#host.address()] : []};
  }

  #noted(reply: NameReply): NameReply {
    const {answer, delayMs} = reply;
    if (answer !== null && answer.addresses.length > 0) {
      this.#host.witness.answered(delayMs + ttlSeconds * 1000);
    }
    return reply;
  }
}

/** Answers at 127.0.0.1:53. */
export class NameServer {
  readonly #socket: Socket = createSocket('udp4');
  readonly #rulesOf: () => NameRules | null;
  readonly #timers = new Set<NodeJS.Timeout>();

  /** @param rulesOf those of the proxy that the name stands for now; null: there is none */
  private constructor(rulesOf: () => NameRules | null) {
    this.#rulesOf = rulesOf;
    this.#socket.on('message', (query, {port, address}) => {
      const question = readQuestion(query);
      const rules = this.#rulesOf();
      if (question === null) return;
      const {delayMs, answer} = rules === null ? noSuchName : replyBy(rules, question);
      if (answer === null) return;
      const reply = replyTo(query, question, answer);
      if (delayMs === 0) this.#socket.send(reply, port, address);
      else this.#later(delayMs, () => this.#socket.send(reply, port, address));
    });
    // A client that no longer listens is not the server's concern.
    this.#socket.on('error', () => undefined);
  }

  static async start(rulesOf: () => NameRules | null): Promise<NameServer> {
    const server = new NameServer(rulesOf);
    server.#socket.bind(53, '127.0.0.1');
    await once(server.#socket, 'listening');
    return server;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  #later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }
}

const noSuchName: NameReply = {delayMs: 0, answer: {code: responseCodes.nxdomain, addresses: []}};

/** Names are compared without case (RFC 4343): some resolvers vary it. */
const replyBy = (rules: NameRules, {name, type}: Question): NameReply => {
  switch (name.toLowerCase()) {
    case targetHost:
      return rules.reply(type);
    case controlHost:
      return rules.replyToControl(type);
    default:
      return noSuchName;
  }
};

type Question = {readonly name: string; readonly type: number; readonly endByte: number};

const headerBytes = 12;

/** Null for anything but a query for one name. */
const readQuestion = (query: Buffer): Question | null => {
  if (query.length < headerBytes || (query[2]! & 0x80) !== 0 || query.readUInt16BE(4) !== 1) return null;
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    if (length > 63) return null;
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const endByte = at + 5;
  return endByte > query.length ? null : {name: labels.join('.'), type: query.readUInt16BE(at + 1), endByte};
};

const replyTo = (
  query: Buffer,
  {type, endByte}: Question,
  {code, addresses}: NonNullable<NameReply['answer']>,
): Buffer => {
  const header = Buffer.alloc(headerBytes);
  query.copy(header, 0, 0, 2);
  // A response, authoritative, with the query's own wish for recursion; and recursion is available.
  header[2] = 0x84 | (query[2]! & 0x01);
  header[3] = 0x80 | code;
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([
    header,
    query.subarray(headerBytes, endByte),
    ...addresses.map(address => recordOf(type, address)),
  ]);
};

/** Its name is a pointer to that of the question, at byte 12. */
const recordOf = (type: number, address: string): Buffer => {
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(ttlSeconds, 6);
  record.writeUInt16BE(4, 10);
  record.set(address.split('.').map(Number), 12);
  return record;
};
