// Single operations to look at: the slowest, some of each class of failure, and those whose spans were kept.
import type {OperationExample} from '../../model/driver-witness.ts';
import {type OutcomeStatus, outcomeStatuses} from '../../model/outcome.ts';
import {hungAfterMs} from '../../model/plan.ts';
import {operationOfTraceId, type Span, traceIdOfOperation} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import type {RunStory} from '../case-study/run-story.ts';

export type Exemplar = {
  readonly trial: Trial;
  readonly index: number;
  readonly id: string;
  /** Null where it is not known any more. */
  readonly phase: string | null;
  readonly status: OutcomeStatus | 'in-flight';
  /** Null where only its spans are known. */
  readonly startMs: number | null;
  /** Absent there, and in older runs. */
  readonly startedMs?: number;
  readonly durationMs: number | null;
  readonly error: string | null;
  readonly traceId: string | null;
  readonly spans: readonly Span[];
};

const slowestOfPhase = 2;
const examplesOfClass = 2;
const classesOfTrial = 12;
const rowsShown = 160;
const leastOfTrial = 4;

/** Failures first, the slowest of them before the others; a bounded number, of which each variant has its share. */
export const exemplarsOf = ({variants}: RunStory): Exemplar[] => {
  const ofVariant = Math.max(leastOfTrial, Math.floor(rowsShown / variants.length));
  return variants.flatMap(({trials}) => {
    const ofTrial = Math.max(leastOfTrial, Math.floor(ofVariant / Math.max(1, trials.length)));
    return trials.flatMap(({trial}) => exemplarsOfTrial(trial).slice(0, ofTrial)).slice(0, ofVariant);
  });
};

/** Failures first. */
export const exemplarsOfTrial = (trial: Trial): Exemplar[] => {
  const spans = Map.groupBy(trial.telemetry?.exemplars ?? [], ({traceId}) =>
    trial.tracePrefix === undefined ? null : operationOfTraceId(trial.tracePrefix, traceId),
  );
  const known = new Map<number, Exemplar>();
  const phaseName = (phase: number | undefined): string | null =>
    phase === undefined ? null : (trial.plan.phases[phase]?.name ?? null);
  const base = (index: number) => ({
    trial,
    index,
    traceId: trial.tracePrefix === undefined ? null : traceIdOfOperation(trial.tracePrefix, index),
    spans: spans.get(index) ?? [],
  });
  for (const failure of trial.driver.failures.slice(0, classesOfTrial)) {
    const {name, code, message} = failure.error;
    for (const example of failure.examples.slice(0, examplesOfClass)) {
      known.set(example.index, {
        ...base(example.index),
        ...example,
        phase: phaseName(example.phase),
        error: [name, code, message].filter(Boolean).join(' '),
      });
    }
  }
  for (const example of slowestOf(trial)) {
    if (known.has(example.index)) continue;
    known.set(example.index, {
      ...base(example.index),
      ...example,
      phase: phaseName(example.phase),
      error: null,
    });
  }
  for (const index of spans.keys()) {
    if (index === null || known.has(index)) continue;
    const status = outcomeStatuses[trial.driver.outcomes[index] ?? 0] ?? 'in-flight';
    known.set(index, {
      ...base(index),
      id: `${trial.id}-${index}`,
      phase: phaseName(trial.driver.operationPhases[index]),
      status,
      startMs: null,
      durationMs: null,
      error: null,
    });
  }
  return [...known.values()].sort(worstFirst);
};

/** The driver keeps some of each phase. */
const slowestOf = ({driver}: Trial): OperationExample[] =>
  [...Map.groupBy(driver.slowest, ({phase}) => phase).values()].flatMap(examples =>
    examples.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, slowestOfPhase),
  );

const worstFirst = (a: Exemplar, b: Exemplar): number =>
  Number(a.status === 'ok') - Number(b.status === 'ok') ||
  Number(b.spans.length > 0) - Number(a.spans.length > 0) ||
  (b.durationMs ?? 0) - (a.durationMs ?? 0) ||
  a.index - b.index;

/** The time that its caller waited; null where only its spans are known. */
export const callerOf = ({trial, id, startMs, durationMs, status}: Exemplar) => {
  if (startMs === null || durationMs === null) return null;
  const settled =
    status !== 'in-flight' && !(status === 'hung' && durationMs <= hungAfterMs(trial.plan.operation));
  return {id, startMs, endMs: settled ? startMs + durationMs : null, status};
};

/** Null where it is not known when it really started. */
export const lateMsOf = ({
  startMs,
  startedMs,
}: {
  readonly startMs: number | null;
  readonly startedMs?: number;
}): number | null => (startMs === null || startedMs === undefined ? null : Math.max(0, startedMs - startMs));
