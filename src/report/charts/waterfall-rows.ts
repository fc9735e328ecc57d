// The rows of a waterfall: the operation as its caller saw it, and the library's spans as a tree.
import type {Span} from '../../model/telemetry.ts';

/** As the caller saw it; `endMs` is null for an operation that had not settled when the trial ended. */
export type TracedOperation = {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly status: string;
};

export type Traced = {readonly operation: TracedOperation | null; readonly spans: readonly Span[]};

export type Row = {
  readonly name: string;
  readonly depth: number;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly kind: 'operation' | 'span' | 'error';
  /** Beside the bar. */
  readonly note: string;
};

export const rowsOf = ({operation, spans}: Traced): Row[] => [
  ...(operation
    ? [
        {
          name: `operation ${operation.id}`,
          depth: 0,
          startMs: operation.startMs,
          endMs: operation.endMs,
          kind: 'operation' as const,
          note: operation.status,
        },
      ]
    : []),
  ...treeOf(spans, operation ? 1 : 0),
];

/** Parents before their children, each level by start; a span whose parent is not there is a root. */
const treeOf = (spans: readonly Span[], depth: number): Row[] => {
  const ids = new Set(spans.map(({spanId}) => spanId));
  const ordered = spans.toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const childrenOf = Map.groupBy(ordered, ({parentSpanId}) =>
    parentSpanId !== null && ids.has(parentSpanId) ? parentSpanId : '',
  );
  const seen = new Set<string>();
  const walk = (parent: string, level: number): Row[] =>
    (childrenOf.get(parent) ?? []).flatMap(span => {
      // Ids that another process made up may form a cycle.
      if (seen.has(span.spanId)) return [];
      seen.add(span.spanId);
      return [rowOfSpan(span, level), ...walk(span.spanId, level + 1)];
    });
  return walk('', depth);
};

const rowOfSpan = (span: Span, depth: number): Row => {
  const failed = span.status === 'error';
  const type = span.attributes['error.type'];
  const status = span.attributes['http.response.status_code'];
  const why = typeof type === 'string' || typeof type === 'number' ? String(type) : span.statusMessage;
  return {
    name: span.name,
    depth,
    startMs: span.startMs,
    endMs: span.endMs,
    kind: failed ? 'error' : 'span',
    note: failed ? `error${why ? ` ${why}` : ''}` : typeof status === 'number' ? String(status) : '',
  };
};
