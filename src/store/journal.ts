// The journal of a trial: everything that was reported of it, one JSON object a line, as it came.
import {once} from 'node:events';
import {createReadStream, createWriteStream, type WriteStream} from 'node:fs';
import type {TrialEvent} from '../model/event.ts';

const chunkBytes = 1024 * 1024;

/**
 * The lines of a journal, one by one: that of a day's run does not fit into one string. What follows the last line
 * feed was cut off, and is left out. Not node:readline, which also breaks lines at U+2028: JSON leaves that in its
 * texts.
 */
export async function* wholeLines(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, {encoding: 'utf8', highWaterMark: chunkBytes})) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

export class Journal {
  readonly #stream: WriteStream;
  readonly #failing = new AbortController();
  #failure: Error | null = null;

  constructor(file: string) {
    this.#stream = createWriteStream(file, {flags: 'wx'});
    this.#stream.on('error', error => {
      this.#failure = error;
      this.#failing.abort(error);
    });
  }

  /** Aborted as soon as the disk refuses to write: what comes after that is not saved. */
  get failed(): AbortSignal {
    return this.#failing.signal;
  }

  add(event: TrialEvent): void {
    if (!this.#failure) this.#stream.write(`${JSON.stringify(event)}\n`);
  }

  /** @throws the first error of the disk */
  async close(): Promise<void> {
    if (!this.#failure) {
      this.#stream.end();
      // Rejects when an error comes instead.
      await once(this.#stream, 'close');
    }
    if (this.#failure) throw this.#failure;
  }
}
