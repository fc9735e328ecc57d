// A scenario as plain data: what the describing child answers with, and all that the parent knows of it.
import type {Fault, FaultKind} from './fault.ts';
import type {Goals} from './goal.ts';
import type {NonEmpty} from './non-empty.ts';
import type {ServiceName} from './service.ts';
import {type ThresholdChanges, type Thresholds, thresholdsOf} from './symptoms.ts';
import type {TelemetryPresetName} from './telemetry-preset.ts';

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json};

/** `warm-up`: not counted · `baseline`: no faults, for comparison · `fault`: with faults · `recovery`: no faults, after a fault. */
export type PhaseRole = 'warm-up' | 'baseline' | 'fault' | 'recovery';

/** A span of time with fixed faults. */
export type Phase = {
  readonly name: string;
  readonly role: PhaseRole;
  readonly durationMs: number;
  readonly faults: readonly Fault[];
  /** A recovery goes on up to this long while the library is not back, so that whoever comes back late is seen to. */
  readonly prolongedToMs?: number;
  /** Instead of the scenario's load, for this phase. */
  readonly load?: Load;
};

export type Load =
  /** Evenly spaced starts, whether or not the library keeps up. */
  | {readonly model: 'open'; readonly ratePerSecond: number; readonly maxInFlight: number}
  /** As open, with a rate that goes evenly from one to the other within each phase. */
  | {
      readonly model: 'ramp';
      readonly fromPerSecond: number;
      readonly toPerSecond: number;
      readonly maxInFlight: number;
    }
  /** So many starts at once, again and again. */
  | {
      readonly model: 'bursts';
      readonly burstSize: number;
      readonly everyMs: number;
      readonly maxInFlight: number;
    }
  /** So many operations in flight at all times: the next one starts when one settles. */
  | {readonly model: 'closed'; readonly concurrency: number};

/** What drives operations in a phase. */
export const loadOf = (load: Load, phase: Phase | undefined): Load => phase?.load ?? load;

const samplesWanted = 10_000;
const maxReports = 5000;

export const durationOf = (phases: readonly Pick<Phase, 'durationMs'>[]): number =>
  phases.reduce((sum, {durationMs}) => sum + durationMs, 0);

/**
 * How often the processes of a trial are looked at: every 500 ms, and in a trial of more than 83 minutes less often, that
 * its journal does not grow without need, but every second at least.
 */
export const sampleEveryMs = (phases: readonly Pick<Phase, 'durationMs'>[]): number =>
  Math.min(1000, Math.max(500, durationOf(phases) / samplesWanted));

/** How often the driver tells its figures, which are many times the size of a sample. */
export const reportEveryMs = (phases: readonly Pick<Phase, 'durationMs'>[]): number =>
  Math.max(1000, durationOf(phases) / maxReports);

/** How the subject's process is started. */
export type ProcessOptions = {
  /** V8's own limit when absent. */
  readonly heapLimitMiB?: number;
  /** It may use so many CPUs, where the platform can pin a process; all of them when absent. */
  readonly cpuCount?: number;
  readonly env: Readonly<Record<string, string>>;
  /** Everything when absent. */
  readonly telemetry?: TelemetryMode;
};

/** One configuration of the library; the first is the baseline, the others name the change they make. */
export type Variant = {
  readonly name: string;
  /** The scenario's variant that it was made of, where it is not the scenario's own. Its code knows only that name. */
  readonly madeOf?: string;
  /** What the report shows of the options; the subject reads the real ones from the scenario itself. */
  readonly options: Json;
  readonly change: string | null;
  /** Where its options promise something else than the operation's `deliveries`. */
  readonly deliveries?: DeliveryPromise;
  readonly process: ProcessOptions;
  /** Versions or folders of packages that this variant loads instead of those beside the scenario, by name. */
  readonly packages?: {readonly [name: string]: string};
};

/** What the scenario's own code is told of it: in `open`, `prepare` and `verify` a variant has the name that it has there. */
export const nameInScenario = ({name, madeOf = name}: Pick<Variant, 'name' | 'madeOf'>): string => madeOf;

/** The server that the library talks to: ours, one that the scenario starts, a real one of a known kind, or one that runs already. */
export type TargetPlan =
  | {readonly kind: 'http'; readonly thinkTimeMs: number; readonly tls?: boolean}
  | {readonly kind: 'custom'}
  | {readonly kind: 'service'; readonly service: ServiceName}
  | {readonly kind: 'url'; readonly url: string};

/** How often a consumer gets each message that was acknowledged to its sender. */
export const deliveryPromises = ['at-least-once', 'at-most-once', 'exactly-once'] as const;

export type DeliveryPromise = (typeof deliveryPromises)[number];

/** What is promised of a variant's deliveries; null where nothing is. */
export const deliveryPromiseOf = (
  {operation, variants}: Pick<Plan, 'operation' | 'variants'>,
  variantName: string,
): DeliveryPromise | null =>
  variants.find(({name}) => name === variantName)?.deliveries ?? operation.deliveries ?? null;

export type OperationPlan = {
  /** How long a caller is ready to wait, from the intended start. */
  readonly deadlineMs: number;
  readonly idempotent: boolean;
  /** What the docs promise to consumers; absent where they promise nothing. */
  readonly deliveries?: DeliveryPromise;
  /** Where the scenario's thresholds are not the defaults: from the intended start, see `hungAfterMs`. */
  readonly hungAfterMs?: number;
  /** The same, see `overrunAfterMs`. */
  readonly overrunAfterMs?: number;
};

/** Variants that differ in the value of one option, a dotted path. */
export type Sweep = {
  readonly option: string;
  readonly points: readonly {readonly value: Json; readonly variant: string}[];
};

export type Plan = {
  readonly name: string;
  readonly observation: string;
  /** What a reader should know of the set-up. */
  readonly remarks?: readonly string[];
  readonly target: TargetPlan;
  /** Versions of the library that the scenario is written for, as npm's ranges. */
  readonly supports?: {readonly [packageName: string]: string};
  readonly variants: NonEmpty<Variant>;
  readonly sweep?: Sweep;
  readonly load: Load;
  readonly operation: OperationPlan;
  readonly phases: NonEmpty<Phase>;
  /** The named storm that the phases come from, where they are not the scenario's own. */
  readonly storm?: string;
  /** How long to wait after the load has stopped: for operations to settle, and for idle sockets to close. */
  readonly drainLimitMs: number;
  /** Per variant, where the user asks for no number; absent for one. */
  readonly trials?: number;
  readonly goals: Goals;
  /** Instead of the defaults, by symptom and name. */
  readonly thresholds?: ThresholdChanges;
  readonly telemetry: TelemetryPlan;
  /** The scenario has a verify(). */
  readonly verifies?: true;
  /** The scenario has a prepare(). */
  readonly prepares?: true;
};

export type TelemetryPlan = {
  /** Modules whose first `*Instrumentation` export is registered before the library loads. */
  readonly instrumentations: readonly string[];
  /** Libraries whose telemetry is switched on in a known way. */
  readonly use?: readonly TelemetryPresetName[];
  /** Texts of which a span has one in its name, its scope or its URL where it is work in the background. */
  readonly background?: readonly string[];
};

/**
 * How much of telemetry a subject has. `off`: no SDK and no instrumentation · `api-only`: instrumentations, and no SDK
 * behind them · `unsampled`: an SDK whose sampler takes no span, and no metrics · `metrics-only` · `full`.
 */
export const telemetryModes = ['off', 'api-only', 'unsampled', 'metrics-only', 'full'] as const;

export type TelemetryMode = (typeof telemetryModes)[number];

/** Everything, unless it is said otherwise. */
export const telemetryModeOf = ({process}: Pick<Variant, 'process'>): TelemetryMode =>
  process.telemetry ?? 'full';

/** Faults that make operations slow, and let them come to their own end. */
const delaying: readonly FaultKind[] = ['latency', 'bandwidth', 'slicer', 'slowClose'];

/** Whether what is in flight at the end of a phase may owe its fate to this phase's faults. */
export const mayEndOperations = (phase: Phase | undefined): boolean =>
  phase?.role === 'fault' &&
  !(phase.faults.length > 0 && phase.faults.every(({kind}) => delaying.includes(kind)));

/** From when on an operation counts as hung: the grace is max(1 s, 10 %) by default, as the symptom catalogue has it. */
export const hungAfterMs = (operation: OperationPlan): number =>
  operation.hungAfterMs ?? hungBy(operation.deadlineMs, thresholdsOf('hung-operation', {}));

/** When a settled operation counts as late: 10 % and 50 ms after its deadline by default. */
export const overrunAfterMs = (operation: OperationPlan): number =>
  operation.overrunAfterMs ?? overrunBy(operation.deadlineMs, thresholdsOf('deadline-overrun', {}));

const hungBy = (deadlineMs: number, {graceMs, graceShare}: Thresholds<'hung-operation'>): number =>
  deadlineMs + Math.max(graceMs, deadlineMs * graceShare);

const overrunBy = (deadlineMs: number, {slackMs, slackShare}: Thresholds<'deadline-overrun'>): number =>
  deadlineMs + deadlineMs * slackShare + slackMs;

/** The driver, which knows no symptoms, counts by these. */
export const operationBy = (
  operation: OperationPlan,
  changes: ThresholdChanges | undefined,
): OperationPlan => ({
  ...operation,
  ...(changes?.['hung-operation'] && {
    hungAfterMs: hungBy(operation.deadlineMs, thresholdsOf('hung-operation', changes)),
  }),
  ...(changes?.['deadline-overrun'] && {
    overrunAfterMs: overrunBy(operation.deadlineMs, thresholdsOf('deadline-overrun', changes)),
  }),
});
