// What the parent and the target's process say to each other.
import type {LedgerObservation} from './event.ts';
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
      /** Which server it is, where the scenario tells. */
      readonly description: string | null;
    }
  | FromHealth
  | {readonly kind: 'ledger'; readonly ledger: LedgerObservation}
  /** It threw that; where a package is missing, which. */
  | {readonly kind: 'failed'; readonly error: ErrorFacts; readonly missingModule: string | null};
