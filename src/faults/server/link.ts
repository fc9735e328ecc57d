// One direction of a connection: reads from one socket, passes chunks through the active toxics in the order in which they
// were added, and writes to the other socket. While the writer is behind, it does not read.

import type {Socket} from 'node:net';
import type {StreamDirection} from '../../model/proxy-witness.ts';
import type {LinkEnds, LinkHost, LinkToxic} from './link-host.ts';
import {createRandom} from './random.ts';
import {SocketWriter} from './socket-writer.ts';
import {type Chunk, type Ending, type Receiver, Stage, type StageHost} from './stage.ts';
import type {Toxic} from './toxic.ts';

/** Toxiproxy reads 32 KiB at a time, and its toxics act on each chunk. */
const chunkBytes = 32 * 1024;

export class Link implements Receiver {
  readonly direction: StreamDirection;
  receivedBytes = 0;
  sentBytes = 0;
  /** Gets what the source sends, in place of the stages; it passes it on by `accept` and `acceptEnd`. */
  entry: Receiver | null = null;
  /** Gets what the stages send, in place of the destination; it passes it on by `send` and `finish`. */
  exit: Receiver | null = null;
  readonly #host: LinkHost;
  readonly #source: Socket;
  readonly #outlet: SocketWriter;
  readonly #entries: LinkToxic[] = [];
  /** How often each toxic has started here; kept when it is removed, so that its next start decides anew. */
  readonly #starts = new Map<string, number>();
  /** The active stages in order. None: chunks go straight from socket to socket. */
  #stages: readonly Stage[] = [];
  #hasSourceEnded = false;
  #hasInputEnded = false;
  #isDone = false;
  #ending: Ending = 'close';

  constructor(host: LinkHost, direction: StreamDirection, {source, destination, reader}: LinkEnds) {
    this.#host = host;
    this.direction = direction;
    this.#source = source;
    this.#outlet = new SocketWriter(destination, host.reset);
    if (reader === undefined) source.on('data', this.#onOwnData);
    else reader.receive = this.#onData;
    source.on('end', this.#onFin);
    source.on('close', this.#onSourceClose);
    if (host.passesEnds) this.#ending = 'half-close';
    destination.on('drain', this.wake);
    destination.on('close', this.kill);
  }

  /** Toxics that act elsewhere, such as on accept, have no place here. */
  add(toxic: Toxic): void {
    const {run} = toxic.type;
    if (run === null) return;
    const hasCome = toxic.moment === null;
    const watch = null;
    const entry: LinkToxic = {
      toxic,
      run,
      candidate: 'not-offered',
      stage: null,
      isActive: false,
      hasCome,
      watch,
    };
    // Exchanges are counted at the source: what acts at one of them comes before all that holds data back.
    const place = hasCome
      ? this.#entries.length
      : this.#entries.findIndex(other => other.toxic.moment === null);
    this.#entries.splice(place < 0 ? this.#entries.length : place, 0, entry);
    this.#await(entry);
  }

  /** Restarts the toxic with its new attributes. */
  update(toxic: Toxic): void {
    const entry = this.#entries.find(entry => entry.toxic === toxic);
    if (entry?.isActive === true) entry.stage?.interrupt();
    if (entry !== undefined) this.#await(entry);
  }

  /** Removes the toxic. What it holds goes on at once, ahead of all that follows. */
  remove(toxic: Toxic): void {
    this.suspend(toxic);
    const index = this.#entries.findIndex(entry => entry.toxic === toxic && !outlives(entry));
    if (index >= 0) this.#entries.splice(index, 1);
  }

  /** Stops the toxic here, as if it were removed, and keeps its place in the order. */
  suspend(toxic: Toxic): void {
    const entry = this.#entries.find(entry => entry.toxic === toxic);
    if (entry !== undefined) this.#forgetMoment(entry);
    if (entry?.isActive !== true || outlives(entry)) return;
    entry.isActive = false;
    entry.stage?.interrupt();
    if (entry.stage?.closesOnRemoval === true) entry.stage.close();
    entry.stage?.flush();
    this.#relink();
  }

  /** Drops everything that is still on its way, and all timers. */
  readonly kill = (): void => {
    if (!this.#isDone) this.#source.pause();
    this.#stop();
  };

  /** Keeps reading and drops what comes, so that the source does not learn that its destination is gone. */
  drain(): void {
    this.#stop();
    this.#source.resume();
  }

  // The link is itself the last receiver: the destination socket.

  get isFull(): boolean {
    return this.#outlet.isFull || this.exit?.isFull === true;
  }

  push(chunk: Chunk): void {
    if (this.#isDone) return;
    if (this.exit === null) this.send(chunk.data);
    else this.exit.push(chunk);
  }

  end(): void {
    if (this.#isDone) return;
    if (this.exit === null) this.finish();
    else this.exit.end();
  }

  /** Writes to the destination. */
  send(data: Buffer): void {
    this.#outlet.sentMs = performance.now();
    this.#write(data);
  }

  #write(data: Buffer): void {
    if (this.#isDone) return;
    this.sentBytes += data.length;
    this.#host.forwarded(this.direction, data.length);
    this.#outlet.write(data);
  }

  /** Ends the destination. There is no half-close, unless a toxic or the proxy asks for one. */
  finish(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (this.#ending === 'half-close') this.#source.resume();
    else this.#source.pause();
    this.#outlet.end(this.#ending);
  }

  #stop(): void {
    this.#isDone = true;
    this.#outlet.cancel();
    for (const stage of this.#stages) stage.kill();
  }

  /** Returns whether the data's memory is still needed. */
  readonly #onData = (data: Buffer): boolean => {
    if (this.#isDone) return false;
    return this.#host.exchanges.calm === this.direction ? this.#takePart(data) : this.#takeByExchange(data);
  };

  /** At its moment a toxic may end the connection: what is left of the data is then dropped. */
  #takeByExchange(data: Buffer): boolean {
    const {exchanges} = this.#host;
    const partBytes = exchanges.arrived(this, data);
    let isKept = false;
    if (partBytes > 0) {
      isKept = this.#takePart(data.subarray(0, partBytes));
      exchanges.partPassed();
    }
    const isRestKept = this.#takePart(partBytes > 0 ? data.subarray(partBytes) : data);
    exchanges.passed();
    return isKept || isRestKept;
  }

  #takePart(data: Buffer): boolean {
    if (this.#isDone || data.length === 0) return false;
    const isKept = this.#take(data);
    this.receivedBytes += data.length;
    return isKept;
  }

  /** Returns whether the data's memory is still needed. */
  #take(data: Buffer): boolean {
    if (this.entry === null && this.#stages.length === 0 && this.exit === null) {
      this.#write(data);
      if (this.#outlet.isFull) this.#source.pause();
      return this.#outlet.isBehind;
    }
    if (this.entry === null) {
      this.accept(data);
    } else {
      this.entry.push({data, timestampMs: performance.now()});
      if (this.entry?.isFull === true) this.#source.pause();
    }
    return true;
  }

  /** Node allocated memory of its own for it. */
  readonly #onOwnData = (data: Buffer): void => {
    if (!this.#onData(data)) releaseBuffer(data);
  };

  /** Lets data go through the stages to the destination, and stops reading while that is full. */
  accept(data: Buffer): void {
    if (this.#isDone) return;
    const first = this.#stages[0] ?? this;
    const timestampMs = performance.now();
    for (let start = 0; start < data.length; start += chunkBytes) {
      first.push({data: data.subarray(start, start + chunkBytes), timestampMs});
    }
    if (first.isFull) this.#source.pause();
  }

  readonly #onFin = (): void => {
    if (!this.#isDone) this.#host.exchanges.ended(this.direction);
    this.#onSourceEnd();
  };

  readonly #onSourceEnd = (): void => {
    if (this.#hasSourceEnded) return;
    this.#hasSourceEnded = true;
    if (this.entry === null) this.acceptEnd();
    else this.entry.end();
  };

  /** Where ends are passed on, one that had sent its FIN before may be gone now, too. */
  readonly #onSourceClose = (hadError: boolean): void => {
    const {passesEnds} = this.#host;
    const hadEnded = this.#hasSourceEnded;
    if (passesEnds && hadError) {
      this.#ending = 'reset';
      this.#outlet.sentMs = performance.now();
    }
    this.#onSourceEnd();
    if (!passesEnds || !hadEnded || !this.#isDone) return;
    if (hadError) this.#outlet.end('reset');
    else this.#outlet.close();
  };

  /** Ends the destination in this way once all that was accepted has been passed on. */
  acceptEnd(ending?: Ending): void {
    if (this.#hasInputEnded) return;
    this.#hasInputEnded = true;
    const isHalfClosed = this.#isDone && this.#ending === 'half-close';
    // A reset that is on its way stays one.
    if (this.#ending !== 'reset') this.#ending = ending ?? this.#ending;
    if (isHalfClosed) this.#outlet.close();
    else (this.#stages[0] ?? this).end();
  }

  /** Called when there is room at the end of the link. */
  readonly wake = (): void => {
    this.#stages.at(-1)?.roomBehind();
    if (!(this.#stages[0] ?? this).isFull) this.#resume();
  };

  #resume(): void {
    if (!this.#isDone && this.entry?.isFull !== true) this.#source.resume();
  }

  /** Starts the toxic, now or when its moment comes; never, where that is past. */
  #await(entry: LinkToxic): void {
    const {toxic, hasCome, watch} = entry;
    if (hasCome || toxic.moment === null) this.#start(entry);
    if (hasCome || toxic.moment === null || watch !== null || this.#isDone || !toxic.isInForce) return;
    entry.watch = this.#host.exchanges.watch(toxic.moment, () => {
      entry.hasCome = true;
      this.#start(entry);
    });
  }

  #forgetMoment(entry: LinkToxic): void {
    entry.watch?.cancel();
    entry.watch = null;
    entry.hasCome = entry.toxic.moment === null;
  }

  /** Rolls the toxic's dice and starts it, or takes it out of the way. */
  #start(entry: LinkToxic): void {
    const {toxic} = entry;
    if (this.#isDone || !toxic.isInForce) return;
    if (entry.candidate === 'not-offered') entry.candidate = toxic.selection.offer();
    const starts = this.#starts.get(toxic.name) ?? 0;
    this.#starts.set(toxic.name, starts + 1);
    const random = createRandom([...this.#host.seedParts, this.direction, toxic.name, starts]);
    const decision = toxic.selection.decide(entry.candidate, random, toxic.toxicity);
    if (decision !== null) this.#host.decided(toxic, decision);
    const isActive = decision === true;
    if (entry.isActive && !isActive) entry.stage?.flush();
    entry.isActive = isActive;
    if (isActive) entry.stage ??= this.#createStage(toxic);
    this.#relink();
    if (!isActive) return;
    entry.stage?.start({run: stage => entry.run(stage, toxic.attributes, toxic.shared), random});
  }

  #createStage(toxic: Toxic): Stage {
    const {closedEarly, endedAtMoment, silenceOther, reset, acted, sever, failed} = this.#host;
    const host: StageHost = {
      wantsInput: this.#feed,
      closing: (ending, isEarly) => {
        // Once the stream has ended by itself, a FIN for one direction is too late: the connection is closed.
        if (isEarly || ending === 'reset') this.#ending = ending;
        if (!isEarly) return;
        this.#source.pause();
        closedEarly();
        if (toxic.moment !== null) endedAtMoment(this.direction, ending);
      },
      acted: () => acted(toxic),
      silenceOther: () => silenceOther(this.direction, () => acted(toxic)),
      reset,
      sever: () => sever(this.direction),
      failed: error => failed(toxic, error),
    };
    return new Stage(host, this, toxic.type.queuedChunks);
  }

  /** A stage has room: wakes the stage before it, or reads on. */
  readonly #feed = (stage: Stage): void => {
    const index = this.#stages.indexOf(stage);
    if (index > 0) this.#stages[index - 1]?.roomBehind();
    else if (index === 0) this.#resume();
  };

  /** Connects the active stages, passes to a new one the end of input that came before it, and lets data flow again. */
  #relink(): void {
    const stages = this.#entries.flatMap(({stage, isActive}) => (isActive && stage ? [stage] : []));
    this.#stages = stages;
    for (const [index, stage] of stages.entries()) stage.next = stages[index + 1] ?? this;
    if (this.#isDone) return;
    if (this.#hasInputEnded) (stages[0] ?? this).end();
    for (const stage of stages) stage.roomBehind();
    if (!(stages[0] ?? this).isFull) this.#resume();
  }
}

/** It has dropped bytes here, and goes on with it. */
const outlives = ({isActive, stage}: LinkToxic): boolean => isActive && stage?.outlivesRemoval === true;

/** Smaller chunks are collected by V8 soon enough. */
const worthBytes = 8 * 1024;

/** The data must not be used any more, nor anything that shares its memory. */
export const releaseBuffer = (data: Buffer): void => {
  const {buffer, byteLength} = data;
  if (byteLength < worthBytes) return;
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffer.transfer(0);
};
