// Follows the streams of one connection of HTTP/2, and lets HTTP toxics act on them. What no toxic takes passes frame by frame
// as it came: node:http2 would end the connection on both sides, and with it hide what the two say of settings, windows, PINGs
// and the ends of connections. Header blocks are read all along, since each depends on those before.

import {wholeEpochMs} from '../../../model/clock.ts';
import type {HeaderField, RequestHead, ResponseHead} from '../http/head.ts';
import {type InterceptorHost, receiver} from '../http/interceptor-host.ts';
import {factsOf} from '../http/request-facts.ts';
import {chunkRead} from '../socket-reader.ts';
import type {Receiver} from '../stage.ts';
import type {Toxic} from '../toxic.ts';
import {cutWhenClientCloses, longestLingerMs} from '../upstream-close.ts';
import {ConnectionSettings} from './connection-settings.ts';
import {Http2Exchange, type Http2ExchangeHost} from './exchange.ts';
import {
  contentOf,
  dataFrame,
  endsStream,
  errorCodes,
  type Frame,
  FrameError,
  firstNumber,
  frameTypes,
  goAwayFrame,
  isAck,
  preface,
  readSettings,
  resetFrame,
  settingIds,
  settingsFrame,
  splitFields,
  windowFrame,
} from './frames.ts';
import {HpackError} from './hpack.ts';
import {Peer} from './peer.ts';
import {Windows} from './windows.ts';

/** leaving: a fault ended the connection. off: everything passes. */
type Mode = 'following' | 'leaving' | 'off';

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

export class Http2Interceptor {
  readonly #host: InterceptorHost;
  readonly #client: Peer;
  readonly #target: Peer;
  readonly #windows: Windows;
  readonly #settings: ConnectionSettings;
  readonly #streams = new Map<number, Stream>();
  readonly #ended = new Set<number>();
  #mode: Mode = 'following';
  #prefaceBytes = 0;
  #lastNumber = 0;
  #lastStream = 0;
  /** After a GOAWAY of ours: the last stream that is served. */
  #lastServed: number | null = null;
  #isTargetGone = false;
  #current: Toxic | null = null;
  #lingering: NodeJS.Timeout | undefined;

  /** @param said what the target has said already, and the client has got */
  constructor(host: InterceptorHost, said: Buffer) {
    this.#host = host;
    const {client, up, down} = host;
    this.#client = new Peer(data => down.accept(data), 'closed');
    this.#target = new Peer(data => up.send(data), 'open');
    this.#windows = new Windows({
      toClient: data => this.#client.send(data),
      toTarget: data => this.#target.send(data),
      heldBytes: () => this.#heldBytes(),
      hasRoom: () => this.#pump(),
    });
    this.#settings = new ConnectionSettings({
      connection: host.connection,
      rules: host.rules,
      toClient: data => (this.#client.isOpen ? this.#client.send(data) : this.#client.open(data)),
      acted: host.acted,
    });
    up.exit = this.#fromClient;
    down.entry = this.#fromTarget;
    client.once('close', this.#kill);
    this.#run(() => this.#takeUp(said));
  }

  /** The toxic has come into force, or has other attributes. */
  begin(toxic: Toxic): void {
    if (this.#mode === 'following') this.#run(() => this.#settings.begin(toxic));
  }

  /** A toxic is no longer in force: what it left hanging is ended, what it slows down goes on at once. */
  release(toxic: Toxic): void {
    if (this.#mode !== 'following') return;
    this.#run(() => {
      this.#settings.end(toxic);
      for (const {exchange} of [...this.#streams.values()])
        if (exchange?.taken.toxic === toxic) exchange.release();
    });
  }

  /** What throws here is the toxic that has the request. */
  readonly #contain = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      this.#host.failed(error, this.#current);
    }
  };

  #run(act: () => void): void {
    this.#contain(() => {
      act();
      if (this.#mode === 'off') return;
      this.#windows.settle();
      this.#target.flush();
      this.#client.flush();
    });
  }

  #takeUp(said: Buffer): void {
    for (const frame of this.#target.reader.read(said)) {
      if (frame.type !== frameTypes.settings) return this.#turnOff();
      this.#client.open(nothing);
      this.#settings.passedBefore(frame);
      this.#noteTargetSettings(frame);
    }
    // The rest of a frame whose beginning has passed could not be changed any more.
    if (this.#target.reader.take().length > 0) this.#turnOff();
  }

  readonly #fromClient: Receiver = receiver(act => this.#run(act), {
    isFull: () => false,
    push: data => {
      chunkRead(data.length);
      if (this.#mode !== 'following') return;
      const ofPreface = data.subarray(0, preface.length - this.#prefaceBytes);
      this.#prefaceBytes += ofPreface.length;
      if (ofPreface.length > 0) this.#target.send(ofPreface);
      this.#read(this.#client, data.subarray(ofPreface.length), frame => this.#takeFromClient(frame));
    },
    end: () => {
      if (this.#mode === 'leaving') this.#host.cut();
      else this.#endTarget();
    },
  });

  readonly #fromTarget: Receiver = receiver(act => this.#run(act), {
    isFull: () => this.#mode === 'following' && this.#windows.isFull,
    push: data => {
      chunkRead(data.length);
      if (this.#mode !== 'following') return;
      this.#read(this.#target, data, frame => this.#takeFromTarget(frame));
    },
    end: () => {
      if (this.#mode === 'leaving') return;
      this.#isTargetGone = true;
      this.#endClient();
    },
  });

  #read(peer: Peer, data: Buffer, take: (frame: Frame) => void): void {
    try {
      for (const frame of peer.reader.read(data)) {
        if (this.#mode !== 'following') return;
        take(frame);
      }
    } catch (error) {
      if (!(error instanceof FrameError || error instanceof HpackError)) throw error;
      this.#lostStep(peer, peer.reader.restOf(data));
    }
  }

  #takeFromClient(frame: Frame): void {
    const {stream: id} = frame;
    switch (frame.type) {
      case frameTypes.headers:
        this.#takeRequestFields(frame, this.#client.decoder.decode(frame.block));
        break;
      case frameTypes.data:
        this.#takeRequestData(frame);
        break;
      case frameTypes.resetStream:
        if (this.#ended.has(id)) break;
        // A target that got nothing of a stream must not hear of it.
        if (this.#streams.get(id)?.exchange?.isAnsweredHere === true) {
          this.#remember(id);
          break;
        }
        this.#target.send(frame.raw);
        this.#forget(id);
        break;
      case frameTypes.windowUpdate:
        this.#takeClientGrant(frame, firstNumber(frame));
        break;
      case frameTypes.settings:
        if (isAck(frame)) {
          if (this.#settings.acknowledged()) this.#target.send(frame.raw);
        } else {
          this.#noteClientSettings(frame);
          this.#target.send(frame.raw);
        }
        break;
      case frameTypes.ping: {
        const toxic = isAck(frame) ? null : this.#settings.pingToxic;
        if (toxic === null) this.#target.send(frame.raw);
        else this.#host.acted(toxic);
        break;
      }
      default:
        this.#target.send(frame.raw);
    }
  }

  #takeRequestFields(frame: Frame, fields: readonly HeaderField[]): void {
    const {stream: id} = frame;
    const open = this.#streams.get(id);
    const isLast = endsStream(frame);
    const isRefused = open === undefined && this.#lastServed !== null && id > this.#lastServed;
    if (this.#ended.has(id) || isRefused) {
      this.#ended.add(id);
      this.#target.blockWithheld();
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
    const {connection, rules} = this.#host;
    const taken = rules.take(connection, number, head, 'http/2');
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
    if (exchange !== null) this.#act(exchange, () => exchange.begin());
    // The fault may have ended the stream, or the connection.
    if (this.#streams.get(id) !== stream) {
      this.#target.blockWithheld();
      return;
    }
    const {request} = exchange?.handling ?? {};
    if (request === undefined) {
      this.#target.send(this.#target.block(frame, fields, isLast));
    } else {
      this.#target.blockWithheld();
      this.#act(exchange, () => request.head(head));
    }
    if (isLast) this.#endRequest(stream);
  }

  #takeRequestData(frame: Frame): void {
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

  #takeClientGrant(frame: Frame, bytes: number): void {
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

  #noteClientSettings(frame: Frame): void {
    const settings = readSettings(frame);
    const windowBytes = settings.get(settingIds.initialWindowSize) ?? this.#windows.initialStreamBytes;
    const changeBytes = windowBytes - this.#windows.initialStreamBytes;
    this.#windows.initialStreamBytes = windowBytes;
    this.#client.frameBytes = settings.get(settingIds.maxFrameSize) ?? this.#client.frameBytes;
    for (const {exchange} of this.#streams.values()) if (exchange !== null) exchange.windowBytes += changeBytes;
    if (changeBytes > 0) this.#pump();
  }

  #takeFromTarget(frame: Frame): void {
    const {stream: id} = frame;
    if (frame.type !== frameTypes.settings && !this.#client.isOpen) this.#client.open(nothing);
    switch (frame.type) {
      case frameTypes.headers:
        this.#takeResponseFields(frame, this.#target.decoder.decode(frame.block));
        break;
      case frameTypes.pushPromise: {
        const fields = this.#target.decoder.decode(frame.block);
        this.#windows.pass({...frame, raw: this.#client.block(frame, fields, false)}, 0);
        break;
      }
      case frameTypes.data:
        this.#takeResponseData(frame);
        break;
      case frameTypes.resetStream:
        this.#takeTargetReset(frame, firstNumber(frame));
        break;
      case frameTypes.windowUpdate:
        if (!this.#ended.has(id) && this.#settings.grants(id, firstNumber(frame)))
          this.#client.send(frame.raw);
        break;
      case frameTypes.settings:
        if (!isAck(frame)) this.#noteTargetSettings(frame);
        this.#settings.fromTarget(frame);
        break;
      default:
        this.#client.send(frame.raw);
    }
  }

  #noteTargetSettings(frame: Frame): void {
    this.#target.frameBytes = readSettings(frame).get(settingIds.maxFrameSize) ?? this.#target.frameBytes;
  }

  #takeResponseFields(frame: Frame, fields: readonly HeaderField[]): void {
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

  #takeResponseData(frame: Frame): void {
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
      // The padding does not pass: it is granted again, also on the stream.
      const paddingBytes = length - data.length;
      if (paddingBytes > 0) this.#target.send(windowFrame(frame.stream, paddingBytes));
      this.#act(exchange, () => response.body({kind: 'content', data, pieceBytes: data.length}));
    }
    if (stream !== undefined && endsStream(frame)) this.#endResponse(stream, []);
  }

  #endResponse(stream: Stream, trailers: readonly HeaderField[]): void {
    const {exchange} = stream;
    stream.isResponseOver = true;
    if (exchange !== null && !exchange.hasLeft) this.#act(exchange, () => exchange.responseRead(trailers));
    this.#closeIfOver(stream);
  }

  #takeTargetReset(frame: Frame, code: number): void {
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
        if (isAtOnce) this.#leave();
        else this.#endIfIdle();
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
      contain: act => this.#run(act),
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
      this.#endIfIdle();
    }
    if (code !== errorCodes.NO_ERROR) this.#leave();
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
    const stream = this.#streams.get(id);
    stream?.exchange?.kill();
    this.#streams.delete(id);
    this.#settings.forget(id);
    this.#endIfIdle();
  }

  /** What the two sides still say of that stream is dropped. */
  #remember(id: number): void {
    this.#ended.add(id);
    this.#windows.forget(id);
    const [oldest] = this.#ended;
    if (this.#ended.size > rememberedStreams && oldest !== undefined) this.#ended.delete(oldest);
    this.#forget(id);
  }

  /** After a GOAWAY, or once the target has gone. */
  #endIfIdle(): void {
    if (this.#isTargetGone) this.#endClient();
    if (this.#lastServed === null || this.#mode !== 'following') return;
    const {size} = this.#streams;
    if (size === 0) this.#leave();
  }

  #endClient(): void {
    if ([...this.#streams.values()].some(({exchange}) => exchange?.isWaiting === true)) return;
    this.#isTargetGone = false;
    // Also the beginning of a frame that is not whole.
    this.#client.send(this.#target.reader.take());
    this.#client.open(nothing);
    this.#client.flush();
    this.#host.down.acceptEnd('close');
  }

  #endTarget(): void {
    this.#target.send(this.#client.reader.take());
    this.#target.flush();
    this.#host.up.finish();
  }

  /** Closes the connection in order: what the client still sends is dropped. */
  #leave(): void {
    if (this.#mode !== 'following') return;
    if (!this.#client.isOpen) this.#client.open(settingsFrame(new Map()));
    this.#client.flush();
    this.#target.flush();
    this.#mode = 'leaving';
    for (const {exchange} of this.#streams.values()) exchange?.kill();
    this.#streams.clear();
    const {client, up, down, cut, closedEarly} = this.#host;
    closedEarly();
    cutWhenClientCloses(this.#host);
    this.#lingering = setTimeout(cut, longestLingerMs);
    client.once('close', () => clearTimeout(this.#lingering));
    down.acceptEnd('half-close');
    up.wake();
    down.wake();
  }

  /** What came is not HTTP/2 as it should be. If nothing has been changed so far, it passes from here on. */
  #lostStep(peer: Peer, rest: Buffer): void {
    const hasChanged = this.#ended.size > 0 || this.#client.isWritten || this.#target.isWritten;
    if (hasChanged) {
      this.#client.send(goAwayFrame(this.#lastStream, errorCodes.PROTOCOL_ERROR, ''));
      this.#leave();
      return;
    }
    const other = peer === this.#client ? this.#target : this.#client;
    other.send(rest);
    this.#turnOff();
  }

  /** Lets everything pass from here on. */
  #turnOff(): void {
    this.#mode = 'off';
    const {client, up, down, missed, done} = this.#host;
    missed('HTTP/2 that could not be followed');
    up.exit = null;
    down.entry = null;
    this.#target.send(this.#client.reader.take());
    this.#client.send(this.#target.reader.take());
    this.#client.open(nothing);
    this.#target.flush();
    this.#client.flush();
    client.removeListener('close', this.#kill);
    done();
  }

  #pump(): void {
    for (const {exchange} of [...this.#streams.values()])
      if (exchange !== null) this.#act(exchange, () => exchange.pump());
  }

  #heldBytes(): number {
    let bytes = 0;
    for (const {exchange} of this.#streams.values()) bytes += exchange?.waitingBytes ?? 0;
    return bytes;
  }

  /** Runs a fault, which is to blame for what it throws. */
  #act(exchange: Http2Exchange | null, act: () => void): void {
    const before = this.#current;
    this.#current = exchange?.taken.toxic ?? null;
    act();
    this.#current = before;
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

  readonly #kill = (): void => {
    this.#mode = 'off';
    for (const {exchange} of this.#streams.values()) exchange?.kill();
    this.#streams.clear();
    clearTimeout(this.#lingering);
  };
}

const nothing = Buffer.alloc(0);

/** As HTTP/1 would have it. A body without a length is of unknown length. */
const framingOf = (fields: readonly HeaderField[], isLast: boolean): RequestHead['framing'] => {
  if (isLast) return {kind: 'none'};
  const length = fields.find(([name]) => name === 'content-length')?.[1];
  const isLength = length !== undefined && /^\d{1,15}$/.test(length);
  return isLength ? {kind: 'length', bytes: Number(length)} : {kind: 'chunked'};
};

const requestHeadOf = (fields: readonly HeaderField[], isLast: boolean): RequestHead => {
  const {pseudo, regular} = splitFields(fields);
  return {
    raw: nothing,
    method: pseudo.get(':method') ?? '',
    target: pseudo.get(':path') ?? pseudo.get(':authority') ?? '',
    minorVersion: 1,
    fields: regular,
    framing: framingOf(regular, isLast),
  };
};

const responseHeadOf = (fields: readonly HeaderField[], isLast: boolean): ResponseHead => {
  const {pseudo, regular} = splitFields(fields);
  return {
    raw: nothing,
    status: Number(pseudo.get(':status')),
    startLine: '',
    minorVersion: 1,
    fields: regular,
    framing: framingOf(regular, isLast),
  };
};
