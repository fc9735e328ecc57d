// The shape of a proxy's conversations: which side said how much, and when; no contents. Where a protocol is known by the
// first bytes, its messages are counted, too. A protocol more is a reader in the table at the end.

import type {
  Conversation,
  ExchangeShape,
  MessageShape,
  ProxyRecording,
  StreamDirection,
} from '../../model/proxy-witness.ts';
import {protocolOf, type ServerErrorKind} from '../../model/server-errors.ts';
import type {ExchangeRecorder, Exchanges} from './exchanges.ts';
import {
  beginsWithRequestLine,
  canBeRequest,
  canBeResponse,
  parseRequestHead,
  parseResponseHead,
  type RequestHead,
  type ResponseHead,
} from './http/head.ts';
import {MessageReader} from './http/message-reader.ts';
import {followed} from './interceptors.ts';
import type {OpenRecord} from './witness.ts';

const keptConversations = 1000;
const keptExchanges = 200;
const keptMessages = 20;

export class Recording {
  readonly #recorders: Recorder[] = [];
  #connectionsLeftOut = 0;
  #isRunning = true;

  /** Null once it is over. */
  open(record: OpenRecord, {number}: Pick<Exchanges, 'number'>): ExchangeRecorder | null {
    if (!this.#isRunning) return null;
    const recorder: Recorder = new Recorder(record, number, () => {
      const hasRoom = this.#recorders.length < keptConversations;
      if (hasRoom) this.#recorders.push(recorder);
      else this.#connectionsLeftOut++;
      return hasRoom;
    });
    return recorder;
  }

  stop(): void {
    this.#isRunning = false;
  }

  report(): ProxyRecording {
    return {
      isRunning: this.#isRunning,
      conversations: this.#recorders.map(recorder => recorder.conversation()),
      connectionsLeftOut: this.#connectionsLeftOut,
    };
  }
}

type OpenShape = {-readonly [Key in keyof ExchangeShape]: ExchangeShape[Key]} & {
  readonly messages: MessageShape[];
};

/** Notes one conversation. */
class Recorder implements ExchangeRecorder {
  readonly #record: OpenRecord;
  readonly #isWhole: boolean;
  /** Asks for a place at the first chunk. */
  readonly #begin: () => boolean;
  readonly #exchanges: OpenShape[] = [];
  #exchangesLeftOut = 0;
  #number = -1;
  /** Null while nothing has been seen that a gap could be measured from. */
  #lastByteMs: number | null;
  #protocol: Protocol | null = null;
  #read: MessageRead | null = null;
  /** Whether there is room for it; null while nothing has come. */
  #isKept: boolean | null = null;

  constructor(record: OpenRecord, exchangesBefore: number, begin: () => boolean) {
    this.#record = record;
    this.#isWhole = exchangesBefore === 0;
    this.#begin = begin;
    this.#lastByteMs = this.#isWhole ? performance.now() : null;
  }

  readonly chunk = (exchange: number, direction: StreamDirection, data: Buffer, atMs: number): void => {
    if (this.#isKept === null) this.#start(direction, data);
    if (this.#isKept !== true) return;
    const shape = this.#shapeOf(exchange, direction, atMs);
    this.#lastByteMs = atMs;
    if (shape !== null) {
      shape.bytes += data.length;
      shape.chunks++;
    }
    const goesOn = this.#read?.(direction, data, message => {
      if (shape === null) return;
      if (shape.messages.length < keptMessages) shape.messages.push(message);
      else shape.messagesLeftOut++;
    });
    if (goesOn === false) this.#read = null;
  };

  conversation(): Conversation {
    const {id, openedMs, closedMs, end} = this.#record;
    const isTls = this.#protocol?.name === 'tls';
    return {
      connection: id,
      openedMs,
      closedMs,
      end,
      isWhole: this.#isWhole,
      protocol: this.#protocol?.name ?? null,
      handshakeExchanges: isTls ? handshakeExchanges(this.#exchanges) : 0,
      exchanges: this.#exchanges.map(shape => ({...shape, messages: [...shape.messages]})),
      exchangesLeftOut: this.#exchangesLeftOut,
    };
  }

  #start(direction: StreamDirection, data: Buffer): void {
    this.#isKept = this.#begin();
    // In which message a live connection is cannot be known.
    if (!this.#isKept || !this.#isWhole) return;
    this.#protocol = protocols.find(({first, canBegin}) => first === direction && canBegin(data)) ?? null;
    this.#read = this.#protocol?.reader() ?? null;
  }

  /** Null for one that there is no room for. */
  #shapeOf(exchange: number, direction: StreamDirection, atMs: number): OpenShape | null {
    const isNew = exchange !== this.#number;
    this.#number = exchange;
    if (!isNew) return this.#exchangesLeftOut > 0 ? null : (this.#exchanges.at(-1) ?? null);
    if (this.#exchanges.length === keptExchanges) {
      this.#exchangesLeftOut++;
      return null;
    }
    const gapMs = this.#lastByteMs === null ? null : Math.round((atMs - this.#lastByteMs) * 1000) / 1000;
    const shape = {exchange, direction, bytes: 0, chunks: 0, gapMs, messages: [], messagesLeftOut: 0};
    this.#exchanges.push(shape);
    return shape;
  }
}

/** Notes the messages that begin in a chunk. False: nothing more can be read. */
type MessageRead = (
  direction: StreamDirection,
  data: Buffer,
  note: (message: MessageShape) => void,
) => boolean;

type Protocol = {
  readonly name: NonNullable<Conversation['protocol']>;
  /** Who speaks first. */
  readonly first: StreamDirection;
  /** By its first chunk. */
  readonly canBegin: (data: Buffer) => boolean;
  readonly reader: () => MessageRead;
};

const recordHeadBytes = 5;

const recordContents = new Map([
  [20, 'change-cipher-spec'],
  [21, 'alert'],
  [22, 'handshake'],
  [23, 'application-data'],
] as const);

/** Records by their heads: type, version, length (RFC 8446, 5.1). */
const tlsRecords = (): MessageRead => {
  const states = {
    upstream: {head: Buffer.alloc(0), leftBytes: 0},
    downstream: {head: Buffer.alloc(0), leftBytes: 0},
  };
  return (direction, data, note) => {
    const state = states[direction];
    for (let at = 0; at < data.length; ) {
      if (state.leftBytes > 0) {
        const skipped = Math.min(state.leftBytes, data.length - at);
        state.leftBytes -= skipped;
        at += skipped;
        continue;
      }
      const part = data.subarray(at, at + recordHeadBytes - state.head.length);
      state.head = Buffer.concat([state.head, part]);
      at += part.length;
      if (state.head.length < recordHeadBytes) break;
      const bytes = state.head.readUInt16BE(3);
      const type = state.head[0] as 20 | 21 | 22 | 23;
      note({kind: 'tls-record', content: recordContents.get(type) ?? 'other', bytes});
      state.head = Buffer.alloc(0);
      state.leftBytes = bytes;
    }
    return true;
  };
};

/**
 * A handshake is what has records of its own kind. With TLS 1.3 the server's are sealed from its hello on, and come along with
 * it; what the client then says first ends the handshake, sealed as well.
 */
const handshakeExchanges = (exchanges: readonly ExchangeShape[]): number => {
  let isSealed = false;
  for (const [index, {direction, messages}] of exchanges.entries()) {
    const contents = new Set(
      messages.map(message => (message.kind === 'tls-record' ? message.content : 'other')),
    );
    const isOwn = contents.has('handshake') || contents.has('change-cipher-spec');
    if (isSealed && direction === 'upstream') return index + 1;
    if (!isOwn) return index;
    if (direction === 'downstream') isSealed = contents.has('handshake') && contents.has('application-data');
  }
  return exchanges.length;
};

/** Requests and responses by their heads; nothing of them is kept but the method of a request that waits for its response. */
const httpMessages = (): MessageRead => {
  const methods: string[] = [];
  let requests = 0;
  let responses = 0;
  let hasSwitched = false;
  const request = new MessageReader<RequestHead>({
    canBegin: canBeRequest,
    parse: parseRequestHead,
    takesFiller: true,
  });
  const response = new MessageReader<ResponseHead>({
    canBegin: canBeResponse,
    parse: raw => parseResponseHead(raw, methods[0] ?? ''),
    takesFiller: false,
  });
  const requestHead = ({method}: RequestHead, note: (message: MessageShape) => void): void => {
    methods.push(method);
    note({kind: 'http-request', number: ++requests});
  };
  const responseHead = ({status}: ResponseHead, note: (message: MessageShape) => void): void => {
    note({kind: 'http-response', number: responses + 1, status});
    // Others than these are followed by the response itself.
    const isLast = status === 101 || status >= 200;
    hasSwitched = status === 101 || (methods[0] === 'CONNECT' && isLast && status < 300);
    if (!isLast) return;
    responses++;
    methods.shift();
  };
  return (direction, data, note) => {
    // An incomplete head is copied until it is complete, since the memory of the data is reused.
    const copy = Buffer.from(data);
    for (let at = 0; at < copy.length && !hasSwitched; ) {
      const part = direction === 'upstream' ? request.next(copy, at) : response.next(copy, at);
      if (part.kind === 'wrong') return false;
      if (part.kind === 'head' && 'method' in part.head) requestHead(part.head, note);
      if (part.kind === 'head' && 'status' in part.head) responseHead(part.head, note);
      at = part.end;
    }
    return !hasSwitched;
  };
};

/** How conversations of protocols begin that have commands. */
const beginnings: {readonly [kind in ServerErrorKind]: Pick<Protocol, 'first' | 'canBegin'>} = {
  redisError: {first: 'upstream', canBegin: data => /^\*\d+\r\n\$\d/.test(beginningOf(data))},
  postgresError: {
    first: 'upstream',
    // A startup, or a request for encryption.
    canBegin: data =>
      data.length >= 8 && [3, 1234].includes(data.readUInt16BE(4)) && data.readUInt16BE(0) === 0,
  },
  mysqlError: {first: 'downstream', canBegin: data => data[3] === 0 && data[4] === 10},
  amqpError: {first: 'upstream', canBegin: data => data.toString('latin1') === 'AMQP\0\0\t\x01'},
  smtpError: {first: 'downstream', canBegin: data => /^220[ -]/.test(beginningOf(data))},
  natsError: {first: 'downstream', canBegin: data => /^INFO \{/.test(beginningOf(data))},
  memcachedError: {
    first: 'upstream',
    canBegin: data => data[0] === 0x80 || /^(?:gets?|set|add|version|stats|m[gn]) ?/.test(beginningOf(data)),
  },
  mqttError: {first: 'upstream', canBegin: data => data[0] === 0x10 && data.includes('MQ', 2, 'latin1')},
};

const beginningOf = (data: Buffer): string => data.toString('latin1', 0, 40);

const protocols: readonly Protocol[] = [
  {
    name: 'tls',
    first: 'upstream',
    // A record of a handshake whose first message is a ClientHello.
    canBegin: data => data[0] === 22 && data[1] === 3 && data[5] === 1,
    reader: tlsRecords,
  },
  {name: 'http', first: 'upstream', canBegin: beginsWithRequestLine, reader: httpMessages},
  ...followed.map(
    ({kind, listen}): Protocol => ({
      name: protocolOf(kind),
      ...beginnings[kind],
      reader: () => {
        let note: Parameters<MessageRead>[2] = () => undefined;
        const hear = listen(name => note({kind: 'command', name}));
        return (direction, data, noteNow) => {
          note = noteNow;
          // The beginning of a message may be kept, and the memory of the data is reused.
          return hear(direction, Buffer.from(data));
        };
      },
    }),
  ),
];
