// How many spans each operation has, in one byte an operation.
import {operationOfTraceId} from '../model/telemetry.ts';

/** A trace id names any index; beyond this one it is no operation of ours, and would cost memory for nothing. */
const operationLimit = 2 ** 24;

export class OperationSpans {
  readonly #tracePrefix: string;
  #counts = new Uint8Array(4096);
  #length = 0;

  constructor(tracePrefix: string) {
    this.#tracePrefix = tracePrefix;
  }

  add(traceId: string): void {
    const index = operationOfTraceId(this.#tracePrefix, traceId);
    if (index === null || index >= operationLimit) return;
    if (index >= this.#counts.length) this.#grow(index + 1);
    if (index >= this.#length) this.#length = index + 1;
    const count = this.#counts[index]!;
    if (count < 255) this.#counts[index] = count + 1;
  }

  #grow(length: number): void {
    const counts = new Uint8Array(Math.max(length, this.#counts.length * 2));
    counts.set(this.#counts);
    this.#counts = counts;
  }

  /** One byte an operation, up to the last one that has a span; 255 is 255 or more. */
  toBase64(): string {
    return Buffer.from(this.#counts.subarray(0, this.#length)).toString('base64');
  }
}
