// The books of the SDK on its own spans: how many were begun, how many are open, and whether all that ended arrived.

import {thresholdsOf} from '../model/symptoms.ts';
import {drainPhase, type MetricSummary} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';
import {duration} from './evidence.ts';

type Sum = Extract<MetricSummary, {kind: 'sum'}>;

/** Spans that were sampled, as `otel.sdk.span.started`, `otel.sdk.span.live` and the receiver count them. */
export type SpanAccount = {
  readonly startedCount: number;
  readonly endedCount: number;
  readonly receivedCount: number;
  /** Ended, and dropped by the span processor, by reason (`queue_full`). */
  readonly dropped: {readonly [reason: string]: number};
};

const isSampled = ({attributes}: Sum): boolean =>
  (attributes['otel.span.sampling_result'] ?? 'RECORD_AND_SAMPLE') === 'RECORD_AND_SAMPLE';

const isSum = (metric: MetricSummary): metric is Sum => metric.kind === 'sum';

/** The last value of each series of a sum until a phase; rows come in the order of the phases. */
const lastOf = (trial: Trial, name: string, untilPhase = Number.POSITIVE_INFINITY): Sum[] => {
  const series = new Map<string, Sum>();
  for (const metric of trial.telemetry?.metrics.filter(isSum) ?? []) {
    if (metric.name !== name || metric.phase > untilPhase) continue;
    series.set(JSON.stringify([metric.scope, metric.attributes]), metric);
  }
  return [...series.values()];
};

const totalOf = (sums: readonly Sum[]): number => sums.reduce((total, {last}) => total + last, 0);

/** Null where the SDK does not report on itself. */
export const spanAccount = (trial: Trial): SpanAccount | null => {
  const started = lastOf(trial, 'otel.sdk.span.started').filter(isSampled);
  if (!trial.telemetry || started.length === 0) return null;
  const startedCount = totalOf(started);
  const dropped: Record<string, number> = {};
  for (const sum of lastOf(trial, 'otel.sdk.processor.span.processed')) {
    const reason = sum.attributes['error.type'];
    if (typeof reason === 'string' && sum.last > 0) dropped[reason] = (dropped[reason] ?? 0) + sum.last;
  }
  return {
    startedCount,
    endedCount: startedCount - totalOf(lastOf(trial, 'otel.sdk.span.live').filter(isSampled)),
    receivedCount: trial.telemetry.spanCount,
    dropped,
  };
};

/** Spans that were open when the load was over and its operations had settled; null where that was not reported. */
export const openAfterDrain = (trial: Trial): number | null => {
  const drain = drainPhase(trial.plan);
  const live = lastOf(trial, 'otel.sdk.span.live', drain).filter(isSampled);
  return live.some(({phase}) => phase === drain) ? totalOf(live) : null;
};

export const lostShareOf = ({endedCount, receivedCount}: SpanAccount): number =>
  endedCount === 0 ? 0 : Math.max(0, endedCount - receivedCount) / endedCount;

/** Why there is no telemetry at all, or null where there is some. */
export const telemetryAbsence = ({telemetry, plan, variant}: Trial): string | null => {
  if (telemetry) return null;
  const process = plan.variants.find(({name}) => name === variant)?.process;
  return process?.telemetry === 'off' ? 'telemetry was switched off' : 'no telemetry was received';
};

/** Says that the times of the telemetry mean nothing, where the clock that they are from was set; null where it was not. */
export const steppedClock = ({clockSteps}: Trial): string | null => {
  const [first] = clockSteps;
  if (!first) return null;
  const most = clockSteps.reduce((worst, step) =>
    Math.abs(step.offsetMs) > Math.abs(worst.offsetMs) ? step : worst,
  );
  return `the wall clock, which spans and metrics take their times from, was set ${most.offsetMs < 0 ? 'back' : 'forward'} by ${duration(Math.abs(most.offsetMs))} (first seen ${duration(first.atMs)} into the trial)`;
};

/**
 * How much of the telemetry was lost, where that is more than the limit; null where it is not, or the SDK did not
 * report it.
 */
export const telemetryLoss = (trial: Trial): string | null => {
  const account = spanAccount(trial);
  if (!account) return null;
  if (lostShareOf(account) <= thresholdsOf('telemetry-lost', trial.plan.thresholds).lostShare) return null;
  return `telemetry was lost: ${account.receivedCount} of ${account.endedCount} spans arrived`;
};

/** Says that an instrumentation has patched nothing of the library: the missing spans are then not the library's fault. */
const unappliedGap = ({unapplied}: Trial): string | null => {
  const [first] = unapplied;
  if (!first) return null;
  const {instrumentation, package: name, version, supports} = first;
  return `${instrumentation} patched nothing of ${name} ${version} (it supports ${supports}), so missing spans are not the library's fault`;
};

/**
 * Why a trial's telemetry cannot be compared with what happened, or null where it can: it is complete, and of this
 * library.
 */
export const telemetryGap = (trial: Trial): string | null => {
  const {telemetry, end} = trial;
  if (!telemetry) return telemetryAbsence(trial);
  const unapplied = unappliedGap(trial);
  if (unapplied !== null) return unapplied;
  if (end.kind !== 'completed') return 'the process ended before its telemetry was complete';
  const stepped = steppedClock(trial);
  if (stepped !== null) return stepped;
  const account = spanAccount(trial);
  if (account === null && telemetry.spanCount === 0) return 'the library created no spans';
  if (account === null)
    return 'the SDK did not report how many spans it created, so losses would go unnoticed';
  const loss = telemetryLoss(trial);
  if (loss !== null) return loss;
  if (account.startedCount === 0) return 'the library created no spans';
  return null;
};

/**
 * As `telemetryGap`, for comparing spans with operations. A consumer handles messages in traces of their own: its
 * spans belong to no operation, and without the target's count of attempts there is nothing else to tell them by.
 */
export const tieGap = (trial: Trial): string | null => {
  const gap = telemetryGap(trial);
  if (gap !== null || trial.ledger?.attempts.some(count => count > 0)) return gap;
  const isTied = Buffer.from(trial.telemetry?.spansPerOperation ?? '', 'base64').some(count => count > 0);
  return isTied ? null : 'no span belongs to the trace of an operation, and no ledger counts attempts';
};

/** As `tieGap`, for figures of single operations. */
export const operationsGap = (trial: Trial): string | null =>
  tieGap(trial) ??
  (trial.telemetry?.operations ? null : 'this run was saved before the spans of each operation were kept');
