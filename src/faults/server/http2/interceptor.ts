// Follows the streams of one connection of HTTP/2, and lets HTTP toxics act on them. What no toxic takes passes frame by frame
// as it came: node:http2 would end the connection on both sides, and with it hide what the two say of settings, windows, PINGs
// and the ends of connections. Header blocks are read all along, since each depends on those before.

import {type InterceptorHost, isOwnAddress, receiver} from '../http/interceptor-host.ts';
import {chunkRead} from '../socket-reader.ts';
import type {Receiver} from '../stage.ts';
import type {Toxic} from '../toxic.ts';
import {cutWhenClientCloses, longestLingerMs} from '../upstream-close.ts';
import {ConnectionSettings} from './connection-settings.ts';
import {
  errorCodes,
  type Frame,
  FrameError,
  firstNumber,
  frameBytesOf,
  frameTypes,
  goAwayFrame,
  isAck,
  preface,
  readSettings,
  settingsFrame,
} from './frames.ts';
import {HpackError} from './hpack.ts';
import {Peer} from './peer.ts';
import {Streams} from './streams.ts';
import {Windows} from './windows.ts';

/** leaving: a fault ended the connection. off: everything passes. */
type Mode = 'following' | 'leaving' | 'off';

export class Http2Interceptor {
  readonly #host: InterceptorHost;
  readonly #client: Peer;
  readonly #target: Peer;
  readonly #windows: Windows;
  readonly #settings: ConnectionSettings;
  readonly #streams: Streams;
  #mode: Mode = 'following';
  #prefaceBytes = 0;
  #isTargetGone = false;
  /** Whether the target is not read, as too much of what it said is held back. */
  #isTargetPaused = false;
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
      heldBytes: () => this.#streams.heldBytes(),
      hasRoom: () => this.#streams.pump(),
    });
    this.#settings = new ConnectionSettings({
      connection: host.connection,
      rules: host.rules,
      toClient: data => (this.#client.isOpen ? this.#client.send(data) : this.#client.open(data)),
      acted: host.acted,
    });
    this.#streams = new Streams({
      ...host,
      client: this.#client,
      target: this.#target,
      windows: this.#windows,
      settings: this.#settings,
      leave: () => this.#leave(),
      streamOver: () => this.#streamOver(),
      isOwnAddress: address => isOwnAddress(client, address),
      contain: act => this.#run(act),
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
      this.#streams.release(toxic);
    });
  }

  /** What throws here is the toxic that has the request. */
  readonly #contain = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      this.#host.failed(error, this.#streams.current);
    }
  };

  #run(act: () => void): void {
    this.#contain(() => {
      act();
      if (this.#mode === 'off') return;
      this.#windows.settle();
      this.#target.flush();
      this.#client.flush();
      if (!this.#isTargetPaused || this.#windows.isFull) return;
      this.#isTargetPaused = false;
      this.#host.down.wake();
    });
  }

  #takeUp(said: Buffer): void {
    const isRead = this.#readSaid(said);
    // The rest of a frame whose beginning has passed could not be changed any more.
    if (this.#target.reader.take().length > 0 || !isRead) this.#turnOff();
  }

  /** Returns whether it was what a target says at once, and nothing else. */
  #readSaid(said: Buffer): boolean {
    try {
      for (const frame of this.#target.reader.read(said)) {
        if (!saidAtOnce.includes(frame.type)) return false;
        this.#client.open(nothing);
        if (frame.type !== frameTypes.settings) continue;
        this.#settings.passedBefore(frame);
        this.#noteTargetSettings(frame);
      }
      return true;
    } catch (error) {
      if (error instanceof FrameError) return false;
      throw error;
    }
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
      if (this.#mode === 'leaving' || this.#isTargetGone) this.#host.cut();
      else this.#endTarget();
    },
  });

  readonly #fromTarget: Receiver = receiver(act => this.#run(act), {
    isFull: () => {
      this.#isTargetPaused = this.#mode === 'following' && this.#windows.isFull;
      return this.#isTargetPaused;
    },
    push: data => {
      chunkRead(data.length);
      if (this.#mode !== 'following') return;
      this.#read(this.#target, data, frame => this.#takeFromTarget(frame));
    },
    end: () => {
      if (this.#mode === 'leaving') return;
      this.#isTargetGone = true;
      this.#target.gone();
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
    switch (frame.type) {
      case frameTypes.headers:
        this.#streams.takeRequestFields(frame, this.#client.decoder.decode(frame.block));
        break;
      case frameTypes.data:
        this.#streams.takeRequestData(frame);
        break;
      case frameTypes.resetStream:
        this.#streams.takeClientReset(frame);
        break;
      case frameTypes.windowUpdate:
        this.#streams.takeClientGrant(frame, firstNumber(frame));
        break;
      case frameTypes.settings:
        if (isAck(frame)) {
          if (this.#settings.acknowledged()) this.#target.send(frame.raw);
        } else {
          this.#streams.noteClientSettings(frame);
          this.#target.reader.allow(frameBytesOf(readSettings(frame)));
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

  #takeFromTarget(frame: Frame): void {
    const {stream: id} = frame;
    if (frame.type !== frameTypes.settings && !this.#client.isOpen) this.#client.open(nothing);
    switch (frame.type) {
      case frameTypes.headers:
        this.#streams.takeResponseFields(frame, this.#target.decoder.decode(frame.block));
        break;
      case frameTypes.pushPromise: {
        const fields = this.#target.decoder.decode(frame.block);
        this.#windows.pass({...frame, raw: this.#client.block(frame, fields, false)}, 0);
        break;
      }
      case frameTypes.data:
        this.#streams.takeResponseData(frame);
        break;
      case frameTypes.resetStream:
        this.#streams.takeTargetReset(frame, firstNumber(frame));
        break;
      case frameTypes.windowUpdate:
        if (!this.#streams.hasEnded(id) && this.#settings.grants(id, firstNumber(frame)))
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
    const bytes = frameBytesOf(readSettings(frame));
    this.#target.frameBytes = bytes ?? this.#target.frameBytes;
    this.#client.reader.allow(bytes);
  }

  /** After a GOAWAY the last one ends the connection, and so it does once the target has gone. */
  #streamOver(): void {
    if (this.#isTargetGone) this.#endClient();
    if (this.#streams.areServed) this.#leave();
  }

  #endClient(): void {
    if (this.#streams.areWaiting) return;
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
    this.#streams.kill();
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
    const hasChanged =
      this.#streams.haveEnded ||
      this.#settings.hasChanged ||
      this.#client.isWritten ||
      this.#target.isWritten;
    if (hasChanged) {
      this.#client.send(goAwayFrame(this.#streams.last, errorCodes.PROTOCOL_ERROR, ''));
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

  readonly #kill = (): void => {
    this.#mode = 'off';
    this.#streams.kill();
    clearTimeout(this.#lingering);
  };
}

const nothing = Buffer.alloc(0);

/** Some open the window of the connection as soon as they accept it. What they grant so has passed. */
const saidAtOnce: readonly number[] = [frameTypes.settings, frameTypes.windowUpdate, frameTypes.ping];
