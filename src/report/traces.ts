// Traces chosen on purpose, in text: of the phase that shows a symptom the slowest, the first that failed, the one that was
// sent most often, and a typical one for contrast; with what the injector did to each.
import {operationOfTraceId, type Span} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';
import {medianOf} from '../stats/quantile.ts';
import {type Block, heading, paragraph} from './document.ts';
import {duration} from './format.ts';
import type {RunStory, VariantStory} from './variants.ts';

type Trace = {readonly operation: number; readonly phase: number; readonly spans: readonly Span[]};

type Chosen = {readonly why: string; readonly trace: Trace};

const spansShown = 12;
const hitsShown = 6;

export const traceBlocks = ({variants}: RunStory): Block[] => {
  const blocks = variants.flatMap(blocksOf);
  if (blocks.length === 0) return [];
  const note =
    'The library’s own spans, from the first of each trace on; what the injector did to a request stands beside them.';
  return [heading('Traces'), paragraph(note), ...blocks];
};

const blocksOf = (story: VariantStory): Block[] => {
  const [first] = story.trials.filter(({trial}) => (trial.telemetry?.exemplars.length ?? 0) > 0);
  if (!first) return [];
  const {trial} = first;
  const traces = tracesOf(trial);
  return phasesOf(story, trial).flatMap(phase => {
    const chosen = choose(traces.filter(trace => trace.phase === phase));
    if (chosen.length === 0) return [];
    const text = chosen.map(one => textOf(trial, one)).join('\n\n');
    return [
      paragraph(`${story.variant.name}, phase ${trial.plan.phases[phase]?.name}:`),
      {kind: 'code', language: 'text', text},
    ];
  });
};

/** Those of symptoms that telemetry can show more of, or else the first fault. */
const phasesOf = ({symptoms}: VariantStory, {plan}: Trial): number[] => {
  const named = symptoms.flatMap(({present}) => present.map(({phase}) => phase));
  const found = plan.phases.flatMap(({name, role}, phase) =>
    role === 'fault' && named.includes(name) ? [phase] : [],
  );
  const firstFault = plan.phases.findIndex(({role}) => role === 'fault');
  return found.length > 0 ? found.slice(0, 2) : firstFault < 0 ? [] : [firstFault];
};

const tracesOf = ({telemetry, tracePrefix, driver}: Trial): Trace[] =>
  [...Map.groupBy(telemetry?.exemplars ?? [], ({traceId}) => traceId)].flatMap(([traceId, spans]) => {
    const operation = tracePrefix === undefined ? null : operationOfTraceId(tracePrefix, traceId);
    const phase = operation === null ? undefined : driver.operationPhases[operation];
    return operation === null || phase === undefined ? [] : [{operation, phase, spans}];
  });

const lastsMs = ({spans}: Trace): number =>
  Math.max(...spans.map(({endMs}) => endMs)) - Math.min(...spans.map(({startMs}) => startMs));

const hasFailed = ({spans}: Trace): boolean => spans.some(({status}) => status === 'error');

const choose = (traces: readonly Trace[]): Chosen[] => {
  const slowest = traces.toSorted((a, b) => lastsMs(b) - lastsMs(a))[0];
  const failed = traces.filter(hasFailed).toSorted((a, b) => a.spans[0]!.startMs - b.spans[0]!.startMs)[0];
  const repeated = traces
    .filter(({spans}) => spans.length > 1)
    .toSorted((a, b) => b.spans.length - a.spans.length)[0];
  const fine = traces.filter(trace => !hasFailed(trace));
  const medianMs = medianOf(fine.map(lastsMs)) ?? 0;
  const typical = fine.toSorted(
    (a, b) => Math.abs(lastsMs(a) - medianMs) - Math.abs(lastsMs(b) - medianMs),
  )[0];
  const reasons: readonly (readonly [string, Trace | undefined])[] = [
    ['the slowest', slowest],
    ['the first that failed', failed],
    ['sent most often', repeated],
    ['a typical one', typical],
  ];
  // One trace may be chosen for several reasons: it is shown once.
  const byTrace = Map.groupBy(reasons, ([, trace]) => trace);
  return [...byTrace].flatMap(([trace, same]) =>
    trace ? [{trace, why: same.map(([reason]) => reason).join(', ')}] : [],
  );
};

const textOf = (trial: Trial, {why, trace}: Chosen): string => {
  const {spans, operation} = trace;
  const id = `${trial.id}-${operation}`;
  const originMs = Math.min(...spans.map(({startMs}) => startMs));
  const at = (ms: number): string => `+${duration(ms - originMs)}`.padStart(10);
  const told = spans
    .slice(0, spansShown)
    .map(span => ({atMs: span.startMs, text: `${at(span.startMs)}  ${wordsOf(span)}`}));
  const hits = (trial.injectorLog?.hits ?? [])
    .filter(({operationId}) => operationId === id)
    .slice(0, hitsShown)
    .map(({atMs, toxic, action}) => {
      const ms = atMs - trial.originEpochMs;
      return {atMs: ms, text: `${at(ms)}  injector: ${toxic}, ${action}`};
    });
  const left = spans.length - told.length;
  return [
    `${id}: ${why}; trace ${spans[0]!.traceId}`,
    ...[...told, ...hits].sort((a, b) => a.atMs - b.atMs).map(({text}) => text),
    ...(left > 0 ? [`            and ${left} more`] : []),
  ].join('\n');
};

const wordsOf = ({name, kind, startMs, endMs, status, attributes}: Span): string => {
  const resend = attributes['http.request.resend_count'];
  const ends = [
    status === 'unset' ? null : status,
    attributes['error.type'],
    attributes['http.response.status_code'],
  ];
  return [
    `${name} (${kind})`,
    `took ${duration(endMs - startMs)}`,
    ...ends.filter(end => end !== null && end !== undefined).map(String),
    ...(typeof resend === 'number' ? [`resend ${resend}`] : []),
  ].join('  ');
};
