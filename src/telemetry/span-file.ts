// The normalised spans of a trial on disk, one JSON object a line. A disk that fails costs the file, never the process.
import {createWriteStream, type WriteStream} from 'node:fs';
import type {Span} from '../model/telemetry.ts';

const spanLimit = 200_000;
const bufferedBytes = 8 * 1024 * 1024;

export class SpanFile {
  readonly #stream: WriteStream;
  #takenCount = 0;
  #failure: string | null = null;
  #surplusCount = 0;
  #lostCount = 0;

  constructor(path: string) {
    this.#stream = createWriteStream(path, {flags: 'a', highWaterMark: bufferedBytes});
    this.#stream.on('error', error => {
      this.#failure = error.message;
    });
  }

  /** Resolves when there is room for more, so that a slow disk slows the senders down instead of filling the memory. */
  async append(spans: readonly Span[]): Promise<void> {
    const taken = spans.slice(0, Math.max(0, spanLimit - this.#takenCount));
    this.#takenCount += taken.length;
    this.#surplusCount += spans.length - taken.length;
    if (taken.length === 0) return;
    if (this.#failure !== null) {
      this.#lostCount += taken.length;
      return;
    }
    const lines = taken.map(span => `${JSON.stringify(span)}\n`).join('');
    await new Promise<void>(resolve => {
      // The callback comes in any case: with an error too, and after the stream has ended by itself.
      const hasRoom = this.#stream.write(lines, error => {
        if (error != null) this.#lostCount += taken.length;
        resolve();
      });
      if (hasRoom) resolve();
    });
  }

  /** Resolves when everything is on disk, or cannot be. Says how many spans are not, by reason. */
  async close(): Promise<{readonly [reason: string]: number}> {
    if (!this.#stream.closed) {
      await new Promise<void>(resolve => {
        this.#stream.once('close', resolve);
        this.#stream.end();
      });
    }
    return {
      ...(this.#surplusCount > 0 && {[`span not written: more than ${spanLimit}`]: this.#surplusCount}),
      ...(this.#failure !== null && {[`span not written: ${this.#failure}`]: this.#lostCount}),
    };
  }
}
