// What other witnesses saw while an operation was under way: edges of faults, hits of the injector, attempts at the target, and
// the library's own events.
import {operationOfTraceId} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import type {Mark} from '../charts/waterfall.ts';
import type {Exemplar} from './exemplars.ts';

const marksOfKind = 12;

type Window = {readonly startMs: number; readonly endMs: number};

export const marksOf = (exemplar: Exemplar): Mark[] => {
  const attempts = attemptsOf(exemplar);
  const window = windowOf(exemplar, attempts);
  if (!window) return [];
  return [
    ...edgesIn(exemplar.trial, window),
    ...hitsOf(exemplar, window),
    ...attempts,
    ...eventsOf(exemplar),
  ].sort((a, b) => a.atMs - b.atMs);
};

/** As long as any witness knows the operation to have lasted. */
const windowOf = ({startMs, durationMs, spans}: Exemplar, attempts: readonly Mark[]): Window | null => {
  const moments = [
    ...spans.flatMap(span => [span.startMs, span.endMs]),
    ...attempts.map(({atMs}) => atMs),
    ...(startMs === null ? [] : [startMs, startMs + (durationMs ?? 0)]),
  ];
  return moments.length === 0 ? null : {startMs: Math.min(...moments), endMs: Math.max(...moments)};
};

/** Where a phase begins, its faults begin, and those of the previous phase end. */
const edgesIn = ({edges, plan}: Trial, {startMs, endMs}: Window): Mark[] =>
  edges
    .filter(({afterMs}) => afterMs >= startMs && afterMs <= endMs)
    .flatMap(({phase, afterMs}) => {
      const namesIn = (index: number): string[] => (plan.phases[index]?.faults ?? []).map(({kind}) => kind);
      const [gone, come] = [namesIn(phase - 1), namesIn(phase)];
      const words = [
        ...gone.filter(kind => !come.includes(kind)).map(kind => `${kind} ends`),
        ...come.filter(kind => !gone.includes(kind)).map(kind => `${kind} begins`),
      ];
      return words.length === 0 ? [] : [{atMs: afterMs, kind: 'edge' as const, text: words.join(', ')}];
    })
    .slice(0, marksOfKind);

/**
 * An HTTP fault knows its request. A fault of the connection does not: it is shown where the connection is known by a
 * request of the operation.
 */
const hitsOf = ({id, trial}: Exemplar, {startMs, endMs}: Window): Mark[] => {
  const log = trial.injectorLog;
  const hits = (log?.hits ?? []).filter(({operationId}) => operationId === id);
  const connections = new Set(hits.map(({connection}) => connection));
  const ofConnections = (log?.connections ?? [])
    .filter(record => connections.has(record.id))
    .flatMap(record =>
      record.hits.map((toxic, index) => ({
        toxic,
        atMs: (record.hitsMs[index] ?? record.openedMs) - trial.originEpochMs,
        connection: record.id,
        isOfPackets: record.hitsAt?.[index] === null,
      })),
    )
    // When the packets of a connection were hit is not known.
    .filter(({isOfPackets}) => !isOfPackets)
    .filter(({toxic, atMs}) => atMs >= startMs && atMs <= endMs && !hits.some(hit => hit.toxic === toxic));
  return [
    ...hits.map(({atMs, toxic, action}) => ({
      atMs: atMs - trial.originEpochMs,
      kind: 'fault' as const,
      text: `${toxic}: ${action}`,
    })),
    ...ofConnections.map(({atMs, toxic, connection}) => ({
      atMs,
      kind: 'fault' as const,
      text: `${toxic}: connection ${connection}`,
    })),
  ].slice(0, marksOfKind);
};

const attemptsOf = ({trial, index}: Exemplar): Mark[] => {
  const row = trial.ledger?.attemptTimes?.find(([operation]) => operation === index);
  return (row ?? [])
    .slice(1)
    .map((atMs, attempt) => ({atMs, kind: 'attempt' as const, text: `attempt ${attempt + 1}`}));
};

/** Events of its spans, and the log records in its trace that were kept. */
const eventsOf = ({trial, index, spans}: Exemplar): Mark[] => {
  const ofSpans = spans.flatMap(({events}) => events.map(({name, atMs}) => ({name, atMs})));
  const logs = (trial.telemetry?.logs?.entries ?? [])
    .filter(
      ({traceId}) =>
        traceId !== null &&
        trial.tracePrefix !== undefined &&
        operationOfTraceId(trial.tracePrefix, traceId) === index,
    )
    .map(({eventName, severity, atMs}) => ({name: eventName ?? `log, ${severity}`, atMs}));
  return [...ofSpans, ...logs]
    .map(({name, atMs}) => ({atMs, kind: 'event' as const, text: name}))
    .slice(0, marksOfKind);
};
