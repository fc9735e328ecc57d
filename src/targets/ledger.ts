// The target's book: attempts and effects per operation, a byte each; arrivals and work over time.
import type {LedgerObservation} from '../model/event.ts';
import {AttemptLog} from './attempt-log.ts';
import {Serving} from './serving.ts';

const binMs = 500;
/** A forged id beyond this must not cost gigabytes: at 10,000 operations a second it is a soak of almost four hours. */
const mostOperations = 2 ** 27;

/** The index at the end of an operation id `<trialId>-<index>`, or null where it is not of this trial. */
const indexOf = (trialId: string, operationId: string): number | null => {
  if (!operationId.startsWith(`${trialId}-`)) return null;
  const digits = operationId.slice(trialId.length + 1);
  if (!/^\d{1,10}$/.test(digits)) return null;
  const index = Number(digits);
  return index < mostOperations ? index : null;
};

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** Counters that grow with the highest index; 255 stands for 255 or more. */
class ByteCounters {
  #bytes = new Uint8Array(4096);
  #length = 0;

  add(index: number): void {
    if (index >= this.#bytes.length) {
      const grown = new Uint8Array(Math.max(index + 1, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#length = Math.max(this.#length, index + 1);
    if (this.#bytes[index]! < 255) this.#bytes[index]!++;
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

  attempt(operationId: string): void {
    const index = indexOf(this.#trialId, operationId);
    if (index === null) {
      this.#unattributedCount++;
      return;
    }
    const atMs = this.#atMs();
    this.#attempts.add(index);
    this.#log.add(index, atMs);
    this.#serving.begin(atMs);
    const bin = Math.floor(atMs / binMs);
    this.#attemptsByBin[bin] = (this.#attemptsByBin[bin] ?? 0) + 1;
  }

  /** The target is done with an attempt, whether or not its answer arrives. */
  answered(operationId: string): void {
    if (indexOf(this.#trialId, operationId) !== null) this.#serving.end(this.#atMs());
  }

  effect(operationId: string): void {
    const index = indexOf(this.#trialId, operationId);
    if (index !== null) this.#effects.add(index);
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
