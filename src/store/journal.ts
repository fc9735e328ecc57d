// The journal of a trial: everything that was said of it, one JSON object a line, as it came.
import {once} from 'node:events';
import {createWriteStream, type WriteStream} from 'node:fs';
import type {TrialEvent} from '../model/event.ts';

export class Journal {
  readonly #stream: WriteStream;
  #failure: Error | null = null;

  constructor(file: string) {
    this.#stream = createWriteStream(file, {flags: 'wx'});
    this.#stream.on('error', error => {
      this.#failure = error;
    });
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
