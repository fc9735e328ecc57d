// Bytes and their encoding in, a decoded request out, or a refusal that says what is wrong with them.
import protobuf from 'protobufjs/light.js';
import {messageOf} from '../model/error-message.ts';
import {OtlpError} from './otlp-error.ts';
import {messageFromJson} from './otlp-json.ts';
import type {Encoding, Requests, Signal} from './otlp-messages.ts';
import {otlpType} from './otlp-schema.ts';

/**
 * How many fields one request may have, so that a small body of empty messages cannot fill the memory.
 * A span has about 60: this is room for 30,000 spans, and SDKs send a few thousand at once.
 */
const fieldLimit = 2_000_000;

const refuseTooMany = (): never => {
  throw new OtlpError('too large', `more than ${fieldLimit} fields in one request`);
};

class BoundedReader extends protobuf.BufferReader {
  // A field is a tag and, mostly, a length or a number.
  #left = 2 * fieldLimit;
  #lastRead = 0;

  override uint32(): number {
    if (--this.#left < 0) refuseTooMany();
    this.#lastRead = super.uint32();
    return this.#lastRead;
  }

  /** Comes right after a tag that the schema does not know. */
  override skipType(wireType: number, depth?: number): protobuf.Reader {
    if (this.#lastRead >>> 3 === 0) throw new Error('illegal tag: field number 0');
    return super.skipType(wireType, depth);
  }

  // Of the elements of packed fields there is only the number.
  override uint64(): protobuf.Long {
    if (--this.#left < 0) refuseTooMany();
    return super.uint64();
  }

  override fixed64(): protobuf.Long {
    if (--this.#left < 0) refuseTooMany();
    return super.fixed64();
  }
}

const types = {
  traces: otlpType('TracesRequest'),
  metrics: otlpType('MetricsRequest'),
  logs: otlpType('LogsRequest'),
} as const;

const decodeProtobuf = (type: protobuf.Type, bytes: Buffer): unknown => {
  try {
    return type.decode(new BoundedReader(bytes));
  } catch (error) {
    if (error instanceof OtlpError) throw error;
    throw new OtlpError('malformed', `not a protobuf message: ${messageOf(error)}`, {cause: error});
  }
};

const comma = 0x2c;
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b]);

/** Commas and brackets bound the number of values from above. Short bodies can't have too many. */
const checkJsonSize = (bytes: Buffer): void => {
  if (bytes.length <= fieldLimit) return;
  let count = 0;
  for (const byte of bytes) if (byte === comma || opening.has(byte)) count += 1;
  if (count > fieldLimit) refuseTooMany();
};

const decodeJson = (type: protobuf.Type, bytes: Buffer): unknown => {
  checkJsonSize(bytes);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new OtlpError('malformed', `not JSON: ${messageOf(error)}`, {cause: error});
  }
  return messageFromJson(type, value);
};

/**
 * Decodes an Export…ServiceRequest.
 * @throws {OtlpError} `malformed` or `too large`, with the place and the reason in its message
 */
export const decodeRequest = <S extends Signal>(
  signal: S,
  encoding: Encoding,
  bytes: Buffer,
): Requests[S] => {
  const type = types[signal];
  const decoded = encoding === 'protobuf' ? decodeProtobuf(type, bytes) : decodeJson(type, bytes);
  // Both decoders build exactly what the schema says; otlp-messages.ts says the same in TypeScript.
  return decoded as Requests[S];
};
