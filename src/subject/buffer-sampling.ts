// Which code allocates Buffers: V8's heap profiler does not see the memory behind them, which is outside of its heap.
// So the functions that make them are wrapped, and one allocation in so many bytes is sampled, as V8 does it for
// objects.
import {Buffer} from 'node:buffer';
import * as util from 'node:util';
import type {BufferStack, CallFrame} from '../model/profile-part.ts';

/** As V8's sampling heap profiler: a sample for each 512 KiB on average. */
export const samplingIntervalBytes = 512 * 1024;

/** A sample costs 30 µs. When there are more than so many between two calls of `tidy`, the next ones are further apart. */
const samplesWanted = 50;

const framesKept = 24;

/**
 * Beyond so many different stacks the rest is not counted: code that is generated again and again must not fill the
 * memory.
 */
const stacksKept = 1000;

type Sample = {readonly memory: WeakRef<ArrayBufferLike>; readonly bytes: number};

class Stack {
  readonly frames: readonly CallFrame[];
  samples: Sample[] = [];
  allocatedBytes = 0;
  sampleCount = 0;

  constructor(frames: readonly CallFrame[]) {
    this.frames = frames;
  }

  add(memory: ArrayBufferLike, bytes: number): void {
    this.samples.push({memory: new WeakRef(memory), bytes});
    this.allocatedBytes += bytes;
    this.sampleCount++;
  }

  forgetDead(): void {
    this.samples = this.samples.filter(({memory}) => memory.deref() !== undefined);
  }

  get liveBytes(): number {
    return this.samples.reduce((sum, {bytes}) => sum + bytes, 0);
  }
}

/** Bytes to the next sample: exponentially distributed, so that no regular pattern of sizes escapes. */
const nextGap = (intervalBytes: number): number => -Math.log(1 - Math.random()) * intervalBytes;

/** How many bytes a sampled allocation stands for: large ones are nearly always sampled, and small ones seldom. */
const weight = (bytes: number, intervalBytes: number): number => bytes / -Math.expm1(-bytes / intervalBytes);

const names = ['alloc', 'allocUnsafe', 'allocUnsafeSlow', 'from'] as const;

type Maker = (...args: unknown[]) => Buffer;

export class BufferSampling {
  readonly #stacks = new Map<string, Stack>();
  /** Stacks share their frames, so that a thousand of them take no more than half a megabyte. */
  readonly #frames = new Map<string, CallFrame>();
  #intervalBytes = samplingIntervalBytes;
  #gap = nextGap(samplingIntervalBytes);
  #recentCount = 0;

  /** For the life of the process: other code may have kept the wrapped functions. */
  install(): void {
    const made = (buffer: Buffer): void => {
      this.#gap -= buffer.length;
      if (this.#gap <= 0) this.#sample(buffer);
    };
    const makers = Buffer as unknown as Record<string, Maker>;
    for (const name of names) {
      const original = makers[name]!;
      // profiles/owner knows it by this name.
      const bufferWrapper: Maker =
        name === 'from'
          ? (source, offset, length) => {
              const buffer = original(source, offset, length);
              // A view of existing memory is no new memory.
              if (!(source instanceof ArrayBuffer || source instanceof SharedArrayBuffer)) made(buffer);
              return buffer;
            }
          : (size, fill, encoding) => {
              const buffer = original(size, fill, encoding);
              made(buffer);
              return buffer;
            };
      Object.defineProperty(bufferWrapper, 'name', {value: original.name});
      Object.defineProperty(bufferWrapper, 'length', {value: original.length});
      Object.defineProperty(Buffer, name, {value: bufferWrapper});
    }
  }

  /** Drops dead samples, and adjusts the sampling to its budget; to be called a few times a second. */
  tidy(): void {
    this.#forgetDead();
    if (this.#recentCount > samplesWanted) this.#intervalBytes *= 2;
    else if (this.#recentCount < samplesWanted / 4) {
      this.#intervalBytes = Math.max(samplingIntervalBytes, this.#intervalBytes / 2);
    }
    this.#recentCount = 0;
  }

  stacks(): BufferStack[] {
    this.#forgetDead();
    return [...this.#stacks.values()].map(({frames, liveBytes, allocatedBytes, sampleCount}) => ({
      frames,
      liveBytes,
      allocatedBytes,
      sampleCount,
    }));
  }

  #forgetDead(): void {
    for (const stack of this.#stacks.values()) stack.forgetDead();
  }

  #sample(buffer: Buffer): void {
    this.#gap = nextGap(this.#intervalBytes);
    this.#recentCount++;
    // Without the two frames of this module and the wrapper's, which a reader would blame.
    const sites = util.getCallSites(framesKept + 3).slice(3);
    const places = sites.map(
      ({scriptId, lineNumber, columnNumber}) => `${scriptId}:${lineNumber}:${columnNumber}`,
    );
    const key = places.join();
    let stack = this.#stacks.get(key);
    if (!stack) {
      if (this.#stacks.size >= stacksKept) return;
      stack = new Stack(sites.map((site, index) => this.#frame(places[index]!, site)));
      this.#stacks.set(key, stack);
    }
    stack.add(buffer.buffer, weight(buffer.length, this.#intervalBytes));
  }

  #frame(place: string, site: util.CallSiteObject): CallFrame {
    const known = this.#frames.get(place);
    if (known) return known;
    const frame = {
      functionName: site.functionName,
      scriptId: site.scriptId,
      url: site.scriptName,
      lineNumber: site.lineNumber - 1,
      columnNumber: site.columnNumber - 1,
    };
    this.#frames.set(place, frame);
    return frame;
  }
}
