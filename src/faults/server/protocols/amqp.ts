// AMQP 0-9-1: frames of channels. An error closes its channel, or the connection; the target's channel is closed, too, and what
// either side still says on it is dropped. A publish that is to be refused reaches the target, whose ack becomes a nack: the
// delivery tags stay in step.

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

/** `type` 0: the protocol's header. `body`: as much of the payload as is looked at. */
type Frame = {readonly type: number; readonly channel: number; readonly body: Buffer; readonly size: number};

const headBytes = 7;
const shownBytes = 4096;
const longestFrame = 128 * 1024 * 1024;
const frameEnd = 0xce;
const [method, header, content, heartbeat] = [1, 2, 3, 8];

const measure = (beginning: Buffer): Measured<Frame> => {
  if (beginning.length < headBytes) return {needs: headBytes};
  const type = beginning[0]!;
  if (type === 0x41) return {message: {type: 0, channel: 0, body: beginning, size: 0}, bytes: 8};
  if (type === 22) return {wrong: 'the connection is encrypted (TLS)'};
  const size = beginning.readUInt32BE(3);
  if (![method, header, content, heartbeat].includes(type) || size > longestFrame)
    return {wrong: 'what came is no frame'};
  const bytes = headBytes + size + 1;
  const shown = Math.min(bytes, shownBytes);
  if (beginning.length < shown) return {needs: shown};
  if (shown === bytes && beginning[bytes - 1] !== frameEnd) return {wrong: 'a frame has no end'};
  const body = beginning.subarray(headBytes, Math.min(shown, headBytes + size));
  return {message: {type, channel: beginning.readUInt16BE(1), body, size}, bytes};
};

/** What clients ask for, by class and method: the key of a rule is the string that begins there, after so many bytes. */
const methods = new Map<number, readonly [name: string, keyAt: number, skippedStrings: number]>([
  [0x0028_000a, ['EXCHANGE.DECLARE', 6, 0]],
  [0x0028_0014, ['EXCHANGE.DELETE', 6, 0]],
  [0x0028_001e, ['EXCHANGE.BIND', 6, 0]],
  [0x0028_0028, ['EXCHANGE.UNBIND', 6, 0]],
  [0x0032_000a, ['QUEUE.DECLARE', 6, 0]],
  [0x0032_0014, ['QUEUE.BIND', 6, 0]],
  [0x0032_001e, ['QUEUE.PURGE', 6, 0]],
  [0x0032_0028, ['QUEUE.DELETE', 6, 0]],
  [0x0032_0032, ['QUEUE.UNBIND', 6, 0]],
  [0x003c_000a, ['BASIC.QOS', 0, 0]],
  [0x003c_0014, ['BASIC.CONSUME', 6, 0]],
  [0x003c_001e, ['BASIC.CANCEL', 4, 0]],
  // A message's key is its routing key, which comes after the exchange.
  [0x003c_0028, ['BASIC.PUBLISH', 6, 1]],
  [0x003c_0046, ['BASIC.GET', 6, 0]],
  [0x003c_0050, ['BASIC.ACK', 0, 0]],
  [0x003c_005a, ['BASIC.REJECT', 0, 0]],
  [0x003c_006e, ['BASIC.RECOVER', 0, 0]],
  [0x003c_0078, ['BASIC.NACK', 0, 0]],
  [0x0055_000a, ['CONFIRM.SELECT', 0, 0]],
  [0x005a_000a, ['TX.SELECT', 0, 0]],
  [0x005a_0014, ['TX.COMMIT', 0, 0]],
  [0x005a_001e, ['TX.ROLLBACK', 0, 0]],
]);

const id = {
  connectionStartOk: 0x000a_000b,
  connectionOpen: 0x000a_0028,
  connectionOpenOk: 0x000a_0029,
  connectionClose: 0x000a_0032,
  connectionBlocked: 0x000a_003c,
  connectionUnblocked: 0x000a_003d,
  channelOpen: 0x0014_000a,
  channelClose: 0x0014_0028,
  channelCloseOk: 0x0014_0029,
  confirmSelect: 0x0055_000a,
  basicPublish: 0x003c_0028,
  basicReturn: 0x003c_0032,
  basicDeliver: 0x003c_003c,
  basicGetOk: 0x003c_0047,
  basicAck: 0x003c_0050,
  basicNack: 0x003c_0078,
} as const;

const withContent: readonly number[] = [id.basicReturn, id.basicDeliver, id.basicGetOk];
/** They close the connection; others close a channel. */
const connectionErrors = /^(?:320|402|50\d|530|54\d)$/;

type Channel = {
  /** Closed by an error: what the client still says on it is dropped, up to its answer. */
  isClosedToClient: boolean;
  /** The target has not confirmed yet that it is closed. */
  isClosingThere: boolean;
  /** Bytes of a message to the client that are to come; −1: its header. */
  leftContent: number;
  /** What is said once that message is complete. */
  waiting: Buffer | null;
  /** Messages published since the client asked for confirmations; null: it has not. */
  published: number | null;
  /** Delivery tags of those that are to be refused. */
  readonly refused: Map<number, TakenReply>;
};

class AmqpConversation implements Conversation<Frame, Frame> {
  readonly client = new FrameReader<Frame>(measure);
  readonly server = new FrameReader<Frame>(measure);
  readonly #talk: Talk;
  readonly #channels = new Map<number, Channel>();
  #isOpen = false;
  /** What refuses the connection, where that is not the user's fault. */
  #refusal: TakenReply | null = null;
  #isRefused = false;
  /** Of the content that is on its way to the client, if any: its channel waits for the end of a frame. */
  #ended: Channel | null = null;

  constructor(talk: Talk) {
    this.#talk = talk;
  }

  readonly begins = (): void => {
    this.#refusal = this.#talk.take({when: 'connect', commands: [], key: '', text: ''});
  };

  readonly fromClient = ({type, channel: number, body}: Frame): Treatment => {
    const channel = this.#channelOf(number);
    if (type !== method) return channel.isClosedToClient || this.#isRefused ? 'drop' : 'pass';
    const call = callOf(body);
    if (number === 0) return this.#onConnection(call);
    if (call === id.channelOpen) {
      this.#reopen(number, channel);
      return 'pass';
    }
    if (channel.isClosedToClient) {
      // A close of the client's that crossed ours is answered here; the channel is closed.
      if (call === id.channelClose) this.#talk.toClient(frame(number, id.channelCloseOk));
      return 'drop';
    }
    const taken = this.#take(call, body);
    if (call === id.confirmSelect && channel.published === null) channel.published = 0;
    if (call === id.basicPublish && channel.published !== null) channel.published++;
    return taken === null ? 'pass' : this.#answer(number, channel, {call, taken});
  };

  readonly fromServer = (message: Frame): Treatment => {
    const {type, channel: number, body} = message;
    if (type === 0) throw new LostStep('the target speaks another version');
    const channel = this.#channelOf(number);
    const call = type === method ? callOf(body) : 0;
    if (number === 0 && call === id.connectionOpenOk) this.#isOpen = true;
    if (channel.isClosingThere && call === id.channelCloseOk) {
      channel.isClosingThere = false;
      return 'drop';
    }
    if ((channel.isClosingThere || channel.isClosedToClient) && channel.leftContent === 0) return 'drop';
    this.#countContent(channel, message, call);
    const isAck = call === id.basicAck && body.length >= 13;
    return isAck && channel.refused.size > 0 ? this.#acked(number, channel, body) : 'pass';
  };

  readonly serverMessageEnded = (): void => {
    const {waiting} = this.#ended ?? {waiting: null};
    if (this.#ended !== null) this.#ended.waiting = null;
    this.#ended = null;
    if (waiting !== null) this.#talk.toClient(waiting);
  };

  readonly isIdle = (): boolean => this.#isOpen && !this.#isRefused;

  readonly holds = (side: 'client' | 'server'): boolean =>
    [...this.#channels.values()].some(
      ({isClosedToClient, isClosingThere, refused}) =>
        isClosedToClient || (side === 'server' && (isClosingThere || refused.size > 0)),
    );

  readonly unasked = (error: ChosenError): Buffer | null => {
    if (error.code !== 'BLOCKED') return frame(0, id.connectionClose, closeArguments(error, 0));
    return frame(0, id.connectionBlocked, shortString(error.text));
  };

  readonly over = ({code}: ChosenError): Buffer | null =>
    code === 'BLOCKED' ? frame(0, id.connectionUnblocked) : null;

  #onConnection(call: number): Treatment {
    if (this.#isRefused) return 'drop';
    const refusal = this.#refusal;
    const isTime =
      refusal !== null && call === (refusal.error.code === '403' ? id.connectionStartOk : id.connectionOpen);
    if (!isTime) return 'pass';
    this.#close(refusal, call);
    return 'drop';
  }

  #take(call: number, body: Buffer): TakenReply | null {
    const [name, keyAt, skipped] = methods.get(call) ?? [];
    if (name === undefined || keyAt === undefined) return null;
    const key = keyAt === 0 ? '' : stringAt(body, keyAt, skipped ?? 0);
    return this.#talk.take({when: 'command', commands: [name], key, text: body.toString('latin1', 4)});
  }

  #answer(
    number: number,
    channel: Channel,
    {call, taken}: {readonly call: number; readonly taken: TakenReply},
  ): Treatment {
    const {error} = taken;
    if (error.code === 'NACK') {
      if (channel.published === null || call !== id.basicPublish)
        taken.release('NACK only answers messages that are published with confirmations');
      else channel.refused.set(channel.published, taken);
      return 'pass';
    }
    if (connectionErrors.test(error.code)) {
      this.#close(taken, call);
      return 'drop';
    }
    taken.acted();
    channel.isClosedToClient = true;
    channel.isClosingThere = true;
    const close = frame(number, id.channelClose, closeArguments(error, call));
    if (channel.leftContent !== 0) channel.waiting = close;
    else this.#talk.toClient(close);
    this.#talk.leave(error.ending);
    return frame(number, id.channelClose, closeArguments({...error, code: '200', text: ''}, 0));
  }

  #close(taken: TakenReply, call: number): void {
    taken.acted();
    this.#isRefused = true;
    this.#talk.toClient(frame(0, id.connectionClose, closeArguments(taken.error, call)));
    this.#talk.leave(taken.error.ending === 'none' ? 'close' : taken.error.ending);
  }

  /** Acks come in order, but one may stand for all before it. */
  #acked(number: number, channel: Channel, body: Buffer): Treatment {
    const tag = Number(body.readBigUInt64BE(4));
    const isMultiple = (body[12]! & 1) !== 0;
    const own = [...channel.refused].filter(([refused]) => (isMultiple ? refused <= tag : refused === tag));
    if (own.length === 0) return 'pass';
    const nacks = own.map(([refused, taken]) => {
      taken.acted();
      channel.refused.delete(refused);
      return frame(number, id.basicNack, tagArguments(refused));
    });
    if (!isMultiple) return nacks[0]!;
    return Buffer.concat([...nacks, frame(number, id.basicAck, tagArguments(tag, 1))]);
  }

  #countContent(channel: Channel, {type, body, size}: Frame, call: number): void {
    if (withContent.includes(call)) channel.leftContent = -1;
    else if (type === header) channel.leftContent = body.length < 12 ? 0 : Number(body.readBigUInt64BE(4));
    else if (type === content) channel.leftContent = Math.max(0, channel.leftContent - size);
    if (channel.leftContent === 0 && channel.waiting !== null) this.#ended = channel;
  }

  #channelOf(number: number): Channel {
    const known = this.#channels.get(number);
    if (known !== undefined) return known;
    const channel: Channel = {
      isClosedToClient: false,
      isClosingThere: false,
      leftContent: 0,
      waiting: null,
      published: null,
      refused: new Map(),
    };
    this.#channels.set(number, channel);
    return channel;
  }

  /** The target may still have to confirm that it closed the one before. */
  #reopen(number: number, {isClosingThere}: Channel): void {
    this.#channels.delete(number);
    this.#channelOf(number).isClosingThere = isClosingThere;
  }
}

export const amqp = defineProtocol('amqpError', talk => new AmqpConversation(talk));

const callOf = (body: Buffer): number => (body.length < 4 ? 0 : body.readUInt32BE(0));

/** Strings have a length of one byte in front. */
const stringAt = (body: Buffer, at: number, skipped: number): string => {
  const start = skipped > 0 ? at + 1 + (body[at] ?? 0) : at;
  return body.toString('utf8', start + 1, start + 1 + (body[start] ?? 0));
};

const longestString = 255;

const shortString = (text: string): Buffer => {
  const bytes = Buffer.from(text).subarray(0, longestString);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
};

const tagArguments = (tag: number, bits = 0): Buffer => {
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(BigInt(tag), 0);
  bytes[8] = bits;
  return bytes;
};

/** The code, the text, and the method that failed. */
const closeArguments = ({code, text}: ChosenError, call: number): Buffer => {
  const number = Buffer.alloc(2);
  number.writeUInt16BE(Number(code));
  const failed = Buffer.alloc(4);
  failed.writeUInt32BE(call);
  return Buffer.concat([number, shortString(text), failed]);
};

const nothing = Buffer.alloc(0);

const frame = (channel: number, call: number, body: Buffer = nothing): Buffer => {
  const bytes = Buffer.alloc(headBytes + 4 + body.length + 1);
  bytes[0] = method;
  bytes.writeUInt16BE(channel, 1);
  bytes.writeUInt32BE(4 + body.length, 3);
  bytes.writeUInt32BE(call, headBytes);
  body.copy(bytes, headBytes + 4);
  bytes[bytes.length - 1] = frameEnd;
  return bytes;
};
