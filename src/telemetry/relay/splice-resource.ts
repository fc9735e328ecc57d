// Adds attributes to the resources of an export request, and leaves every other byte as it came: fields that this
// receiver does not know, such as links and exemplars, have to arrive at the user's backend, too.

import type {Encoding} from '../otlp-messages.ts';
import {otlpType} from '../otlp-schema.ts';

type Labels = Readonly<Record<string, string>>;

const lengthDelimited = 2;
/** Of `resource_spans`, `resource_metrics` and `resource_logs` in their requests, and of `resource` in these. */
const fieldOne = (1 << 3) | lengthDelimited;

const keyValues = (labels: Labels) =>
  Object.entries(labels).map(([key, stringValue]) => ({key, value: {stringValue}}));

/** A resource of only these, which is the same as so many more bytes of another resource. */
const attributesOf = (labels: Labels): Buffer =>
  Buffer.from(
    otlpType('Resource')
      .encode({attributes: keyValues(labels)})
      .finish(),
  );

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
};

type Field = {readonly tag: number; readonly whole: Buffer; readonly payload: Buffer};

/** @throws RangeError where the bytes end within a field, or have a wire type that is not in use any more */
function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = message.readUInt8(at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const start = at;
    const tag = next();
    const wireType = tag & 7;
    let payloadStart = at;
    if (wireType === 0) next();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === lengthDelimited) {
      const length = next();
      payloadStart = at;
      at += length;
    } else throw new RangeError(`wire type ${wireType}`);
    if (at > message.length) throw new RangeError('the message is cut off');
    yield {tag, whole: message.subarray(start, at), payload: message.subarray(payloadStart, at)};
  }
}

const delimited = (payload: Buffer): Buffer =>
  Buffer.concat([varint(fieldOne), varint(payload.length), payload]);

const withAttributes = (resourceItems: Buffer, extra: Buffer): Buffer => {
  const parts: Buffer[] = [];
  let isAdded = false;
  for (const {tag, whole, payload} of fieldsOf(resourceItems)) {
    const isResource: boolean = tag === fieldOne && !isAdded;
    parts.push(isResource ? delimited(Buffer.concat([payload, extra])) : whole);
    isAdded ||= isResource;
  }
  return Buffer.concat(isAdded ? parts : [delimited(extra), ...parts]);
};

const splicedProtobuf = (body: Buffer, labels: Labels): Buffer => {
  const extra = attributesOf(labels);
  const parts = Array.from(fieldsOf(body), ({tag, whole, payload}) =>
    tag === fieldOne ? delimited(withAttributes(payload, extra)) : whole,
  );
  return Buffer.concat(parts);
};

type JsonItem = {resource?: {attributes?: unknown[]}};

const splicedJson = (body: Buffer, labels: Labels): Buffer => {
  const request = JSON.parse(body.toString('utf8')) as Record<string, JsonItem[]>;
  for (const items of Object.values(request)) {
    for (const item of items) {
      item.resource ??= {};
      item.resource.attributes = [...(item.resource.attributes ?? []), ...keyValues(labels)];
    }
  }
  return Buffer.from(JSON.stringify(request));
};

/** @param body of a request that was decoded before, and so is sound */
export const spliceResource = (encoding: Encoding, body: Buffer, labels: Labels): Buffer =>
  encoding === 'protobuf' ? splicedProtobuf(body, labels) : splicedJson(body, labels);
