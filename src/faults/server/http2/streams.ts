// The streams of one connection of HTTP/2: which of them toxics have taken, and what becomes of their frames.

import {wholeEpochMs} from '../../../model/clock.ts';
import type {HeaderField, RequestHead} from '../http/head.ts';
import type {InterceptorHost} from '../http/interceptor-host.ts';
import {factsOf} from '../http/request-facts.ts';
import type {Toxic} from '../toxic.ts';
import type {ConnectionSettings} from './connection-settings.ts';
import {Http2Exchange, type Http2ExchangeHost} from './exchange.ts';
import {
  contentOf,
  dataFrame,
  endsStream,
  errorCodes,
  type Frame,
  frameBytesOf,
  goAwayFrame,
  readSettings,
  resetFrame,
  settingIds,
  windowFrame,
} from './frames.ts';
import {requestHeadOf, responseHeadOf} from './heads.ts';
import type {Peer} from './peer.ts';
import type {Windows} from './windows.ts';

export type StreamsHost = Pick<
  InterceptorHost,
  'connection' | 'rules' | 'targetHost' | 'acted' | 'missed'
> & {
  readonly client: Peer;
  readonly target: Peer;
  readonly windows: Windows;
  readonly settings: ConnectionSettings;
  /** Ends the connection at once. */
  readonly leave: () => void;
  readonly streamOver: () => void;
  readonly isOwnAddress: (host: string) => boolean;
  /** Runs what may throw, and sends what comes of it. */
  readonly contain: (act: () => void) => void;
};

/** A stream that is open on at least one side. */
type Stream = {
  readonly id: number;
  /** The fault's view of it; null: no toxic took it. */
  readonly exchange: Http2Exchange | null;
  isRequestOver: boolean;
  isResponseOver: boolean;
};

/** Streams that a fault ended: what the two sides still say of them is dropped. */
const rememberedStreams = 10_000;

export class Streams {
  /** The toxic that acts now, and is to blame for what is thrown. */
  current: Toxic | null = null;
  /** The client's latest. */
  #lastStream = 0;
  /** After a GOAWAY of ours: the last stream that is served. */
  #lastServed: number | null = null;
  readonly #host: StreamsHost;
  readonly #client: Peer;
  readonly #target: Peer;
  readonly #windows: Windows;
  readonly #settings: ConnectionSettings;
  readonly #streams = new Map<number, Stream>();
  readonly #ended = new Set<number>();
  #lastNumber = 0;
  /** How many of them toxics have taken. */
  #taken = 0;

  constructor(host: StreamsHost) {
    this.#host = host;
    this.#client = host.client;
    this.#target = host.target;
    this.#windows = host.windows;
    this.#settings = host.settings;
  }

  get last(): number {
    return this.#lastStream;
  }

  /** Whether the connection ends once these are over, and they are. */
  get areServed(): boolean {
    return this.#lastServed !== null && this.#streams.size === 0;
  }

  /** Whether a fault still has something for the client. */
  get areWaiting(): boolean {
    return this.#taken > 0 && [...this.#streams.values()].some(({exchange}) => exchange?.isWaiting === true);
  }

  /** Whether a fault ended one of them: what is said of it does not pass. */
  get haveEnded(): boolean {
    return this.#ended.size > 0;
  }

  hasEnded(id: number): boolean {
    return this.#ended.has(id);
  }

  release(toxic: Toxic): void {
    for (const {exchange} of [...this.#streams.values()])
      if (exchange?.taken.toxic === toxic) exchange.release();
  }

  kill(): void {
    for (const {exchange} of this.#streams.values()) exchange?.kill();
    this.#streams.clear();
    this.#taken = 0;
  }

  /** A RST_STREAM of the client. */
  takeClientReset(frame: Frame): void {
    const {stream: id} = frame;
    if (this.#ended.has(id)) return;
    // A target that got nothing of a stream must not hear of it.
    if (this.#streams.get(id)?.exchange?.isAnsweredHere === true) {
      this.#remember(id);
      return;
    }
    this.#target.send(frame.raw);
    this.#forget(id);
  }

  /** HEADERS of the client: of a new request, or trailers. */
  takeRequestFields(frame: Frame, fields: readonly HeaderField[]): void {
    const {stream: id} = frame;
    const open = this.#streams.get(id);
    const isLast = endsStream(frame);
    const isRefused = open === undefined && this.#lastServed !== null && id > this.#lastServed;
    if (this.#ended.has(id) || isRefused) {
      this.#noteEnded(id);
      this.#target.blockWithheld();
      return;
    }
    // Trailers of a stream that the target has given up: no new request.
    if (open === undefined && id <= this.#lastStream) {
      this.#target.send(this.#target.block(frame, fields, isLast));
      return;
    }
    if (open !== undefined) {
      // These are its trailers.
      if (open.exchange?.isAnsweredHere === true) this.#target.blockWithheld();
      else this.#target.send(this.#target.block(frame, fields, isLast));
      if (isLast) this.#endRequest(open);
      return;
    }
    this.#lastStream = Math.max(this.#lastStream, id);
    const head = requestHeadOf(fields, isLast);
    const number = ++this.#lastNumber;
    const limiting = this.#settings.refuses(this.#streams.size);
    if (limiting !== null) {
      this.#recordHit(limiting, head, {stream: id, number}, 'stream-refused', null);
      this.#target.blockWithheld();
      this.#remember(id);
      this.#client.send(resetFrame(id, errorCodes.REFUSED_STREAM));
      return;
    }
    const {windowToxic} = this.#settings;
    if (windowToxic !== null && !isLast)
      this.#recordHit(windowToxic, head, {stream: id, number}, 'window-closed', 0);
    const {connection, rules, missed} = this.#host;
    const taken = rules.take(connection, number, head, 'http/2');
    missed('HTTP/2', 'http/2');
    const exchange =
      taken === null
        ? null
        : new Http2Exchange(
            this.#exchangeHost(id),
            head,
            {stream: id, number, windowBytes: this.#windows.initialStreamBytes},
            taken,
          );
    const stream: Stream = {id, exchange, isRequestOver: false, isResponseOver: false};
    this.#streams.set(id, stream);
    if (exchange !== null) {
      this.#taken++;
      this.#act(exchange, () => exchange.begin());
    }
    // The fault may have ended the stream, or the connection.
    if (this.#streams.get(id) !== stream) {
      this.#target.blockWithheld();
      return;
    }
    const {request} = exchange?.handling ?? {};
    if (request === undefined) {
      this.#target.send(this.#target.block(frame, this.#outgoing(fields), isLast));
    } else {
      this.#target.blockWithheld();
      this.#act(exchange, () => request.head(head));
    }
    if (isLast) this.#endRequest(stream);
  }

  takeRequestData(frame: Frame): void {
    const open = this.#streams.get(frame.stream);
    const {exchange = null} = open ?? {};
    const isWithheld = this.#ended.has(frame.stream) || exchange?.isAnsweredHere === true;
    if (!isWithheld) {
      this.#target.send(frame.raw);
      if (open !== undefined && endsStream(frame)) this.#endRequest(open);
      return;
    }
    const {length} = frame.payload;
    // The target will not grant what it never gets.
    if (length > 0) this.#client.send(windowFrame(0, length));
    if (open === undefined || exchange === null || exchange.hasLeft) return;
    if (length > 0 && !endsStream(frame)) this.#client.send(windowFrame(frame.stream, length));
    const data = contentOf(frame);
    this.#act(exchange, () =>
      exchange.handling.request?.body({kind: 'content', data, pieceBytes: data.length}),
    );
    if (endsStream(frame)) this.#endRequest(open);
  }

  /** The fields of a request as the target gets them. */
  #outgoing(fields: readonly HeaderField[]): readonly HeaderField[] {
    const {targetHost, isOwnAddress} = this.#host;
    const isOwn = ([name, value]: HeaderField) =>
      (name === ':authority' || name === 'host') && isOwnAddress(value);
    if (targetHost === null || !fields.some(isOwn)) return fields;
    this.#target.blockWithheld();
    return fields.map(field => (isOwn(field) ? [field[0], targetHost] : field));
  }

  #endRequest(stream: Stream): void {
    const {exchange} = stream;
    stream.isRequestOver = true;
    if (exchange !== null && !exchange.hasLeft) {
      // In this order a fault that waits for the request finds it read.
      exchange.isRequestRead = true;
      this.#act(exchange, () => exchange.handling.request?.end());
      this.#act(exchange, () => exchange.requestRead());
    }
    this.#closeIfOver(stream);
  }

  /** A WINDOW_UPDATE of the client. */
  takeClientGrant(frame: Frame, bytes: number): void {
    const {stream: id} = frame;
    if (id === 0 && bytes > 0) {
      this.#windows.granted(bytes, frame);
      return;
    }
    const exchange = this.#streams.get(id)?.exchange ?? null;
    if (exchange !== null) {
      exchange.windowBytes += bytes;
      this.#act(exchange, () => exchange.pump());
    }
    if (!this.#ended.has(id) && exchange?.isAnsweredHere !== true) this.#target.send(frame.raw);
  }

  noteClientSettings(frame: Frame): void {
    const settings = readSettings(frame);
    const windowBytes = settings.get(settingIds.initialWindowSize) ?? this.#windows.initialStreamBytes;
    const changeBytes = windowBytes - this.#windows.initialStreamBytes;
    this.#windows.initialStreamBytes = windowBytes;
    this.#client.frameBytes = frameBytesOf(settings) ?? this.#client.frameBytes;
    for (const {exchange} of this.#streams.values())
      if (exchange !== null) exchange.windowBytes += changeBytes;
    if (changeBytes > 0) this.pump();
  }

  /** HEADERS of the target: of a response, or trailers. */
  takeResponseFields(frame: Frame, fields: readonly HeaderField[]): void {
    const stream = this.#streams.get(frame.stream);
    const isLast = endsStream(frame);
    if (this.#ended.has(frame.stream) || stream?.exchange?.hasLeft === true) {
      this.#client.blockWithheld();
      if (stream !== undefined && isLast) this.#endResponse(stream, []);
      return;
    }
    const exchange = stream?.exchange ?? null;
    const head = exchange === null || exchange.hasResponse ? null : responseHeadOf(fields, isLast);
    const isInterim = head !== null && head.status < 200;
    if (exchange !== null && head !== null && !isInterim) exchange.responseBegins();
    const {response} = exchange?.handling ?? {};
    if (exchange === null || response === undefined || isInterim) {
      this.#windows.pass({...frame, raw: this.#client.block(frame, fields, isLast)}, 0);
      if (stream !== undefined && isLast) this.#endResponse(stream, []);
      return;
    }
    this.#client.blockWithheld();
    if (head !== null) this.#act(exchange, () => response.head(head));
    if (stream !== undefined && isLast) this.#endResponse(stream, head === null ? fields : []);
  }

  takeResponseData(frame: Frame): void {
    const {length} = frame.payload;
    const stream = this.#streams.get(frame.stream);
    const {exchange = null} = stream ?? {};
    this.#windows.received(length);
    if (this.#ended.has(frame.stream)) return;
    const {response} = exchange?.handling ?? {};
    if (exchange === null || response === undefined) {
      if (exchange !== null) exchange.windowBytes -= length;
      this.#windows.pass(frame, length);
    } else if (!exchange.hasLeft) {
      const data = contentOf(frame);
      const before = exchange.passedBytes;
      this.#act(exchange, () => response.body({kind: 'content', data, pieceBytes: data.length}));
      // What does not pass, the client will not grant again.
      const droppedBytes = length - (exchange.passedBytes - before);
      if (droppedBytes > 0 && !exchange.hasLeft && !endsStream(frame))
        this.#target.send(windowFrame(frame.stream, droppedBytes));
    }
    if (stream !== undefined && endsStream(frame)) this.#endResponse(stream, []);
  }

  #endResponse(stream: Stream, trailers: readonly HeaderField[]): void {
    const {exchange} = stream;
    stream.isResponseOver = true;
    if (exchange !== null && !exchange.hasLeft) this.#act(exchange, () => exchange.responseRead(trailers));
    this.#closeIfOver(stream);
  }

  takeTargetReset(frame: Frame, code: number): void {
    const {stream: id} = frame;
    if (this.#ended.has(id)) return;
    const exchange = this.#streams.get(id)?.exchange ?? null;
    if (exchange?.handling.response === undefined) {
      this.#windows.pass(frame, 0);
      this.#forget(id);
      return;
    }
    const stream = this.#streams.get(id);
    if (stream !== undefined) stream.isResponseOver = true;
    exchange.targetReset(code);
  }

  #exchangeHost(id: number): Http2ExchangeHost {
    const stream = () => this.#streams.get(id);
    return {
      sendFields: (fields, isLast) => {
        this.#client.blockWithheld();
        this.#client.send(this.#client.ownBlock(id, fields, isLast));
      },
      sendData: (data, isLast) => this.#sendData(id, data, isLast),
      roomBytes: () => this.#windows.roomBytes,
      reset: code => this.#reset(id, code),
      goAway: goAway => this.#goAway(id, goAway),
      endConnection: isAtOnce => {
        this.#lastServed ??= this.#lastStream;
        if (isAtOnce) this.#host.leave();
        else this.#host.streamOver();
      },
      acted: (action, bodyBytes) => {
        const exchange = stream()?.exchange;
        if (exchange === undefined || exchange === null) return;
        this.#recordHit(exchange.taken.toxic, exchange.request, exchange, action, bodyBytes);
      },
      answered: () => {
        const open = stream();
        if (open === undefined) return;
        // What is left of the request is not wanted, and what is left of the response not awaited.
        if (!open.isRequestOver) this.#client.send(resetFrame(id, errorCodes.NO_ERROR));
        const isAsked = open.exchange?.isAnsweredHere !== true;
        if (isAsked && !(open.isResponseOver && open.isRequestOver))
          this.#target.send(resetFrame(id, errorCodes.CANCEL));
        this.#remember(id);
      },
      contain: act => this.#host.contain(act),
    };
  }

  #sendData(id: number, data: Buffer, isLast: boolean): void {
    const exchange = this.#streams.get(id)?.exchange ?? null;
    if (exchange === null) return;
    // From here on what the target sends may have to wait, and would then come after blocks that refer to it.
    this.#client.blockWithheld();
    exchange.windowBytes -= data.length;
    this.#windows.sent(data.length);
    for (let at = 0; at === 0 || at < data.length; at += this.#client.frameBytes) {
      const part = data.subarray(at, at + this.#client.frameBytes);
      this.#client.send(dataFrame(id, part, isLast && at + part.length === data.length));
    }
  }

  /** Ends the stream on both sides. */
  #reset(id: number, code: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#client.send(resetFrame(id, code));
    const isAsked = stream.exchange?.isAnsweredHere !== true;
    if (isAsked && !(stream.isRequestOver && stream.isResponseOver))
      this.#target.send(resetFrame(id, errorCodes.CANCEL));
    this.#remember(id);
  }

  #goAway(
    id: number,
    {code, text, isTaken}: {readonly code: number; readonly text: string; readonly isTaken: boolean},
  ): void {
    if (this.#lastServed !== null) return;
    this.#lastServed = isTaken ? this.#lastStream : Math.max(0, id - 2);
    this.#client.send(goAwayFrame(this.#lastServed, code, text));
    if (!isTaken) {
      this.#remember(id);
      this.#host.streamOver();
    }
    if (code !== errorCodes.NO_ERROR) this.#host.leave();
  }

  /** The stream is over on both sides, and nothing of it waits. */
  #closeIfOver(stream: Stream): void {
    const {id, exchange, isRequestOver, isResponseOver} = stream;
    if (!isRequestOver || !isResponseOver || exchange?.isWaiting === true) return;
    if (exchange?.handling.response !== undefined && !exchange.isHanging) return;
    if (exchange?.isHanging !== true) this.#forget(id);
  }

  /** What the two sides still say of that stream passes. */
  #forget(id: number): void {
    const exchange = this.#streams.get(id)?.exchange ?? null;
    if (exchange !== null) this.#taken--;
    exchange?.kill();
    this.#streams.delete(id);
    this.#settings.forget(id);
    this.#host.streamOver();
  }

  /** What the two sides still say of that stream is dropped. */
  #remember(id: number): void {
    this.#noteEnded(id);
    this.#windows.forget(id);
    this.#forget(id);
  }

  #noteEnded(id: number): void {
    this.#ended.add(id);
    const [oldest] = this.#ended;
    if (this.#ended.size > rememberedStreams && oldest !== undefined) this.#ended.delete(oldest);
  }

  /** The client takes more. */
  pump(): void {
    if (this.#taken === 0) return;
    for (const {exchange} of [...this.#streams.values()])
      if (exchange !== null) this.#act(exchange, () => exchange.pump());
  }

  /** What faults hold back. */
  heldBytes(): number {
    let bytes = 0;
    if (this.#taken > 0)
      for (const {exchange} of this.#streams.values()) bytes += exchange?.waitingBytes ?? 0;
    return bytes;
  }

  /** Runs a fault, which is to blame for what it throws. */
  #act(exchange: Http2Exchange | null, act: () => void): void {
    const before = this.current;
    this.current = exchange?.taken.toxic ?? null;
    act();
    this.current = before;
  }

  #recordHit(
    toxic: Toxic,
    request: RequestHead,
    {stream, number}: {readonly stream: number; readonly number: number},
    action: string,
    bodyBytes: number | null,
  ): void {
    const {connection, rules, acted} = this.#host;
    acted(toxic);
    rules.record({
      toxic: toxic.name,
      connection,
      request: number,
      stream,
      ...factsOf(request),
      atMs: wholeEpochMs(),
      action,
      bodyBytes,
    });
  }
}
