// The messages between the parent and the target's process.
import type {ErrorFacts} from './outcome.ts';
import type {FromHealth, ToHealth} from './process-health.ts';

export type ToTarget =
  /** A trial begins; `originMonotonicMs` is its 0 ms on the machine's monotonic clock. */
  | {readonly kind: 'trial'; readonly trialId: string; readonly originMonotonicMs: number}
  /** The trial has ended: answer with its ledger. */
  | {readonly kind: 'collect'}
  | ToHealth
  | {readonly kind: 'stop'};

export type FromTarget =
  | {
      readonly kind: 'listening';
      readonly url: string;
      /** PEM, to be trusted by the subject. */
      readonly authority: string | null;
      /** Which server it is, where the scenario says so. */
      readonly description: string | null;
    }
  | FromHealth
  | {readonly kind: 'ledger'; readonly ledger: LedgerObservation}
  /** It threw that. */
  | {readonly kind: 'failed'; readonly error: ErrorFacts};

/** What the target saw: per operation index a byte of attempts and one of effects (255 = 255 or more), base64. */
export type LedgerObservation = {
  readonly attempts: string;
  readonly effects: string;
  /** Attempts without an operation id of this trial. */
  readonly unattributedCount: number;
  /** Arrivals by bin of `binMs`, from the trial's origin. */
  readonly binMs: number;
  readonly attemptsByBin: readonly number[];
  /**
   * An operation's index and when its attempts arrived, the first 8, for at most 20,000 operations with several
   * attempts and the latest 20,000 with one; absent in older runs.
   */
  readonly attemptTimes?: readonly (readonly number[])[];
  /** By bin: for how many attempts the target was at work, × ms; absent where it does not report when it is done. */
  readonly servingMsByBin?: readonly number[];
};
