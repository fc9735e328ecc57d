// What came to the application's consumer: how often each message, when, and in which phase one came again.
import type {TrialEvent} from '../../../model/event.ts';
import type {DeliveryBin, Trial} from '../../../model/trial.ts';
import {bytesOf, GrowingBytes} from './growing-bytes.ts';

export class DeliveriesFold {
  #counts: GrowingBytes | null = null;
  /** By the moment at which a slice begins. */
  readonly #bins = new Map<number, DeliveryBin>();
  readonly #redeliveredIn = new GrowingBytes();
  #phase = 0;

  add(event: TrialEvent): void {
    switch (event.kind) {
      case 'edge':
        this.#phase = event.edge.phase;
        break;
      case 'deliveries': {
        const counts = bytesOf(event.counts);
        this.#noteRepeats(event.fromIndex, counts);
        this.#counts ??= new GrowingBytes();
        this.#counts.write(event.fromIndex, counts);
        break;
      }
      case 'delivered':
        this.#noteDelivered(event);
        break;
    }
  }

  observation(): Pick<Trial, 'deliveries' | 'deliveryBins' | 'redeliveredIn'> {
    return {
      deliveries: this.#counts?.bytes() ?? null,
      deliveryBins:
        this.#bins.size === 0 ? null : [...this.#bins.values()].sort((a, b) => a.startMs - b.startMs),
      redeliveredIn: this.#counts && this.#redeliveredIn.bytes(),
    };
  }

  #noteDelivered({binMs: durationMs, bins}: Extract<TrialEvent, {kind: 'delivered'}>): void {
    for (const [bin, more] of bins) {
      const startMs = bin * durationMs;
      const count = (this.#bins.get(startMs)?.count ?? 0) + more;
      this.#bins.set(startMs, {startMs, durationMs, count});
    }
  }

  /** The subject reports what has come before it enters a phase: what is reported later came in that one. */
  #noteRepeats(fromIndex: number, counts: Uint8Array): void {
    const before = this.#counts?.bytes() ?? new Uint8Array();
    const known = this.#redeliveredIn.bytes();
    const noted = counts.map((count, position) => {
      const index = fromIndex + position;
      const isRepeated = count > 1 && count > (before[index] ?? 0);
      return known[index] || (isRepeated ? this.#phase + 1 : 0);
    });
    this.#redeliveredIn.write(fromIndex, noted);
  }
}
