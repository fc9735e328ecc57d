// MQTT 3.1.1 and 5: replies find their packets by number, so that they may come in any order. What only version 5 knows is not
// said to a client of 3.1.1. What is withheld reaches the target, whose reply is dropped.

import type {ChosenError} from '../../../model/server-errors.ts';
import {
  type Conversation,
  FrameReader,
  LostStep,
  type Measured,
  type TakenReply,
  type Talk,
  type Treatment,
} from './conversation.ts';
import {defineProtocol} from './follower.ts';

/** `body`: as much of it as is looked at, after the length. */
type Packet = {readonly type: number; readonly flags: number; readonly body: Buffer};

const shownBytes = 16 * 1024;

const measure = (beginning: Buffer): Measured<Packet> => {
  const first = beginning[0]!;
  const type = first >> 4;
  if (first === 22) return {wrong: 'the connection is encrypted (TLS)'};
  if (type === 0) return {wrong: 'there is no packet of type 0'};
  let size = 0;
  for (let at = 1; at <= 4; at++) {
    const byte = beginning[at];
    if (byte === undefined) return {needs: at + 1};
    size += (byte & 0x7f) * 128 ** (at - 1);
    if (byte >= 0x80) continue;
    const head = at + 1;
    const shown = head + Math.min(size, shownBytes);
    if (beginning.length < shown) return {needs: shown};
    const body = beginning.subarray(head, shown);
    return {message: {type, flags: first & 0x0f, body}, bytes: head + size};
  }
  return {wrong: 'a length has no end'};
};

const connect = 1;
const publish = 3;
const subscribe = 8;
const pingRequest = 12;
const names = new Map([
  [publish, 'PUBLISH'],
  [subscribe, 'SUBSCRIBE'],
  [10, 'UNSUBSCRIBE'],
  [pingRequest, 'PINGREQ'],
]);

class MqttConversation implements Conversation<Packet, Packet> {
  readonly client = new FrameReader<Packet>(beginning =>
    this.#version === 0 && beginning[0] !== connect << 4
      ? {wrong: 'the client did not begin with CONNECT'}
      : measure(beginning),
  );
  readonly server = new FrameReader<Packet>(measure);
  readonly #talk: Talk;
  #version = 0;
  #isConnected = false;
  /** What is dropped of the target's replies: the type of the packet, and its number. */
  readonly #withheld = new Map<string, TakenReply>();

  constructor(talk: Talk) {
    this.#talk = talk;
  }

  readonly fromClient = (packet: Packet): Treatment => {
    const {type, body} = packet;
    if (this.#version === 0) return this.#connects(packet);
    const name = names.get(type);
    if (name === undefined || (body.length < 4 && type !== pingRequest)) return 'pass';
    const topic =
      type === publish ? textAt(body, 0) : type === subscribe ? textAt(body, this.#afterNumber(body)) : '';
    const taken = this.#talk.take({
      when: 'command',
      commands: [name],
      key: topic,
      text: body.toString('latin1'),
    });
    if (taken === null) return 'pass';
    if (taken.error.code === 'WITHHELD') return this.#withhold(packet, taken);
    const said = this.#replyTo(packet, taken.error);
    if (typeof said === 'string') {
      taken.release(said);
      return 'pass';
    }
    taken.acted();
    this.#talk.toClient(said);
    this.#talk.leave(taken.error.ending);
    return 'drop';
  };

  readonly fromServer = ({type, body}: Packet): Treatment => {
    if (type === 2) this.#isConnected = true;
    const key = keyOf(type, body);
    const taken = this.#withheld.get(key);
    if (taken === undefined) return 'pass';
    this.#withheld.delete(key);
    taken.acted();
    return 'drop';
  };

  readonly isIdle = (): boolean => this.#isConnected;

  readonly holds = (side: 'client' | 'server'): boolean => side === 'server' && this.#withheld.size > 0;

  readonly unasked = ({code}: ChosenError): Buffer | null =>
    this.#version === 5 ? Buffer.from([0xe0, 2, Number(code), 0]) : null;

  #connects({body}: Packet): Treatment {
    const name = textAt(body, 0);
    this.#version = body[2 + name.length] ?? 0;
    if (!/^MQ/.test(name) || ![3, 4, 5].includes(this.#version)) throw new LostStep('the version is unknown');
    const taken = this.#talk.take({when: 'connect', commands: [], key: '', text: ''});
    if (taken === null) return 'pass';
    const {code, ending} = taken.error;
    const isKnown = this.#version === 5 ? Number(code) >= 0x80 : Number(code) <= 5;
    if (!isKnown) {
      taken.release(`MQTT ${this.#version === 5 ? '5' : '3.1.1'} has no code ${code}`);
      return 'pass';
    }
    taken.acted();
    this.#talk.toClient(
      Buffer.from(this.#version === 5 ? [0x20, 3, 0, Number(code), 0] : [0x20, 2, 0, Number(code)]),
    );
    this.#talk.leave(ending);
    return 'drop';
  }

  /** The reply with that code, or why there is none. */
  #replyTo({type, flags, body}: Packet, {code}: ChosenError): Buffer | string {
    const reason = Number(code);
    const isNew = this.#version === 5;
    const quality = (flags >> 1) & 3;
    if (type === publish) {
      if (!isNew) return 'MQTT 3.1.1 has no code in the reply to PUBLISH';
      if (quality === 0) return 'a message with QoS 0 has no reply';
      const at = 2 + body.readUInt16BE(0);
      return Buffer.from([quality === 1 ? 0x40 : 0x50, 3, body[at] ?? 0, body[at + 1] ?? 0, reason]);
    }
    if (type !== subscribe) return 'this packet has no reply with a code';
    if (!isNew && reason !== 0x80) return `MQTT 3.1.1 has no code ${code} in the reply to SUBSCRIBE`;
    const count = this.#topicsOf(body);
    const codes = Array.from({length: count}, () => reason);
    const head = [body[0] ?? 0, body[1] ?? 0, ...(isNew ? [0] : [])];
    return Buffer.from([0x90, head.length + count, ...head, ...codes]);
  }

  #withhold({type, flags, body}: Packet, taken: TakenReply): Treatment {
    if (type === pingRequest) {
      taken.acted();
      return 'drop';
    }
    const quality = (flags >> 1) & 3;
    if (type === publish && quality === 0) {
      taken.release('a message with QoS 0 has no reply');
      return 'pass';
    }
    const at = type === publish ? 2 + body.readUInt16BE(0) : 0;
    const replyType = type === publish ? (quality === 1 ? 4 : 5) : type + 1;
    this.#withheld.set(keyOf(replyType, body.subarray(at)), taken);
    return 'pass';
  }

  /** Where the topics of a subscription begin: after its number, and with version 5 after its properties. */
  #afterNumber(body: Buffer): number {
    return this.#version === 5 ? 3 + (body[2] ?? 0) : 2;
  }

  #topicsOf(body: Buffer): number {
    let count = 0;
    for (let at = this.#afterNumber(body); at + 2 <= body.length; at += 3 + body.readUInt16BE(at)) count++;
    return Math.min(100, Math.max(1, count));
  }
}

export const mqtt = defineProtocol('mqttError', talk => new MqttConversation(talk));

const textAt = (body: Buffer, at: number): string =>
  body.length < at + 2 ? '' : body.toString('utf8', at + 2, at + 2 + body.readUInt16BE(at));

const keyOf = (type: number, body: Buffer): string => `${type} ${body.length < 2 ? 0 : body.readUInt16BE(0)}`;
