// The blocks of a case study, before it becomes markdown or HTML. Text is plain here: a renderer escapes it.

import {messageOf} from '../model/error-message.ts';
import type {Chart} from './charts/chart.ts';

/** A plain string, or one with a meaning: `code` for what comes from the library, the scenario or a machine. */
export type Span =
  | string
  | {readonly code: string}
  /** A page colours it by its tone; the words say the same. */
  | {readonly strong: string; readonly tone?: Tone}
  | {readonly break: true}
  /** To the heading of this document that has the id. */
  | {readonly link: string; readonly to: string}
  /** To a file, by its path from this document's, and there to the heading that has the id. */
  | {readonly link: string; readonly file: string; readonly anchor?: string}
  /** Out of this document, to a page of the web. */
  | {readonly link: string; readonly url: string};

export type Text = readonly Span[];

/** What is good, what is bad, and what is open. */
export type Tone = 'good' | 'bad' | 'open';

export type Column = {readonly title: string; readonly align: 'left' | 'right'};

export type Table = {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Text[])[];
};

/** Traces in text, and drawn where there is room for pictures. */
export type TraceBlock = {
  readonly kind: 'traces';
  /** Whose they are; a colon follows. */
  readonly intro: Text;
  /** What the signs of the text stand for; null where that has been said. */
  readonly signs: string | null;
  readonly traces: readonly DrawnTrace[];
};

export type DrawnTrace = {readonly head: string; readonly text: string; readonly chart: Chart | null};

export type Block =
  | {readonly kind: 'paragraph'; readonly text: Text}
  | {readonly kind: 'quote'; readonly text: Text}
  | {readonly kind: 'heading'; readonly title: string; readonly id?: string}
  | {readonly kind: 'list'; readonly items: readonly Text[]}
  | {readonly kind: 'code'; readonly language: string; readonly text: string}
  | {readonly kind: 'figure'; readonly chart: Chart}
  | TraceBlock
  | Table;

export type Section = {readonly id: string; readonly title: string; readonly blocks: readonly Block[]};

export const code = (text: string): Span => ({code: text});
export const strong = (text: string, tone?: Tone): Span => ({strong: text, ...(tone && {tone})});
export const lineBreak: Span = {break: true};

export const paragraph = (...text: Text): Block => ({kind: 'paragraph', text});
/** `id` is for links: letters, digits and hyphens, and no other heading's. */
export const heading = (title: string, id?: string): Block => ({
  kind: 'heading',
  title,
  ...(id === undefined ? {} : {id}),
});
export const list = (items: readonly Text[]): Block => ({kind: 'list', items});

/** Columns are named by their titles; one that begins with `>` is aligned to the right, as figures are. */
export const table = (titles: readonly string[], rows: readonly (readonly (Span | Text)[])[]): Table => ({
  kind: 'table',
  columns: titles.map(title =>
    title.startsWith('>') ? {title: title.slice(1), align: 'right'} : {title, align: 'left'},
  ),
  rows: rows.map(cells => cells.map(cell => (isText(cell) ? cell : [cell]))),
});

const isText = (cell: Span | Text): cell is Text => Array.isArray(cell);

/** Puts a separator between pieces of text. */
export const joined = (pieces: readonly Text[], separator: Span): Text =>
  pieces.flatMap((piece, index) => (index === 0 ? piece : [separator, ...piece]));

/** The words without their marks, for a terminal. */
export const plainText = (text: Text): string =>
  text
    .map(span => {
      if (typeof span === 'string') return span;
      if ('code' in span) return span.code;
      if ('link' in span) return span.link;
      return 'strong' in span ? span.strong : ' ';
    })
    .join('');

/** Without the characters that end the sentence or close the bracket that it is in. */
const address = /https?:\/\/[^\s()<>]*[^\s()<>.,;:!?]/g;

export const linked = (text: string): Text => {
  const spans: Span[] = [];
  let from = 0;
  for (const {0: url, index} of text.matchAll(address)) {
    if (index > from) spans.push(text.slice(from, index));
    spans.push({link: url, url});
    from = index + url.length;
  }
  return from < text.length ? [...spans, text.slice(from)] : spans;
};

/** Empty where there is nothing to draw. */
export const figure = (name: string, draw: () => Chart | null): Block[] => {
  try {
    const chart = draw();
    return chart ? [{kind: 'figure', chart}] : [];
  } catch (error) {
    return [
      paragraph(
        'The chart ',
        code(name),
        ' could not be drawn (the figures are unaffected): ',
        code(messageOf(error)),
      ),
    ];
  }
};
