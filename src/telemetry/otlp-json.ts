// OTLP/JSON decoded into the same messages as protobuf, with all types checked. Where the rules differ from
// protobuf's own JSON mapping they are OTLP's: ids are hex, enums are numbers, keys are lowerCamelCase.
import protobuf from 'protobufjs/light.js';
import {OtlpError} from './otlp-error.ts';
import type {Bits64} from './otlp-messages.ts';

type FieldReader = (value: unknown, depth: number) => unknown;

/** As deep as protobufjs goes. */
const depthLimit = 100;

const hexFields: ReadonlySet<string> = new Set(['traceId', 'spanId', 'parentSpanId']);

/** Carries the path upwards, so that it costs nothing where all is well. */
class WrongValue extends Error {
  readonly path: string;
  readonly expected: string;

  constructor(path: string, expected: string) {
    super(`request${path} is not ${expected}`);
    this.path = path;
    this.expected = expected;
  }
}

const below = (error: unknown, step: string): unknown =>
  error instanceof WrongValue ? new WrongValue(step + error.path, error.expected) : error;

const refuse = (expected: string): never => {
  throw new WrongValue('', expected);
};

const readString: FieldReader = value => (typeof value === 'string' ? value : refuse('a string'));

const readBool: FieldReader = value => (typeof value === 'boolean' ? value : refuse('a boolean'));

const readHex: FieldReader = value =>
  typeof value === 'string' && value.length % 2 === 0 && /^[0-9a-f]*$/i.test(value)
    ? Buffer.from(value, 'hex')
    : refuse('a string of hex digits');

const readBase64: FieldReader = value =>
  typeof value === 'string' && /^[\w+/-]*={0,2}$/.test(value)
    ? Buffer.from(value, 'base64')
    : refuse('a base64 string');

const readDouble: FieldReader = value => {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  return typeof value === 'string' && /^-?\d/.test(value) && !Number.isNaN(Number(value))
    ? Number(value)
    : refuse('a number');
};

const int32Reader = (lowest: number, highest: number): FieldReader => {
  return value => {
    const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number)) return refuse('a 32-bit integer');
    return number >= lowest && number <= highest ? number : refuse('a 32-bit integer');
  };
};

const isInteger = (value: unknown): value is number | string =>
  typeof value === 'number'
    ? Number.isInteger(value)
    : typeof value === 'string' && /^-?\d{1,20}$/.test(value);

/** A number token over 2^53 has lost its last digits in JSON.parse already, which is why OTLP asks for a string. */
const int64Reader = (lowest: bigint, highest: bigint): FieldReader => {
  return (value): Bits64 => {
    if (!isInteger(value)) return refuse('a 64-bit integer');
    const integer = BigInt(value);
    if (integer < lowest || integer > highest) return refuse('a 64-bit integer');
    return {low: Number(BigInt.asIntN(32, integer)), high: Number(BigInt.asIntN(32, integer >> 32n))};
  };
};

const readInt32 = int32Reader(-0x80000000, 0x7fffffff);
const readInt64 = int64Reader(-(2n ** 63n), 2n ** 63n - 1n);
const readUint64 = int64Reader(0n, 2n ** 64n - 1n);

const scalarReaders: {readonly [type: string]: FieldReader} = {
  string: readString,
  bool: readBool,
  double: readDouble,
  int32: readInt32,
  sint32: readInt32,
  uint32: int32Reader(0, 0xffffffff),
  int64: readInt64,
  sfixed64: readInt64,
  uint64: readUint64,
  fixed64: readUint64,
};

const arrayOf = (readItem: FieldReader): FieldReader => {
  return (value, depth) => {
    if (!Array.isArray(value)) return refuse('an array');
    const items: unknown[] = [];
    try {
      for (const item of value) items.push(readItem(item, depth));
    } catch (error) {
      throw below(error, `[${items.length}]`);
    }
    return items;
  };
};

const readerOfField = (field: protobuf.Field): FieldReader => {
  const {resolvedType} = field.resolve();
  const readBytes = hexFields.has(field.name) ? readHex : readBase64;
  const readScalar = field.type === 'bytes' ? readBytes : scalarReaders[field.type];
  const readOne = resolvedType instanceof protobuf.Type ? readerOf(resolvedType) : readScalar;
  if (readOne === undefined) throw new Error(`no JSON form for the type ${field.type}`);
  return field.repeated ? arrayOf(readOne) : readOne;
};

const readers = new Map<protobuf.Type, FieldReader>();

/** Returns the function that reads one message of `type`. Unknown keys are skipped; null is the same as absent. */
const readerOf = (type: protobuf.Type): FieldReader => {
  const known = readers.get(type);
  if (known !== undefined) return known;
  const fields = new Map<string, FieldReader>();
  const Message = type.ctor;
  const read: FieldReader = (value, depth) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('an object');
    if (depth > depthLimit) return refuse(`within ${depthLimit} messages inside each other`);
    const message: Record<string, unknown> = new Message();
    let place = '';
    try {
      for (const [key, child] of Object.entries(value)) {
        const readChild = fields.get(key);
        if (readChild === undefined || child === null) continue;
        place = key;
        message[key] = readChild(child, depth + 1);
      }
    } catch (error) {
      throw below(error, `.${place}`);
    }
    return message;
  };
  // Before its fields are read, because messages contain each other.
  readers.set(type, read);
  for (const field of type.fieldsArray) fields.set(field.name, readerOfField(field));
  return read;
};

/**
 * Reads a message out of parsed JSON.
 * @throws {OtlpError} `malformed`, naming the place of the first wrong value
 */
export const messageFromJson = (type: protobuf.Type, value: unknown): unknown => {
  try {
    return readerOf(type)(value, 0);
  } catch (error) {
    if (error instanceof WrongValue) throw new OtlpError('malformed', error.message);
    throw error;
  }
};
