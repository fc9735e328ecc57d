// Which operation a span belongs to. Its trace shows in whose async context it was begun; that is not always whose
// work it is.
import {operationOfTraceId, type Span} from '../model/telemetry.ts';

/** What is known of a trial by which its spans are distinguished. */
export type TrialMarks = {
  readonly trialId: string;
  /** The first 8 bytes of the trace ids of its operations, in hex. */
  readonly tracePrefix: string;
  /** Texts of which a span has one in its name, its scope or its URL where it is work in the background. */
  readonly background: readonly string[];
};

export type SpanOwner =
  | {readonly kind: 'operation'; readonly index: number}
  | {readonly kind: 'background'}
  /** In no operation's trace. */
  | {readonly kind: 'nobody'};

const nobody: SpanOwner = {kind: 'nobody'};
const background: SpanOwner = {kind: 'background'};

/** A trace id names any index; beyond this one it is no operation of ours, and would cost memory for nothing. */
const operationLimit = 2 ** 24;

const urlKeys: readonly string[] = ['url.full', 'http.url', 'url.path', 'http.target'];

const isBackground = ({name, scope, attributes}: Span, texts: readonly string[]): boolean =>
  texts.some(text => {
    if (name.includes(text) || scope.includes(text)) return true;
    return urlKeys.some(key => {
      const url = attributes[key];
      return typeof url === 'string' && url.includes(text);
    });
  });

export const ownerOf = (span: Span, marks: TrialMarks): SpanOwner => {
  if (isBackground(span, marks.background)) return background;
  const index = operationOfTraceId(marks.tracePrefix, span.traceId);
  if (index === null || index >= operationLimit) return nobody;
  return {kind: 'operation', index: namedOperation(span, marks.trialId, index)};
};

/**
 * A queue runs the next task in the async context of the previous one. Where the attributes name one other operation
 * by its id, as a URL or a statement may, the span belongs to that one; where they name several, it is a batch, and
 * stays where it is.
 */
const namedOperation = ({attributes}: Span, trialId: string, own: number): number => {
  let named: number | null = null;
  for (const value of Object.values(attributes)) {
    if (typeof value !== 'string') continue;
    for (const index of indexesIn(value, trialId)) {
      if (index === own || (named !== null && named !== index)) return own;
      named = index;
    }
  }
  return named ?? own;
};

/** The numbers at the ends of the operation ids in a text: most texts have none, and are not matched against a pattern. */
const indexesIn = (text: string, trialId: string): number[] => {
  const indexes: number[] = [];
  const prefix = `${trialId}-`;
  for (let at = text.indexOf(prefix); at !== -1; at = text.indexOf(prefix, at + prefix.length)) {
    const digits = /^\d{1,8}(?!\d)/.exec(text.slice(at + prefix.length, at + prefix.length + 9))?.[0];
    const index = digits === undefined ? Number.NaN : Number(digits);
    if (index < operationLimit) indexes.push(index);
  }
  return indexes;
};
