// HPACK (RFC 7541). Blocks are read with all that an encoder may use. They are written without Huffman codes and without
// the dynamic table, so that a block of our own changes nothing for those that pass as they came. Node has no HPACK that
// could be called, and the packages that do have not been kept up.

import type {HeaderField} from '../http/head.ts';

/** A block that cannot be read: the state of its connection is lost. */
export class HpackError extends Error {
  override readonly name = 'HpackError';
}

/** RFC 7541, appendix A: names, and their values behind a space. */
const staticTable: readonly HeaderField[] = `
:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate
`
  .trim()
  .split('\n')
  .map(line => {
    const [name = '', ...value] = line.split(' ');
    return [name, value.join(' ')];
  });

/**
 * RFC 7541, appendix B: the length of each symbol's code in bits, as a digit in base 36. The code is canonical: the codes of
 * one length follow each other as their symbols do.
 */
const codeLengths =
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca' +
  'd67777777777777777777777878djde6f56565666577666567655677777fbeds' +
  'kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn' +
  'qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq' +
  'u';

const endOfString = 256;
const longestCodeBits = 30;
const mostPaddingBits = 7;

type CodeLength = {readonly first: number; readonly symbols: readonly number[]};

/** By the length of the codes. */
const huffman: readonly CodeLength[] = (() => {
  const symbolsOf = (bits: number) =>
    [...codeLengths].flatMap((digit, symbol) => (Number.parseInt(digit, 36) === bits ? [symbol] : []));
  const table: CodeLength[] = [{first: 0, symbols: []}];
  let next = 0;
  for (let bits = 1; bits <= longestCodeBits; bits++) {
    next *= 2;
    const symbols = symbolsOf(bits);
    table.push({first: next, symbols});
    next += symbols.length;
  }
  return table;
})();

const readHuffman = (data: Buffer): string => {
  const symbols: number[] = [];
  let code = 0;
  let bits = 0;
  for (const byte of data) {
    for (let at = 7; at >= 0; at--) {
      code = code * 2 + ((byte >> at) & 1);
      const length = huffman[++bits];
      if (length === undefined) throw new HpackError('a Huffman code that does not exist');
      const symbol = length.symbols[code - length.first];
      if (symbol === undefined) continue;
      if (symbol === endOfString) throw new HpackError('a Huffman code of the end of a string');
      symbols.push(symbol);
      code = 0;
      bits = 0;
    }
  }
  // What is left is the beginning of the code of the end of a string: ones only.
  if (bits > mostPaddingBits || code !== 2 ** bits - 1) throw new HpackError('wrong Huffman padding');
  return Buffer.from(symbols).toString('latin1');
};

/** RFC 7541, 4.1. */
const entryOverheadBytes = 32;
const initialTableBytes = 4096;
/** Far more than any peer allows. */
const largestTableBytes = 16 * 1024 * 1024;
/** Values of more bits are no sizes. */
const largestShift = 28;

/** The first bits of a literal that no one may put into a table (RFC 7541, 6.2.3), and the fields that were such. */
const neverIndexed = 0x10;
const sensitive = new WeakSet<HeaderField>();

/** The blocks of one direction of a connection, in order. */
export class HpackDecoder {
  /** The latest first. */
  readonly #entries: HeaderField[] = [];
  #tableBytes = 0;
  #limitBytes = initialTableBytes;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Throws HpackError. */
  decode(block: Buffer): readonly HeaderField[] {
    this.#block = block;
    this.#at = 0;
    const fields: HeaderField[] = [];
    while (this.#at < block.length) {
      const first = block.readUInt8(this.#at);
      if (first >= 0x80) fields.push(this.#entry(this.#integer(7)));
      else if (first >= 0x40) fields.push(this.#add(this.#literal(6)));
      else if (first >= 0x20) this.#resize(this.#integer(5));
      else fields.push(this.#unindexed(first));
    }
    return fields;
  }

  #unindexed(first: number): HeaderField {
    const field = this.#literal(4);
    if (first >= neverIndexed) sensitive.add(field);
    return field;
  }

  #literal(prefixBits: number): HeaderField {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#string() : this.#entry(index)[0];
    return [name, this.#string()];
  }

  #entry(index: number): HeaderField {
    const field = staticTable[index - 1] ?? this.#entries[index - 1 - staticTable.length];
    if (field === undefined) throw new HpackError(`no field of index ${index}`);
    return field;
  }

  #add(field: HeaderField): HeaderField {
    this.#entries.unshift(field);
    this.#tableBytes += entryBytes(field);
    this.#evict();
    return field;
  }

  #resize(bytes: number): void {
    if (bytes > largestTableBytes) throw new HpackError(`a table of ${bytes} bytes`);
    this.#limitBytes = bytes;
    this.#evict();
  }

  #evict(): void {
    while (this.#tableBytes > this.#limitBytes) {
      const oldest = this.#entries.pop();
      if (oldest === undefined) break;
      this.#tableBytes -= entryBytes(oldest);
    }
  }

  #integer(prefixBits: number): number {
    const mask = 2 ** prefixBits - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= largestShift; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new HpackError('an integer that is too large');
  }

  #string(): string {
    const isHuffman = (this.#block[this.#at] ?? 0) >= 0x80;
    const bytes = this.#integer(7);
    const data = this.#block.subarray(this.#at, this.#at + bytes);
    if (data.length < bytes) throw new HpackError('a string that does not end');
    this.#at += bytes;
    return isHuffman ? readHuffman(data) : data.toString('latin1');
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw new HpackError('a block that does not end');
    return byte;
  }
}

const entryBytes = ([name, value]: HeaderField): number => name.length + value.length + entryOverheadBytes;

/** Empties the decoder's dynamic table. It begins the first block that is written in place of one that came. */
export const emptiedTable = Buffer.from([0x20]);

const staticNames = new Map(staticTable.map(([name], index) => [name, index + 1] as const).toReversed());

export const encodeHpack = (fields: readonly HeaderField[]): Buffer =>
  Buffer.concat(
    fields.flatMap(field => {
      const [name, value] = field;
      const index = staticNames.get(name) ?? 0;
      const flags = sensitive.has(field) ? neverIndexed : 0;
      return [integer(flags, 4, index), ...(index === 0 ? string(name) : []), ...string(value)];
    }),
  );

const string = (text: string): readonly Buffer[] => {
  const data = Buffer.from(text, 'latin1');
  return [integer(0, 7, data.length), data];
};

const integer = (flags: number, prefixBits: number, value: number): Buffer => {
  const mask = 2 ** prefixBits - 1;
  if (value < mask) return Buffer.from([flags | value]);
  const bytes = [flags | mask];
  let rest = value - mask;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
};
