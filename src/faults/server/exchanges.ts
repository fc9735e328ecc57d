// The exchanges of one connection, and the toxics that wait for a moment among them. An exchange is bytes in one direction,
// ended by the first byte in the other; they are numbered from 1, and 0 is the connect.

import type {HitPlace, StreamDirection} from '../../model/proxy-witness.ts';
import {Alarm} from './alarm.ts';
import {type Field, integerField, stringField} from './go-fields.ts';

/** Where on a connection a toxic begins to act. */
export type Moment = {
  readonly exchange: number;
  /** Before its first byte; within its first chunk (of an HTTP/1 response, within the body in it); or when it is over. */
  readonly cut: Cut;
  /** Whose exchanges are counted. Null: both sides'. */
  readonly direction: StreamDirection | null;
  /** Counted from the connect, or only those that begin after the toxic came into force there. */
  readonly since: Since;
  /** It is over when the other side answers, or when it has been quiet for so long. */
  readonly quietMs: number;
};

const cuts = ['before', 'within', 'after'] as const;
const starts = ['connect', 'fault'] as const;
const directions = ['upstream', 'downstream'] as const;
type Cut = (typeof cuts)[number];
type Since = (typeof starts)[number];

const usualQuietMs = 10;

/** A moment as a client asks for it. A field that was not given is absent, here and in JSON. */
export type MomentRequest = {
  readonly exchange?: number;
  readonly cut?: string;
  readonly exchange_direction?: string;
  readonly since?: string;
  /** Milliseconds. */
  readonly quiet?: number;
};

const momentNames = ['exchange', 'cut', 'exchange_direction', 'since', 'quiet'] as const;

/** The fields that read a moment from a request body and put it into `request`. */
export const momentFields = (
  request: {
    -readonly [Name in keyof MomentRequest]: MomentRequest[Name];
  },
): Readonly<Record<string, Field>> => ({
  exchange: integerField('int64', value => {
    request.exchange = value;
  }),
  cut: stringField(value => {
    request.cut = value;
  }),
  exchange_direction: stringField(value => {
    request.exchange_direction = value;
  }),
  since: stringField(value => {
    request.since = value;
  }),
  quiet: integerField('int64', value => {
    request.quiet = value;
  }),
});

/** In a fixed order, whatever the client's was. */
export const momentJson = (request: MomentRequest): MomentRequest =>
  Object.fromEntries(
    momentNames.flatMap(name => (request[name] === undefined ? [] : [[name, request[name]]])),
  );

const isOneOf = <T extends string>(value: string | undefined, known: readonly T[]): value is T =>
  known.some(one => one === value);

/** The requested moment: null for none, or why it cannot be had. */
export const readMoment = (request: MomentRequest): Moment | null | string => {
  const {exchange, cut, exchange_direction: direction, since = 'connect', quiet = usualQuietMs} = request;
  if (exchange === undefined) {
    const alone = momentNames.find(name => request[name] !== undefined);
    return alone === undefined ? null : `${alone} needs an exchange`;
  }
  if (exchange < 0) return 'exchange must not be negative';
  if (quiet < 0) return 'quiet must not be negative';
  if (!isOneOf(cut, cuts)) return `cut must be one of ${cuts.join(', ')}`;
  if (!isOneOf(since, starts)) return `since must be one of ${starts.join(', ')}`;
  if (direction !== undefined && !isOneOf(direction, directions))
    return `exchange_direction must be one of ${directions.join(', ')}`;
  if (exchange === 0 && (cut !== 'after' || direction !== undefined || since !== 'connect'))
    return 'exchange 0 is the connect: it has only the cut after, since connect and in no direction; before it act refuse, blackhole and limit_connections';
  return {exchange, cut, direction: direction ?? null, since, quietMs: quiet};
};

/** One direction of the connection, as far as it is counted. */
type Counted = {readonly direction: StreamDirection; readonly receivedBytes: number};

/** Gets each chunk as it comes, and its time on the clock of `performance.now()`. */
export type ExchangeRecorder = {
  readonly chunk: (exchange: number, direction: StreamDirection, data: Buffer, atMs: number) => void;
};

/** A toxic waits for a moment. */
export type Watch = {readonly cancel: () => void};

type Waiting = Watch & {
  readonly moment: Moment;
  readonly come: () => void;
  readonly alarm: Alarm;
  /** Exchanges that must still begin; 0: its exchange is the current one. */
  left: number;
};

const responseStart = Buffer.from('HTTP/1.');
const headEnd = '\r\n\r\n';

/** Half of its bytes; of an HTTP/1 response that comes with a body, half of the body: its client has read the head by then. */
const middleOf = (data: Buffer): number => {
  const isResponse = data.subarray(0, responseStart.length).equals(responseStart);
  const endOfHead = isResponse ? data.indexOf(headEnd) : -1;
  const bodyStart = endOfHead < 0 ? data.length : endOfHead + headEnd.length;
  const start = bodyStart < data.length ? bodyStart : 0;
  return Math.max(1, Math.floor((start + data.length) / 2));
};

export class Exchanges {
  /** Of the current exchange; 0 as long as nothing has come. */
  number = 0;
  /** More bytes of this direction belong to the current exchange, and no toxic waits for anything in it. Null: one does. */
  calm: StreamDirection | null = null;
  #current: Counted | null = null;
  /** What had come in the current direction when the current exchange began. */
  #startBytes = 0;
  #first: StreamDirection | null = null;
  #recorder: ExchangeRecorder | null = null;
  #isOver = false;
  readonly #waiting: Waiting[] = [];

  /** Where the conversation is: the bytes of the current exchange that have been taken. */
  get place(): HitPlace {
    const {number: exchange} = this;
    if (this.#current === null) return {exchange, direction: null, byte: 0};
    const {direction, receivedBytes} = this.#current;
    return {exchange, direction, byte: receivedBytes - this.#startBytes};
  }

  /** Calls `come` once, when the moment has come; at once where that is so. Null for a moment that is past. */
  watch(moment: Moment, come: () => void): Watch | null {
    if (this.#isOver) return null;
    const left = moment.exchange - (moment.since === 'fault' ? 0 : this.#begun(moment.direction));
    const isOthers = moment.direction !== null && moment.direction !== this.#current?.direction;
    if (left < 0 || (left === 0 && (isOthers || moment.cut !== 'after'))) return null;
    const waiting: Waiting = {
      moment,
      come,
      left,
      alarm: new Alarm(() => this.#come(waiting)),
      cancel: () => this.#forget(waiting),
    };
    this.#waiting.push(waiting);
    if (moment.exchange === 0) this.#come(waiting);
    else if (left === 0) this.#awaitQuiet(waiting);
    this.#settle();
    return waiting;
  }

  /** From the next chunk on. */
  record(recorder: ExchangeRecorder | null): void {
    this.#recorder = recorder;
    this.#settle();
  }

  /**
   * A chunk has come, and nothing of it has been taken. Returns after how many of its bytes a toxic waits for
   * `partPassed`; 0: none does.
   */
  arrived(link: Counted, data: Buffer): number {
    const isNew = this.#current?.direction !== link.direction;
    // In most conversations no toxic waits, and each chunk is an exchange.
    if (this.#recorder === null && this.#waiting.length === 0) {
      if (isNew) this.#turn(link);
      this.calm = link.direction;
      return 0;
    }
    if (isNew) this.#begin(link);
    this.#recorder?.chunk(this.number, link.direction, data, performance.now());
    return this.#here('within').length > 0 ? middleOf(data) : 0;
  }

  partPassed(): void {
    for (const waiting of this.#here('within')) this.#come(waiting);
  }

  /** All of the chunk has been taken. */
  passed(): void {
    if (this.#waiting.length === 0) return;
    for (const waiting of this.#here('after')) this.#awaitQuiet(waiting);
  }

  /** A direction has ended (FIN), and that has not been taken. */
  ended(direction: StreamDirection): void {
    if (this.#current?.direction !== direction) return;
    for (const waiting of this.#here('after')) this.#come(waiting);
  }

  /** No further moment comes: the connection is closed, or a toxic ended or silenced the conversation. */
  end(): void {
    this.#isOver = true;
    for (const waiting of [...this.#waiting]) this.#forget(waiting);
  }

  #turn(link: Counted): void {
    this.number++;
    this.#first ??= link.direction;
    this.#current = link;
    this.#startBytes = link.receivedBytes;
  }

  #begin(link: Counted): void {
    for (const waiting of this.#here('after')) this.#come(waiting);
    this.#turn(link);
    for (const waiting of [...this.#waiting]) {
      const {direction, cut} = waiting.moment;
      if (direction !== null && direction !== link.direction) continue;
      if (--waiting.left === 0 && cut === 'before') this.#come(waiting);
    }
    this.#settle();
  }

  /** How many exchanges of a direction have begun. */
  #begun(direction: StreamDirection | null): number {
    if (direction === null) return this.number;
    return direction === this.#first ? Math.ceil(this.number / 2) : Math.floor(this.number / 2);
  }

  #here(cut: Cut): readonly Waiting[] {
    return this.#waiting.filter(({left, moment}) => left === 0 && moment.cut === cut);
  }

  #awaitQuiet({alarm, moment}: Waiting): void {
    alarm.set(performance.now() + moment.quietMs);
  }

  #come(waiting: Waiting): void {
    if (!this.#waiting.includes(waiting)) return;
    this.#forget(waiting);
    waiting.come();
  }

  #forget(waiting: Waiting): void {
    waiting.alarm.clear();
    const index = this.#waiting.indexOf(waiting);
    if (index >= 0) this.#waiting.splice(index, 1);
    this.#settle();
  }

  #settle(): void {
    const isAwaited = this.#recorder !== null || this.#waiting.some(({left}) => left === 0);
    this.calm = isAwaited ? null : (this.#current?.direction ?? null);
  }
}
