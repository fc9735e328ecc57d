// The messages between the parent and the telemetry receiver's process.
import type {FromHealth, ToHealth} from './process-health.ts';
import type {TelemetryObservation} from './telemetry.ts';

/** The user's own backend: `/v1/traces` and so on are appended to the endpoint. */
export type RelayTarget = {readonly endpoint: string; readonly headers: Readonly<Record<string, string>>};

/** What of the telemetry was passed on, in requests. */
export type RelayCounts = {
  readonly sentCount: number;
  readonly droppedCount: number;
  readonly lastError: string | null;
};

/** Attributes that are added to the telemetry that is passed on. */
export type TrialLabels = {
  readonly run: string;
  readonly variant: string;
  readonly phases: readonly {
    readonly name: string;
    readonly faults: string;
    readonly windows: readonly FaultWindow[];
  }[];
};

/** When a fault is on, from the beginning of its phase; null: to the phase's end. */
export type FaultWindow = {readonly name: string; readonly fromMs: number; readonly toMs: number | null};

export type ToReceiver =
  /** Pass on what comes from now on. */
  | {readonly kind: 'relay'; readonly target: RelayTarget}
  /** All trials are over: answer with what was passed on. */
  | {
      readonly kind: 'end-relay';
      readonly run: string;
      readonly startEpochMs: number;
      readonly limitMs: number;
    }
  /** A trial begins: its spans come to `/<trialId>/v1/…`. `originEpochMs` is the wall clock at the trial's 0 ms. */
  | {
      readonly kind: 'trial';
      readonly trialId: string;
      readonly tracePrefix: string;
      readonly originEpochMs: number;
      /** Where the normalised spans are written, one JSON object a line. */
      readonly spansFile: string;
      /** How many phases the plan has: the drain and the closing come after them. */
      readonly phaseCount: number;
      /** Texts by which spans are recognised as work in the background. */
      readonly background: readonly string[];
      /** Null: nothing of it is passed on. */
      readonly labels: TrialLabels | null;
    }
  /** From `atMs` on, what starts belongs to phase number `phase`; where that `hits`, its faults hit what is under way, too. */
  | {
      readonly kind: 'phase';
      readonly trialId: string;
      readonly phase: number;
      readonly atMs: number;
      readonly hits: boolean;
    }
  /** The subject has ended: answer with the observation once the requests under way are done. */
  | {readonly kind: 'finish'; readonly trialId: string}
  | ToHealth
  | {readonly kind: 'stop'};

export type FromReceiver =
  | FromHealth
  | {readonly kind: 'listening'; readonly url: string}
  | {readonly kind: 'telemetry'; readonly trialId: string; readonly observation: TelemetryObservation}
  | {readonly kind: 'relayed'; readonly counts: RelayCounts}
  | {readonly kind: 'failed'; readonly message: string};
