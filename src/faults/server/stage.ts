// One active toxic on one direction of one connection. The toxic is a generator that reads, waits and writes as if it
// could block; the stage runs it, queues what it has not read yet, and can interrupt it at any time without losing a byte.

import {Alarm} from './alarm.ts';
import type {Random} from './random.ts';

export type Chunk = {
  readonly data: Buffer;
  /** When it was read, plus the delays it has had since, on the clock of `performance.now()`. */
  readonly timestampMs: number;
};

/** What takes chunks: the next stage, or the socket at the end. */
export type Receiver = {
  /** Accepts no more for now. What comes all the same is kept. */
  readonly isFull: boolean;
  push(chunk: Chunk): void;
  /** No chunk follows. */
  end(): void;
};

/**
 * How a direction ends: the connection is closed; or only its destination gets a FIN, while the other direction goes
 * on; or both sides are reset once the destination has what was sent.
 */
export type Ending = 'close' | 'half-close' | 'reset';

/** What a toxic waits for. A toxic does not yield these itself: it calls the stage's methods with `yield*`. */
export type Wait = 'input' | 'output' | 'time';
export type Steps = Generator<Wait, void, void>;

/** What a stage needs of the connection around it. */
export type StageHost = {
  /** Called when the stage has room again. */
  readonly wantsInput: (stage: Stage) => void;
  /** Called when the stage ends the stream. `isEarly`: before its input has ended. */
  readonly closing: (ending: Ending, isEarly: boolean) => void;
  /** Counts one action of the toxic. */
  readonly acted: () => void;
  /** Drops what comes in the other direction, and counts that as the toxic's action. */
  readonly silenceOther: () => void;
  /** Resets both sockets. */
  readonly reset: () => void;
  /** Closes the socket from which this direction comes, without telling the other side. */
  readonly sever: () => void;
  /** The toxic threw that, and cannot go on. */
  readonly failed: (error: unknown) => void;
};

export type StageStart = {
  readonly run: (stage: Stage) => Steps;
  readonly random: Random;
};

export class Stage implements Receiver {
  next: Receiver;
  /** When the chunk that was read last came to this stage, on the clock of `performance.now()`. */
  arrivedMs = 0;
  /** Bytes that it let through on this connection, over all its restarts. */
  writtenBytes = 0;
  /** Set by a toxic that has dropped bytes: removing it then closes the connection. */
  closesOnRemoval = false;
  /** Set by a toxic that has dropped bytes, and goes on with it when it is removed. */
  outlivesRemoval = false;
  readonly #host: StageHost;
  readonly #queuedChunks: number;
  readonly #queue: {readonly chunk: Chunk; readonly arrivedMs: number}[] = [];
  readonly #alarm = new Alarm(() => this.#step());
  #random: Random = () => 0;
  #steps: Steps | null = null;
  #waitsFor: Wait | null = null;
  #isStepping = false;
  #isInterrupted = false;
  #hasInputEnded = false;
  #isClosed = false;

  constructor(host: StageHost, next: Receiver, queuedChunks: number) {
    this.#host = host;
    this.next = next;
    this.#queuedChunks = queuedChunks;
  }

  // What a toxic uses

  /** The next chunk, or null once the input has ended. */
  *read(): Generator<Wait, Chunk | null, void> {
    while (this.#queue.length === 0 && !this.#hasInputEnded) yield 'input';
    // An interrupted toxic gets nothing more: what is queued belongs to the next one.
    while (this.#isInterrupted) yield 'input';
    const wasFull = this.isFull;
    const next = this.#queue.shift();
    if (wasFull && !this.isFull) this.#host.wantsInput(this);
    this.arrivedMs = next?.arrivedMs ?? performance.now();
    return next?.chunk ?? null;
  }

  /** The next chunk, null once the input has ended, or 'late' when neither came before the deadline. */
  *readBefore(deadlineMs: number): Generator<Wait, Chunk | null | 'late', void> {
    this.#alarm.set(deadlineMs);
    while (this.#queue.length === 0 && !this.#hasInputEnded) {
      if (performance.now() >= deadlineMs) return 'late';
      yield 'input';
    }
    this.#alarm.clear();
    return yield* this.read();
  }

  /** Waits for a chunk to read. False when none came before the deadline, the input has ended, or the toxic was interrupted. */
  *comesBefore(deadlineMs: number): Generator<Wait, boolean, void> {
    this.#alarm.set(deadlineMs);
    while (this.#queue.length === 0 && !this.#hasInputEnded && !this.#isInterrupted) {
      if (performance.now() >= deadlineMs) return false;
      yield 'input';
    }
    this.#alarm.clear();
    return this.#queue.length > 0 && !this.#isInterrupted;
  }

  /** Waits until `performance.now()` reaches the deadline. False if the toxic was interrupted before. */
  *sleepUntil(deadlineMs: number): Generator<Wait, boolean, void> {
    while (performance.now() < deadlineMs) {
      if (this.#isInterrupted) return false;
      this.#alarm.set(deadlineMs);
      yield 'time';
    }
    return true;
  }

  /** Passes a chunk on once there is room for it; at once when the toxic is interrupted. Returns whether it had to wait. */
  *write(chunk: Chunk): Generator<Wait, boolean, void> {
    const hasToWait = this.next.isFull && !this.#isInterrupted;
    while (this.next.isFull && !this.#isInterrupted) yield 'output';
    this.writtenBytes += chunk.data.length;
    this.next.push(chunk);
    return hasToWait;
  }

  /** Ends the stream here and drops what follows. Returning from the generator does the same. */
  close(ending: Ending = 'close'): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue.length = 0;
    this.#alarm.clear();
    this.#host.closing(ending, !this.#hasInputEnded);
    this.next.end();
  }

  /** Resets both sides of the connection. */
  reset(): void {
    this.#isClosed = true;
    this.#host.reset();
  }

  /** Closes the side from which data comes here. The other side is not told: no end follows. */
  sever(): void {
    this.#host.sever();
  }

  /** Drops what comes in the other direction from now on. */
  silenceOther(): void {
    this.#host.silenceOther();
  }

  /** Tells the witness that the toxic really did something just now. */
  acted(): void {
    this.#host.acted();
  }

  /** The next number of this toxic on this connection, uniform in [0, 1), the same for the same seed. */
  random(): number {
    return this.#random();
  }

  // What the link uses

  get isFull(): boolean {
    return this.#queue.length >= this.#queuedChunks;
  }

  push(chunk: Chunk): void {
    if (this.#hasInputEnded || this.#isClosed) return;
    this.#queue.push({chunk, arrivedMs: performance.now()});
    if (this.#waitsFor === 'input') this.#step();
  }

  end(): void {
    if (this.#hasInputEnded) return;
    this.#hasInputEnded = true;
    if (this.#waitsFor === 'input') this.#step();
  }

  start({run, random}: StageStart): void {
    if (this.#isClosed) return;
    this.#random = random;
    this.#steps = this.#contain(() => run(this));
    this.#step();
  }

  /** Called when the receiver behind has room again. */
  roomBehind(): void {
    if (this.#waitsFor === 'output') this.#step();
  }

  /** Stops the toxic. What it holds goes on at once; what it has not read stays queued. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#step();
    this.#isInterrupted = false;
    this.#alarm.clear();
  }

  /** After an interrupt: passes on all that is left, the end included. */
  flush(): void {
    if (this.#isClosed) return;
    for (const {chunk} of this.#queue.splice(0)) this.next.push(chunk);
    if (this.#hasInputEnded) this.close();
  }

  /** Drops everything and stops all timers. */
  kill(): void {
    this.#isClosed = true;
    this.#steps = null;
    this.#waitsFor = null;
    this.#queue.length = 0;
    this.#alarm.clear();
  }

  /** Runs the toxic until it has to wait. */
  #step(): void {
    // The toxic may get here from within itself, through the stage behind it; it looks again before it waits.
    if (this.#isStepping || this.#steps === null) return;
    const steps = this.#steps;
    this.#isStepping = true;
    this.#waitsFor = null;
    const {done, value} = this.#contain(() => steps.next()) ?? {done: true, value: undefined};
    this.#isStepping = false;
    if (this.#isClosed) {
      this.kill();
    } else if (done === true) {
      this.#steps = null;
      if (!this.#isInterrupted) this.close();
    } else if (this.#isInterrupted) {
      this.#steps = null;
      steps.return();
    } else {
      this.#waitsFor = value;
    }
  }

  /** A toxic that throws is done, and so is its connection; the injector and the other connections go on. */
  #contain<T>(act: () => T): T | null {
    try {
      return act();
    } catch (error) {
      this.#isClosed = true;
      this.#host.failed(error);
      return null;
    }
  }
}
