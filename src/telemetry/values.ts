// OTLP's values in foulweather's form: 64-bit integers, times, ids and attributes.
import type {Attributes, AttributeValue} from '../model/telemetry.ts';
import type {AnyValue, Bits64, Bytes, KeyValue} from './otlp-messages.ts';

const twoTo32 = 2 ** 32;

/** Longer attribute texts are cut, so that one stack trace can't fill the memory and the report. */
const textLimitChars = 16_384;

export const unsignedNumber = ({low, high}: Bits64): number => (high >>> 0) * twoTo32 + (low >>> 0);
export const signedNumber = ({low, high}: Bits64): number => high * twoTo32 + (low >>> 0);
export const isZero = ({low, high}: Bits64): boolean => low === 0 && high === 0;

/**
 * Returns the function from nanoseconds since 1970 to ms since `originEpochMs`. The difference is computed in
 * integers of two halves, and is exact for 104 days around the origin, where a double of the nanoseconds is off by
 * 128.
 */
export const clockFrom = (originEpochMs: number): ((nanos: Bits64) => number) => {
  // A double holds today's epoch ms to a quarter of a microsecond: what is below a microsecond is noise.
  const originNanos = BigInt(Math.round(originEpochMs * 1000)) * 1000n;
  const originHigh = Number(originNanos >> 32n);
  const originLow = Number(originNanos & 0xffffffffn);
  return ({low, high}) => (((high >>> 0) - originHigh) * twoTo32 + ((low >>> 0) - originLow)) / 1e6;
};

/** The id as lower-case hex, or null where it has not `lengthBytes` bytes or only zeros, which is no id. */
export const hexId = (bytes: Bytes, lengthBytes: number): string | null => {
  if (bytes.length !== lengthBytes) return null;
  const hex = (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes)).toString('hex');
  return /[^0]/.test(hex) ? hex : null;
};

const cut = (text: string): string =>
  text.length > textLimitChars ? `${text.slice(0, textLimitChars)}…` : text;

const integer = (bits: Bits64): number | string => {
  const number = signedNumber(bits);
  if (Number.isSafeInteger(number)) return number;
  return String((BigInt(bits.high) << 32n) | BigInt(bits.low >>> 0));
};

/**
 * An attribute's value. Integers that a double cannot hold become strings, as do NaN and the infinities, which JSON
 * has no form for; bytes become base64; a key-value list becomes its JSON text; a value that was not sent is null.
 */
export const attributeValue = (value: AnyValue | null): AttributeValue => {
  if (value === null) return null;
  if (value.stringValue !== null) return cut(value.stringValue);
  if (value.intValue !== null) return integer(value.intValue);
  if (value.boolValue !== null) return value.boolValue;
  if (value.doubleValue !== null) {
    return Number.isFinite(value.doubleValue) ? value.doubleValue : String(value.doubleValue);
  }
  if (value.arrayValue !== null) return value.arrayValue.values.map(attributeValue);
  if (value.kvlistValue !== null) return cut(JSON.stringify(attributes(value.kvlistValue.values)));
  if (value.bytesValue !== null) return cut(Buffer.from(value.bytesValue).toString('base64'));
  return null;
};

/** Keys are unique; where a sender breaks that, the last one stays. */
export const attributes = (pairs: readonly KeyValue[]): Attributes => {
  const result: Record<string, AttributeValue> = {};
  for (const {key, value} of pairs) {
    if (key === '__proto__') {
      Object.defineProperty(result, key, {value: attributeValue(value), enumerable: true});
    } else result[key] = attributeValue(value);
  }
  return result;
};
