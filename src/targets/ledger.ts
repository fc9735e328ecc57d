// The target's ledger: attempts and effects per operation, a byte each; arrivals and work over time.

import {MessageCounts} from '../model/message-counts.ts';
import {isTriedId, type MessageId, readMessageId} from '../model/message-id.ts';
import type {LedgerObservation} from '../model/target-protocol.ts';
import {AttemptLog} from './attempt-log.ts';
import {Serving} from './serving.ts';

const binMs = 500;

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** Counters that grow with the highest index; 255 stands for 255 or more. */
class ByteCounters {
  #bytes = new Uint8Array(4096);
  #length = 0;
  readonly #counts = new MessageCounts();

  add(message: MessageId): void {
    const {index} = message;
    if (index >= this.#bytes.length) {
      const grown = new Uint8Array(Math.max(index + 1, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#length = Math.max(this.#length, index + 1);
    this.#bytes[index] = this.#counts.with(message, this.#bytes[index]!);
  }

  encode(): string {
    return base64(this.#bytes.subarray(0, this.#length));
  }
}

export class Ledger {
  #trialId = '';
  #originMs = 0;
  #attempts = new ByteCounters();
  #effects = new ByteCounters();
  #attemptsByBin: number[] = [];
  readonly #log = new AttemptLog();
  readonly #serving = new Serving(binMs);
  #unattributedCount = 0;
  readonly #nowMs: () => number;

  /** @param nowMs the machine's monotonic clock */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  begin(trialId: string, originMonotonicMs: number): void {
    this.#trialId = trialId;
    this.#originMs = originMonotonicMs;
    this.#attempts = new ByteCounters();
    this.#effects = new ByteCounters();
    this.#attemptsByBin = [];
    this.#log.clear();
    this.#serving.clear();
    this.#unattributedCount = 0;
  }

  /** Attempts at a batch are counted by its first message: the others are no further attempts. */
  attempt(id: string): void {
    const message = readMessageId(this.#trialId, id);
    if (message === null) {
      if (!isTriedId(this.#trialId, id)) this.#unattributedCount++;
      return;
    }
    if (message.number > 1) return;
    const atMs = this.#atMs();
    this.#attempts.add({...message, count: 1});
    this.#log.add(message.index, atMs);
    this.#serving.begin(atMs);
    const bin = Math.floor(atMs / binMs);
    this.#attemptsByBin[bin] = (this.#attemptsByBin[bin] ?? 0) + 1;
  }

  /** The target is done with an attempt, whether or not its answer arrives. */
  answered(id: string): void {
    if (readMessageId(this.#trialId, id)?.number === 1) this.#serving.end(this.#atMs());
  }

  /** A batch counts when each of its messages has arrived. */
  effect(id: string): void {
    const message = readMessageId(this.#trialId, id);
    if (message !== null) this.#effects.add(message);
  }

  observation(): LedgerObservation {
    const servingMsByBin = this.#serving.byBin(this.#atMs());
    return {
      attempts: this.#attempts.encode(),
      effects: this.#effects.encode(),
      unattributedCount: this.#unattributedCount,
      binMs,
      attemptsByBin: Array.from(this.#attemptsByBin, count => count ?? 0),
      attemptTimes: this.#log.rows(),
      ...(servingMsByBin === null ? {} : {servingMsByBin}),
    };
  }

  #atMs(): number {
    return Math.max(0, this.#nowMs() - this.#originMs);
  }
}
