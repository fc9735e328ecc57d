// How many bytes of requests the receiver holds at once: a thousand senders must not cost a thousand times the limit
// of one.
import {OtlpError} from './otlp-error.ts';
import {bodyLimitBytes} from './request-body.ts';

/** Four of the largest bodies that are accepted. */
export const budgetBytes = 4 * bodyLimitBytes;

/** The part of the budget that one request holds. */
export type Share = {
  /** @throws {OtlpError} where the budget does not allow for it; the sender may come back */
  readonly take: (bytes: number) => void;
  readonly release: () => void;
};

export class BodyBudget {
  readonly #limitBytes: number;
  #heldBytes = 0;

  constructor(limitBytes: number = budgetBytes) {
    this.#limitBytes = limitBytes;
  }

  share(): Share {
    let ownBytes = 0;
    return {
      take: bytes => {
        if (this.#heldBytes + bytes > this.#limitBytes) {
          throw new OtlpError('overloaded', `the requests in flight exceed ${this.#limitBytes} bytes`);
        }
        this.#heldBytes += bytes;
        ownBytes += bytes;
      },
      release: () => {
        this.#heldBytes -= ownBytes;
        ownBytes = 0;
      },
    };
  }
}
