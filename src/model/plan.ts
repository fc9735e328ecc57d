// A scenario as plain data: the answer of the describing child, and all that the parent knows of it.
import type {DeliveryPromise, TelemetryMode} from './choices.ts';
import type {FaultKind} from './fault-defaults.ts';
import type {loadSchema, planSchema, processSchema} from './schema/scenario.ts';
import type {Input, Output} from './schema/shape.ts';
import {type ThresholdChanges, type Thresholds, thresholdsOf} from './symptoms.ts';

/** A scenario as plain data. */
export type Plan = Output<typeof planSchema>;

/** A span of time with fixed faults. */
export type Phase = Plan['phases'][number];

/** One configuration of the library; the first is the baseline, the others name the change they make. */
export type Variant = Plan['variants'][number];

/** The server that the library talks to: ours, one that the scenario starts, a real one of a known kind, or one that runs already. */
export type TargetPlan = Plan['target'];

/** The program in another language that the library is in. */
export type ProgramPlan = NonNullable<Plan['program']>;

export type OperationPlan = Plan['operation'];

export type TelemetryPlan = Plan['telemetry'];

/** Variants that differ in the value of one option, a dotted path. */
export type Sweep = NonNullable<Plan['sweep']>;

/** When operations start. */
export type Load = Input<typeof loadSchema>;

/** The load of a phase. */
export const loadOf = (load: Load, phase: Phase | undefined): Load => phase?.load ?? load;

const samplesWanted = 10_000;
const maxReports = 5000;

export const durationOf = (phases: readonly Pick<Phase, 'durationMs'>[]): number =>
  phases.reduce((sum, {durationMs}) => sum + durationMs, 0);

/**
 * How often the processes of a trial are sampled: every 500 ms, and in a trial of more than 83 minutes less often, so
 * that its journal stays small, but every second at least.
 */
export const sampleEveryMs = (phases: readonly Pick<Phase, 'durationMs'>[]): number =>
  Math.min(1000, Math.max(500, durationOf(phases) / samplesWanted));

/** How often the driver reports its figures, which are many times the size of a sample. */
export const reportEveryMs = (phases: readonly Pick<Phase, 'durationMs'>[]): number =>
  Math.max(1000, durationOf(phases) / maxReports);

/** How the subject's process is started. */
export type ProcessOptions = Output<typeof processSchema>;

/** The name of a variant that the scenario's own code is given, in `open`, `prepare` and `verify`: that of the scenario. */
export const nameInScenario = ({name, madeOf = name}: Pick<Variant, 'name' | 'madeOf'>): string => madeOf;

/** What is promised of a variant's deliveries; null where nothing is. */
export const deliveryPromiseOf = (
  {operation, variants}: Pick<Plan, 'operation' | 'variants'>,
  variantName: string,
): DeliveryPromise | null =>
  variants.find(({name}) => name === variantName)?.deliveries ?? operation.deliveries ?? null;

/** Everything, unless the variant says otherwise. */
export const telemetryModeOf = ({process}: Pick<Variant, 'process'>): TelemetryMode =>
  process.telemetry ?? 'full';

/** Faults that slow operations down, but do not end them. */
const delaying: readonly FaultKind[] = ['latency', 'bandwidth', 'slicer', 'coalesce', 'slowClose'];

/** Whether this phase's faults may have ended what is in flight at its end. */
export const mayEndOperations = (phase: Phase | undefined): boolean =>
  phase?.role === 'fault' &&
  !(phase.faults.length > 0 && phase.faults.every(({kind}) => delaying.includes(kind)));

/** When an operation counts as hung: the grace is max(1 s, 10 %) by default, as in the symptom catalogue. */
export const hungAfterMs = (operation: OperationPlan): number =>
  operation.hungAfterMs ?? hungBy(operation.deadlineMs, thresholdsOf('hung-operation', {}));

/** When a settled operation counts as late: 10 % and 50 ms after its deadline by default. */
export const overrunAfterMs = (operation: OperationPlan): number =>
  operation.overrunAfterMs ?? overrunBy(operation.deadlineMs, thresholdsOf('deadline-overrun', {}));

const hungBy = (deadlineMs: number, {graceMs, graceShare}: Thresholds<'hung-operation'>): number =>
  deadlineMs + Math.max(graceMs, deadlineMs * graceShare);

const overrunBy = (deadlineMs: number, {slackMs, slackShare}: Thresholds<'deadline-overrun'>): number =>
  deadlineMs + deadlineMs * slackShare + slackMs;

/** The limits for the driver, which knows no symptoms. */
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
