// The head of an HTTP/1.x message: its first line and its header fields, read strictly, and rewritten field by field.

import {STATUS_CODES} from 'node:http';

/** How the bytes of a body are delimited. */
export type Framing =
  | {readonly kind: 'none'}
  | {readonly kind: 'length'; readonly bytes: number}
  | {readonly kind: 'chunked'}
  | {readonly kind: 'until-close'};

/** A header field: its name as it was written, and its value without the white space around it. */
export type HeaderField = readonly [name: string, value: string];

export type RequestHead = {
  /** The bytes as they came, the empty line included. */
  readonly raw: Buffer;
  readonly method: string;
  readonly target: string;
  readonly minorVersion: number;
  readonly fields: readonly HeaderField[];
  readonly framing: Framing;
};

export type ResponseHead = {
  readonly raw: Buffer;
  readonly status: number;
  readonly startLine: string;
  readonly minorVersion: number;
  readonly fields: readonly HeaderField[];
  readonly framing: Framing;
};

/** Fields of a head that are dropped, by their names in lower case, and fields that come last instead. */
export type HeadChange = {readonly dropped: readonly string[]; readonly added: readonly HeaderField[]};

/** A head that passes as it came. */
export const unchanged: HeadChange = {dropped: [], added: []};

const requestLine = /^([A-Z][A-Z-]{0,31}) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.([01])$/;
const requestLineSoFar =
  /^[A-Z][A-Z-]{0,31}(?: (?:[\x21-\x7e\x80-\xff]*|[\x21-\x7e\x80-\xff]+ [HTP/1.0]*\r?))?$/;
const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const statusLineSoFar = /^(?:H|HT|HTT|HTTP|HTTP\/|HTTP\/1|HTTP\/1\.[^\n]*)$/;
const fieldLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;

/** Reads a complete head, up to its empty line. Null if it is not one of HTTP/1.x. */
export const parseRequestHead = (raw: Buffer): RequestHead | null => {
  const lines = linesOf(raw);
  const [, method, target, minor] = requestLine.exec(lines[0] ?? '') ?? [];
  const fields = fieldsOf(lines);
  if (method === undefined || target === undefined || fields === null) return null;
  const framing = declaredFraming(fields);
  // A request without a length has no body; one whose end cannot be known is malformed.
  if (framing === 'wrong' || framing === 'until-close') return null;
  return {raw, method, target, minorVersion: Number(minor), fields, framing: framing ?? {kind: 'none'}};
};

/** Reads a complete head of the response to a request with that method. Null if it is not one of HTTP/1.x. */
export const parseResponseHead = (raw: Buffer, method: string): ResponseHead | null => {
  const lines = linesOf(raw);
  const startLine = lines[0] ?? '';
  const [, minor, statusText] = statusLine.exec(startLine) ?? [];
  const fields = fieldsOf(lines);
  if (statusText === undefined || fields === null) return null;
  const status = Number(statusText);
  const declared = declaredFraming(fields);
  if (declared === 'wrong') return null;
  const hasNoBody = method === 'HEAD' || status < 200 || status === 204 || status === 304;
  const untilClose: Framing = {kind: 'until-close'};
  const withBody = declared === null || declared === 'until-close' ? untilClose : declared;
  const framing: Framing = hasNoBody ? {kind: 'none'} : withBody;
  return {raw, status, startLine, minorVersion: Number(minor), fields, framing};
};

/** Whether these first bytes can be the beginning of a request. */
export const canBeRequest = (text: string): boolean => canBegin(text, requestLine, requestLineSoFar);

/** Whether these first bytes can be the beginning of a response. */
export const canBeResponse = (text: string): boolean => canBegin(text, statusLine, statusLineSoFar);

/** Whether these bytes begin with a whole request line. */
export const beginsWithRequestLine = (data: Buffer): boolean => {
  const end = data.indexOf('\r\n');
  return end > 0 && requestLine.test(data.toString('latin1', 0, end));
};

export const valuesOf = (fields: readonly HeaderField[], name: string): readonly string[] =>
  fields.filter(field => field[0].toLowerCase() === name).map(field => field[1]);

/** Writes a head anew: fields of the names given are dropped, the others stay as they are, new ones come last. */
export const rewriteHead = (
  {startLine, fields}: Pick<ResponseHead, 'startLine' | 'fields'>,
  dropped: readonly string[],
  added: readonly HeaderField[],
): Buffer => {
  const kept = fields.filter(([name]) => !dropped.includes(name.toLowerCase()));
  const lines = [startLine, ...[...kept, ...added].map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
};

/** An answer that the proxy gives in the upstream's place. */
export type ErrorAnswer = {
  readonly status: number;
  /** Empty: not sent. */
  readonly retryAfter: string;
  /** Of a body that is not empty. */
  readonly contentType: string;
  readonly body: Buffer;
  /** Whether the connection ends with it. */
  readonly isLast: boolean;
};

/** The fields of its head, without those of the connection. */
export const errorFields = ({retryAfter, contentType, body}: ErrorAnswer): readonly HeaderField[] => {
  const fields: readonly HeaderField[] = [
    ['Date', new Date().toUTCString()],
    ['Retry-After', retryAfter],
    ['Content-Type', body.length > 0 ? contentType : ''],
    ['Content-Length', String(body.length)],
  ];
  return fields.filter(([, value]) => value !== '');
};

/**
 * What Node's servers send. The upstream knows nothing of such a connection and never closes it: without a time-out
 * in the header a client keeps it, and it looks leaked.
 */
const idleSeconds = 5;

export const errorHead = (answer: ErrorAnswer): Buffer => {
  const {status, isLast} = answer;
  const ofConnection: readonly HeaderField[] = isLast
    ? [['Connection', 'close']]
    : [
        ['Connection', 'keep-alive'],
        ['Keep-Alive', `timeout=${idleSeconds}`],
      ];
  const startLine = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`;
  return rewriteHead({startLine, fields: []}, [], [...errorFields(answer), ...ofConnection]);
};

const canBegin = (text: string, line: RegExp, lineSoFar: RegExp): boolean => {
  const end = text.indexOf('\r\n');
  return end < 0 ? lineSoFar.test(text) : line.test(text.slice(0, end));
};

const linesOf = (raw: Buffer): string[] => raw.toString('latin1', 0, raw.length - 4).split('\r\n');

const fieldsOf = ([, ...lines]: readonly string[]): readonly HeaderField[] | null => {
  const fields: HeaderField[] = [];
  for (const line of lines) {
    const [, name, value] = fieldLine.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    fields.push([name, value.trimEnd()]);
  }
  return fields;
};

/** Two lengths that differ, or a length beside a transfer coding, are how requests get smuggled: they are refused. */
const declaredFraming = (fields: readonly HeaderField[]): Framing | 'until-close' | 'wrong' | null => {
  const listed = (name: string) => valuesOf(fields, name).flatMap(value => value.split(','));
  const codings = listed('transfer-encoding').map(value => value.trim().toLowerCase());
  const lengths = new Set(listed('content-length').map(value => value.trim()));
  if (codings.length > 0) {
    if (lengths.size > 0 || codings.slice(0, -1).includes('chunked')) return 'wrong';
    return codings.at(-1) === 'chunked' ? {kind: 'chunked'} : 'until-close';
  }
  const [length] = lengths;
  if (length === undefined) return null;
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) return 'wrong';
  return {kind: 'length', bytes: Number(length)};
};
