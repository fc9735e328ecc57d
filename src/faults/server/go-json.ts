// Reads JSON as Go's decoder does: only the first value counts, numbers keep their text, and errors have Go's words.

export type JsonObject = {
  readonly kind: 'object';
  readonly members: (readonly [key: string, value: JsonValue])[];
};
export type JsonArray = {readonly kind: 'array'; readonly items: JsonValue[]};
export type JsonValue =
  | JsonObject
  | JsonArray
  | {readonly kind: 'string'; readonly value: string}
  | {readonly kind: 'number'; readonly text: string}
  | {readonly kind: 'bool'; readonly value: boolean}
  | {readonly kind: 'null'};

/** Says what is wrong with a text, in the words of Go's encoding/json. */
export class GoJsonError extends Error {
  override readonly name = 'GoJsonError';
}

/**
 * Reads the first JSON value of a request body; what follows it is ignored.
 * Throws GoJsonError: "EOF" for an empty body, "unexpected EOF", or "invalid character 'x' …".
 */
export const parseFirstValue = (body: Buffer): JsonValue => new Parser(body).firstValue();

/** Writes JSON as Go does, which escapes what HTML would read as markup. */
export const toGoJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, character => unicodeEscape(character));

type Container =
  | {readonly kind: 'object'; readonly value: JsonObject; key: string}
  | {readonly kind: 'array'; readonly value: JsonArray};

const maxDepth = 10_000; // as in Go; the stack is explicit, so depth costs memory only
const literals: Readonly<Record<string, {readonly text: string; readonly value: JsonValue}>> = {
  t: {text: 'true', value: {kind: 'bool', value: true}},
  f: {text: 'false', value: {kind: 'bool', value: false}},
  n: {text: 'null', value: {kind: 'null'}},
};

class Parser {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  firstValue(): JsonValue {
    if (this.#next() === '') throw new GoJsonError('EOF');
    const open: Container[] = [];
    for (;;) {
      const value = this.#opened(open) ?? this.#scalar();
      if (value === 'open') continue;
      const whole = this.#attach(value, open);
      if (whole !== null) return whole;
    }
  }

  /** Enters an object or an array. An empty one is a value at once. */
  #opened(open: Container[]): JsonValue | 'open' | null {
    const bracket = this.#next();
    if (bracket !== '{' && bracket !== '[') return null;
    if (open.length === maxDepth) throw this.#invalid('exceeded max depth');
    this.#at++;
    const isObject = bracket === '{';
    const value: JsonObject | JsonArray = isObject
      ? {kind: 'object', members: []}
      : {kind: 'array', items: []};
    if (this.#next() === (isObject ? '}' : ']')) {
      this.#at++;
      return value;
    }
    open.push(value.kind === 'object' ? {kind: 'object', value, key: this.#key()} : {kind: 'array', value});
    return 'open';
  }

  /** Puts a value where it belongs and closes what ends after it. Returns the outermost value when that is whole. */
  #attach(whole: JsonValue, open: Container[]): JsonValue | null {
    let value = whole;
    for (let container = open.at(-1); container !== undefined; container = open.at(-1)) {
      if (container.kind === 'object') container.value.members.push([container.key, value]);
      else container.value.items.push(value);
      if (!this.#closes(container)) return null;
      open.pop();
      value = container.value;
    }
    return value;
  }

  /** Reads what follows a member: the container's end, or a comma, after which it expects another member. */
  #closes(container: Container): boolean {
    const next = this.#next();
    const isObject = container.kind === 'object';
    if (next !== ',' && next !== (isObject ? '}' : ']')) {
      throw this.#invalid(isObject ? 'after object key:value pair' : 'after array element');
    }
    this.#at++;
    if (next !== ',') return true;
    if (isObject) container.key = this.#key();
    return false;
  }

  #key(): string {
    if (this.#next() !== '"') throw this.#invalid('looking for beginning of object key string');
    const key = this.#string();
    if (this.#next() !== ':') throw this.#invalid('after object key');
    this.#at++;
    return key;
  }

  #scalar(): JsonValue {
    const first = this.#next();
    if (first === '"') return {kind: 'string', value: this.#string()};
    if (first === '-' || isDigit(first)) return {kind: 'number', text: this.#number()};
    const literal = literals[first];
    if (literal === undefined) throw this.#invalid('looking for beginning of value');
    for (const expected of literal.text) {
      if (this.#here() !== expected) {
        throw this.#invalid(`in literal ${literal.text} (expecting '${expected}')`);
      }
      this.#at++;
    }
    return literal.value;
  }

  #string(): string {
    const start = this.#at++;
    for (let character = this.#here(); character !== '"'; character = this.#here()) {
      if (character < ' ') throw this.#invalid('in string literal');
      this.#at++;
      if (character === '\\') this.#escape();
    }
    this.#at++;
    const quoted = this.#body.toString('utf8', start, this.#at);
    const text: unknown = JSON.parse(quoted);
    return String(text).toWellFormed(); // Go has no lone surrogates either
  }

  #escape(): void {
    const character = this.#here();
    if (character === '' || !'"\\/bfnrtu'.includes(character)) throw this.#invalid('in string escape code');
    this.#at++;
    if (character !== 'u') return;
    for (let digits = 0; digits < 4; digits++, this.#at++) {
      if (!/^[0-9a-fA-F]$/.test(this.#here())) throw this.#invalid('in \\u hexadecimal character escape');
    }
  }

  #number(): string {
    const start = this.#at;
    if (this.#here() === '-') this.#at++;
    if (this.#here() === '0') this.#at++;
    else this.#digits('in numeric literal');
    if (this.#here() === '.') {
      this.#at++;
      this.#digits('after decimal point in numeric literal');
    }
    if (this.#here() === 'e' || this.#here() === 'E') {
      this.#at++;
      if (this.#here() === '+' || this.#here() === '-') this.#at++;
      this.#digits('in exponent of numeric literal');
    }
    return this.#body.toString('latin1', start, this.#at);
  }

  #digits(context: string): void {
    if (!isDigit(this.#here())) throw this.#invalid(context);
    while (isDigit(this.#here())) this.#at++;
  }

  /** The byte at the cursor as a character; '' at the end. */
  #here(): string {
    const byte = this.#body[this.#at];
    return byte === undefined ? '' : String.fromCharCode(byte);
  }

  /** The first byte that is no white space; '' at the end. */
  #next(): string {
    let character = this.#here();
    while (character === ' ' || character === '\n' || character === '\t' || character === '\r') {
      this.#at++;
      character = this.#here();
    }
    return character;
  }

  #invalid(context: string): GoJsonError {
    const character = this.#here();
    if (character === '') return new GoJsonError('unexpected EOF');
    return new GoJsonError(`invalid character ${quoteCharacter(character)} ${context}`);
  }
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';

/** Go's quoteChar: it shows a byte of a longer character as if it were Latin-1. */
const quoteCharacter = (character: string): string => {
  const named = {"'": "\\'", '"': '"', '\\': '\\\\', '\u0007': '\\a', '\b': '\\b', '\f': '\\f'}[character];
  if (named !== undefined) return `'${named}'`;
  const code = character.charCodeAt(0);
  const isPrintable = (code >= 0x20 && code < 0x7f) || (code > 0xa0 && code !== 0xad);
  if (isPrintable) return `'${character}'`;
  const spaced = {'\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v'}[character];
  if (spaced !== undefined) return `'${spaced}'`;
  return code < 0x80 ? `'\\x${code.toString(16).padStart(2, '0')}'` : `'${unicodeEscape(character)}'`;
};

const unicodeEscape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
