// What the parent and the telemetry receiver's process say to each other.
import type {FromHealth, ToHealth} from './process-health.ts';
import type {TelemetryObservation} from './telemetry.ts';

export type ToReceiver =
  /** A trial begins: its spans come to `/<trialId>/v1/…`. `originEpochMs` is the wall clock at the trial's 0 ms. */
  | {
      readonly kind: 'trial';
      readonly trialId: string;
      readonly tracePrefix: string;
      readonly originEpochMs: number;
      /** Where the normalised spans are written, one JSON object a line. */
      readonly spansFile: string;
    }
  /** From `atMs` on, what starts belongs to phase number `phase`. */
  | {readonly kind: 'phase'; readonly trialId: string; readonly phase: number; readonly atMs: number}
  /** The subject has ended: answer with the observation once the requests under way are done. */
  | {readonly kind: 'finish'; readonly trialId: string}
  | ToHealth
  | {readonly kind: 'stop'};

export type FromReceiver =
  | FromHealth
  | {readonly kind: 'listening'; readonly url: string}
  | {readonly kind: 'telemetry'; readonly trialId: string; readonly observation: TelemetryObservation}
  | {readonly kind: 'failed'; readonly message: string};
