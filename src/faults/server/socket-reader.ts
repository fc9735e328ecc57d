// Reads a socket into memory that is used again and again, where Node would allocate 64 KiB for each read.

import type {OnReadOpts} from 'node:net';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

/** As much as Node reads at a time by itself. */
const readBytes = 64 * 1024;
/** A read of this size is passed on where it lies; a smaller one is copied, which costs less than allocating. */
const bulkBytes = 32 * 1024;

/** Shared by all sockets that are read in small pieces: a piece is copied out of it before the next read begins. */
const shared = Buffer.allocUnsafeSlow(readBytes);

export class SocketReader {
  /** For the socket's constructor. */
  readonly onread: OnReadOpts;
  /** Takes what was read, and returns whether it keeps the memory beyond the call. */
  receive: (data: Buffer) => boolean = () => false;
  /** This socket's own memory, while it is read in large pieces. */
  #own: Buffer | null = null;

  constructor() {
    this.onread = {
      buffer: () => this.#own ?? shared,
      callback: bytes => {
        this.#took(bytes);
        return true;
      },
    };
  }

  #took(bytes: number): void {
    const own = this.#own;
    const isBulk = bytes >= bulkBytes;
    if (own === null) {
      const data = Buffer.allocUnsafe(bytes);
      shared.copy(data, 0, 0, bytes);
      this.receive(data);
      if (isBulk) this.#own = Buffer.allocUnsafeSlow(readBytes);
      return;
    }
    const isKept = this.receive(own.subarray(0, bytes));
    if (!isBulk) this.#own = null;
    else if (isKept) this.#own = Buffer.allocUnsafeSlow(readBytes);
  }
}

// Chunks that interceptors have passed on lie outside of V8's heap, which therefore hardly grows with them and does not
// start a collection: with 100 downloads of 50 MB at once, the process took up to 260 MB. A minor collection per 16 MB
// read, which takes about a millisecond, keeps it at 160 MB without slowing it down.

const collectEachBytes = 16 * 1024 * 1024;

type Collect = (options: {readonly type: 'minor'}) => void;

let collect: Collect | null = null;
let uncollectedBytes = 0;

/** Counts bytes that were read. All connections of the process share the count, as they share the heap. */
export const chunkRead = (bytes: number): void => {
  uncollectedBytes += bytes;
  if (uncollectedBytes < collectEachBytes) return;
  uncollectedBytes = 0;
  collect ??= collector();
  collect({type: 'minor'});
};

/** V8's own function; only contexts that are made while the flag is set have it. */
const collector = (): Collect => {
  setFlagsFromString('--expose-gc');
  const collect: Collect = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return collect;
};
