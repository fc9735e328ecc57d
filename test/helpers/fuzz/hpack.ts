// Header blocks, fuzzed: what an encoder writes that uses all it may, damaged ones, and noise.

import type {HeaderField} from '../../../src/faults/server/http/head.ts';
import {encodeHpack, HpackDecoder, HpackError} from '../../../src/faults/server/http2/hpack.ts';
import type {Random} from '../../../src/faults/server/random.ts';
import type {Said} from '../followed-connection.ts';
import {below, damaged, noise, pick} from './bytes.ts';
import type {FuzzInput, FuzzPart, Outcome} from './part.ts';

/** Of RFC 7541, appendix A: the indices of whole fields, and of names. */
const staticFields: readonly (readonly [index: number, field: HeaderField])[] = [
  [2, [':method', 'GET']],
  [3, [':method', 'POST']],
  [4, [':path', '/']],
  [6, [':scheme', 'http']],
  [8, [':status', '200']],
  [16, ['accept-encoding', 'gzip, deflate']],
];
const staticNames: readonly (readonly [index: number, name: string])[] = [
  [1, ':authority'],
  [28, 'content-length'],
  [31, 'content-type'],
  [61, 'www-authenticate'],
];

/** Of its examples: strings by Huffman codes. */
const huffman: readonly (readonly [text: string, code: string])[] = [
  ['www.example.com', 'f1e3c2e5f23a6ba0ab90f4ff'],
  ['no-cache', 'a8eb10649cbf'],
  ['custom-value', '25a849e95bb8e8b4bf'],
];

const entryBytes = ([name, value]: HeaderField): number => name.length + value.length + 32;

const number = (flags: number, prefixBits: number, value: number): number[] => {
  const most = 2 ** prefixBits - 1;
  if (value < most) return [flags | value];
  const bytes = [flags | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
};

const plain = (text: string): number[] => [...number(0, 7, text.length), ...Buffer.from(text, 'latin1')];

/** Writes the blocks of one direction, with a table of its own. */
export class HpackWriter {
  readonly #random: Random;
  #entries: HeaderField[] = [];
  #limitBytes = 4096;

  constructor(random: Random) {
    this.#random = random;
  }

  /** In any of the ways in which these fields can be written. */
  write(fields: readonly HeaderField[]): Buffer {
    const bytes: number[] = [];
    if (this.#random() < 0.05) {
      this.#limitBytes = pick(this.#random, [0, 40, 256, 4096]);
      this.#evict();
      bytes.push(...number(0x20, 5, this.#limitBytes));
    }
    for (const field of fields) bytes.push(...this.#field(field));
    return Buffer.from(bytes);
  }

  #field(field: HeaderField): number[] {
    const [name, value] = field;
    const ofStatic = staticFields.find(([, other]) => other[0] === name && other[1] === value)?.[0];
    const at = this.#entries.findIndex(entry => entry[0] === name && entry[1] === value);
    const index = ofStatic ?? (at < 0 ? null : at + 62);
    if (index !== null && this.#random() < 0.7) return number(0x80, 7, index);
    const isIndexed = this.#random() < 0.6;
    const [flags, bits] = isIndexed ? ([0x40, 6] as const) : ([pick(this.#random, [0x00, 0x10]), 4] as const);
    const written = [...this.#name(name, flags, bits), ...this.#value(value)];
    if (isIndexed) this.#entries.unshift(field);
    this.#evict();
    return written;
  }

  #name(name: string, flags: number, bits: number): number[] {
    const known = this.#entries.findIndex(entry => entry[0] === name);
    const index = staticNames.find(([, other]) => other === name)?.[0] ?? (known < 0 ? 0 : known + 62);
    return index === 0 || this.#random() < 0.2
      ? [...number(flags, bits, 0), ...plain(name)]
      : number(flags, bits, index);
  }

  #value(value: string): number[] {
    const code = huffman.find(([text]) => text === value)?.[1];
    if (code === undefined || this.#random() < 0.3) return plain(value);
    const bytes = Buffer.from(code, 'hex');
    return [...number(0x80, 7, bytes.length), ...bytes];
  }

  #evict(): void {
    const bytes = (): number => this.#entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
    while (bytes() > this.#limitBytes) this.#entries.pop();
  }
}

const names = ['x-a', 'x-long-name-of-a-header', 'content-type', 'www-authenticate', 'cookie', 'x-a'];

export const fieldsOf = (random: Random): readonly HeaderField[] =>
  Array.from({length: below(random, 6)}, (): HeaderField => {
    const kind = random();
    if (kind < 0.2) return pick(random, staticFields)[1];
    const value =
      kind < 0.5 ? pick(random, huffman)[0] : noise(random, random() < 0.1 ? 1500 : 20).toString('latin1');
    return [kind < 0.8 ? pick(random, names) : `x-${below(random, 100)}`, value];
  });

/** What the last field of a block says of those before. */
const sumOf = (fields: readonly HeaderField[]): string => {
  let sum = 0;
  for (const character of JSON.stringify(fields)) sum = (Math.imul(sum, 31) + character.charCodeAt(0)) | 0;
  return String(sum);
};

const make = (random: Random): FuzzInput => {
  const writer = new HpackWriter(random);
  const blocks = Array.from({length: 1 + below(random, 6)}, (): Said => {
    const fields = fieldsOf(random);
    return ['client', writer.write([...fields, ['x-sum', sumOf(fields)]])];
  });
  const kind = random();
  if (kind < 0.35) return {said: blocks, isValid: true, faultSeed: null};
  const said: Said[] = kind < 0.8 ? damaged(blocks, random) : [...blocks, ['client', noise(random, 200)]];
  return {said, isValid: false, faultSeed: null};
};

const isSame = (a: readonly HeaderField[], b: readonly HeaderField[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** What is read must be what was written; and whatever is read can be written, and read again. */
const attempt = ({said, isValid}: FuzzInput): Outcome => {
  const decoder = new HpackDecoder();
  for (const [, block] of said) {
    let fields: readonly HeaderField[];
    try {
      fields = decoder.decode(block);
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      const failure = isValid ? `it could not be read: ${error.message}` : null;
      return {failure, isFollowed: false, hits: 0};
    }
    const isRight = !isValid || fields.at(-1)?.[1] === sumOf(fields.slice(0, -1));
    if (!isRight) return {failure: 'other fields were read', isFollowed: true, hits: 0};
    if (!isSame(new HpackDecoder().decode(encodeHpack(fields)), fields))
      return {failure: 'other fields were written', isFollowed: true, hits: 0};
  }
  return {failure: null, isFollowed: true, hits: 0};
};

export const hpack: FuzzPart = {name: 'hpack', takesFaults: false, isDamaged: true, make, attempt};
