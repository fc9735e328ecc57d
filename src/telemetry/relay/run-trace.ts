// The harness's own spans, so that a viewer shows when which fault was on: run → trial → phase → fault.
// Each operation has a trace of its own: a phase has links to some of the library's spans that began in it.
import {createHash} from 'node:crypto';
import type {TrialLabels} from '../../model/receiver-protocol.ts';
import {nameOfPhase, type Span} from '../../model/telemetry.ts';
import {otlpType} from '../otlp-schema.ts';

type HarnessSpan = {
  readonly run: string;
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly startEpochMs: number;
  readonly endEpochMs: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly links?: readonly SpanPlace[];
};

type SpanPlace = Pick<Span, 'traceId' | 'spanId'>;

const linksOfPhase = 50;

const digest = (text: string, lengthBytes: number): Buffer =>
  createHash('sha256').update(text).digest().subarray(0, lengthBytes);

const runId = (run: string): string => `run ${run}`;

/** Nanoseconds as protobuf's two halves; a double holds today's to a quarter of a microsecond. */
const nanos = (epochMs: number): {low: number; high: number; unsigned: true} => {
  const value = BigInt(Math.round(epochMs * 1000)) * 1000n;
  return {
    low: Number(BigInt.asIntN(32, value)),
    high: Number(BigInt.asIntN(32, value >> 32n)),
    unsigned: true,
  };
};

const attributesOf = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, stringValue]) => ({key, value: {stringValue}}));

const internalKind = 1;

/** An ExportTraceServiceRequest of the service `foulweather`. */
const requestOf = (spans: readonly HarnessSpan[]): Buffer => {
  const messages = spans.map(({run, id, parent, name, startEpochMs, endEpochMs, attributes, links = []}) => ({
    traceId: digest(run, 16),
    spanId: digest(`${run}/${id}`, 8),
    parentSpanId: parent === null ? Buffer.alloc(0) : digest(`${run}/${parent}`, 8),
    name,
    kind: internalKind,
    startTimeUnixNano: nanos(startEpochMs),
    endTimeUnixNano: nanos(endEpochMs),
    attributes: attributesOf(attributes),
    events: [],
    links: links.map(link => ({
      traceId: Buffer.from(link.traceId, 'hex'),
      spanId: Buffer.from(link.spanId, 'hex'),
    })),
  }));
  const scopeSpans = [{scope: {name: 'foulweather'}, spans: messages}];
  const resource = {attributes: attributesOf({'service.name': 'foulweather'})};
  const request = {resourceSpans: [{resource, scopeSpans}]};
  return Buffer.from(otlpType('TracesRequest').encode(request).finish());
};

export type TrialTimes = {
  readonly originEpochMs: number;
  readonly endEpochMs: number;
  /** In the order of their begin. */
  readonly edges: readonly {readonly phase: number; readonly atMs: number}[];
  /** Spans of the library to which the phases link. */
  readonly spans: readonly Span[];
};

export const phaseLabels = (labels: TrialLabels, phase: number): Readonly<Record<string, string>> => {
  const {name, faults} = labels.phases[phase] ?? {name: nameOfPhase(labels.phases, phase), faults: ''};
  return {
    'foulweather.run': labels.run,
    'foulweather.phase': name,
    ...(faults !== '' && {'foulweather.fault': faults}),
  };
};

export const trialTrace = (trialId: string, labels: TrialLabels, times: TrialTimes): Buffer => {
  const {originEpochMs, endEpochMs, edges, spans} = times;
  const {run} = labels;
  const own = {'foulweather.variant': labels.variant, 'foulweather.trial': trialId};
  const trial = {
    run,
    id: trialId,
    parent: runId(run),
    name: `trial ${trialId}`,
    startEpochMs: originEpochMs,
    endEpochMs,
    attributes: {'foulweather.run': run, ...own},
  };
  const phases = edges.flatMap(({phase, atMs}, index): HarnessSpan[] => {
    const attributes: Readonly<Record<string, string>> = {...phaseLabels(labels, phase), ...own};
    const next = edges[index + 1];
    const endMs = next?.atMs ?? endEpochMs - originEpochMs;
    const id = `${trialId}/${phase}`;
    const faults = (labels.phases[phase]?.windows ?? []).map(
      ({name, fromMs, toMs}, number): HarnessSpan => ({
        run,
        id: `${id}/${number}`,
        parent: id,
        name: `fault ${name}`,
        startEpochMs: originEpochMs + Math.min(endMs, atMs + fromMs),
        endEpochMs: originEpochMs + (toMs === null ? endMs : Math.min(endMs, atMs + toMs)),
        attributes: {...attributes, 'foulweather.fault': name},
      }),
    );
    const links = spans.filter(({startMs}) => startMs >= atMs && startMs < endMs).slice(0, linksOfPhase);
    return [
      {
        run,
        id,
        parent: trialId,
        name: `phase ${attributes['foulweather.phase']}`,
        startEpochMs: originEpochMs + atMs,
        endEpochMs: originEpochMs + endMs,
        attributes,
        links,
      },
      ...faults,
    ];
  });
  return requestOf([trial, ...phases]);
};

export const runTrace = (run: string, startEpochMs: number, endEpochMs: number): Buffer =>
  requestOf([
    {
      run,
      id: runId(run),
      parent: null,
      name: runId(run),
      startEpochMs,
      endEpochMs,
      attributes: {'foulweather.run': run},
    },
  ]);
