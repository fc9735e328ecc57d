// Spans that were kept, as examples of what telemetry shows: by their operations and traces.
import {operationOfTraceId, type Span} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';

const examplesShown = 3;

export type Examples = {readonly operations: readonly string[]; readonly traces: readonly string[]};

/** One of each trace, in the order of `spans`. Operations are given only where every trace belongs to one. */
export const examplesOfSpans = (trial: Trial, spans: readonly Pick<Span, 'traceId'>[]): Examples => {
  const traces = [...new Set(spans.map(({traceId}) => traceId))].slice(0, examplesShown);
  const operations = traces.flatMap(traceId => {
    const index = operationOfTraceId(trial.tracePrefix, traceId);
    return index === null ? [] : [`${trial.id}-${index}`];
  });
  return {operations: operations.length === traces.length ? operations : [], traces};
};

export const exampleSpans = (trial: Trial, holds: (span: Span) => boolean): Examples =>
  examplesOfSpans(trial, (trial.telemetry?.exemplars ?? []).filter(holds));
