// The head of an HTTP/1.x message: its first line and its header fields, read strictly, and rewritten field by field.

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

const requestLine = /^([A-Z][A-Z-]{0,31}) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.([01])$/;
const requestLineSoFar =
  /^[A-Z][A-Z-]{0,31}(?: (?:[\x21-\x7e\x80-\xff]*|[\x21-\x7e\x80-\xff]+ [HTP/1.0]*\r?))?$/;
const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const statusLineSoFar = /^(?:H|HT|HTT|HTTP|HTTP\/|HTTP\/1|HTTP\/1\.[^\n]*)$/;
const fieldLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;

/** Reads a whole head that ends with an empty line. Undefined if it is not one of HTTP/1.x. */
export function parseRequestHead(raw: Buffer): RequestHead | undefined {
  const lines = linesOf(raw);
  const [, method, target, minor] = requestLine.exec(lines[0] ?? '') ?? [];
  const fields = fieldsOf(lines);
  if (method === undefined || target === undefined || fields === undefined) return undefined;
  const framing = declaredFraming(fields);
  // A request without a length has no body, and one whose end cannot be known is none.
  if (framing === 'wrong' || framing === 'until-close') return undefined;
  return {raw, method, target, minorVersion: Number(minor), fields, framing: framing ?? {kind: 'none'}};
}

/** Reads a whole head of the response to a request with that method. Undefined if it is not one of HTTP/1.x. */
export function parseResponseHead(raw: Buffer, method: string): ResponseHead | undefined {
  const lines = linesOf(raw);
  const startLine = lines[0] ?? '';
  const [, minor, statusText] = statusLine.exec(startLine) ?? [];
  const fields = fieldsOf(lines);
  if (statusText === undefined || fields === undefined) return undefined;
  const status = Number(statusText);
  const declared = declaredFraming(fields);
  if (declared === 'wrong') return undefined;
  const hasNoBody = method === 'HEAD' || status < 200 || status === 204 || status === 304;
  const untilClose: Framing = {kind: 'until-close'};
  const withBody = declared === undefined || declared === 'until-close' ? untilClose : declared;
  const framing: Framing = hasNoBody ? {kind: 'none'} : withBody;
  return {raw, status, startLine, minorVersion: Number(minor), fields, framing};
}

/** Whether these first bytes can be the beginning of a request. */
export const canBeRequest = (text: string): boolean => canBegin(text, requestLine, requestLineSoFar);

/** Whether these first bytes can be the beginning of a response. */
export const canBeResponse = (text: string): boolean => canBegin(text, statusLine, statusLineSoFar);

/** Whether these bytes begin with a whole request line. */
export function beginsWithRequestLine(data: Buffer): boolean {
  const end = data.indexOf('\r\n');
  return end > 0 && requestLine.test(data.toString('latin1', 0, end));
}

export function valuesOf(fields: readonly HeaderField[], name: string): readonly string[] {
  return fields.filter(field => field[0].toLowerCase() === name).map(field => field[1]);
}

/** Writes a head anew: fields of the names given are dropped, the others stay as they are, new ones come last. */
export function rewriteHead(
  {startLine, fields}: Pick<ResponseHead, 'startLine' | 'fields'>,
  dropped: readonly string[],
  added: readonly HeaderField[],
): Buffer {
  const kept = fields.filter(([name]) => !dropped.includes(name.toLowerCase()));
  const lines = [startLine, ...[...kept, ...added].map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

function canBegin(text: string, line: RegExp, lineSoFar: RegExp): boolean {
  const end = text.indexOf('\r\n');
  return end < 0 ? lineSoFar.test(text) : line.test(text.slice(0, end));
}

function linesOf(raw: Buffer): string[] {
  return raw.toString('latin1', 0, raw.length - 4).split('\r\n');
}

function fieldsOf([, ...lines]: readonly string[]): readonly HeaderField[] | undefined {
  const fields: HeaderField[] = [];
  for (const line of lines) {
    const [, name, value] = fieldLine.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    fields.push([name, value.trimEnd()]);
  }
  return fields;
}

/** Two lengths that differ, or a length beside a transfer coding, are how requests get smuggled: nobody may guess. */
function declaredFraming(fields: readonly HeaderField[]): Framing | 'until-close' | 'wrong' | undefined {
  const listed = (name: string) => valuesOf(fields, name).flatMap(value => value.split(','));
  const codings = listed('transfer-encoding').map(value => value.trim().toLowerCase());
  const lengths = new Set(listed('content-length').map(value => value.trim()));
  if (codings.length > 0) {
    if (lengths.size > 0 || codings.slice(0, -1).includes('chunked')) return 'wrong';
    return codings.at(-1) === 'chunked' ? {kind: 'chunked'} : 'until-close';
  }
  const [length] = lengths;
  if (length === undefined) return undefined;
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) return 'wrong';
  return {kind: 'length', bytes: Number(length)};
}
