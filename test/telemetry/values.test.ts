// Times, ids and attributes at their edges.
import test from 'ava';
import type {Bits64} from '../../src/telemetry/otlp-messages.ts';
import {attributeValue, clockFrom, hexId} from '../../src/telemetry/values.ts';

const bits = (integer: bigint): Bits64 => ({
  low: Number(BigInt.asIntN(32, integer)),
  high: Number(BigInt.asIntN(32, integer >> 32n)),
});

const originEpochMs = 1_790_000_000_000;
const originNanos = 1_790_000_000_000_000_000n;

test('keeps single nanoseconds where a double of the epoch would not', t => {
  const clock = clockFrom(originEpochMs);
  t.is(clock(bits(originNanos)), 0);
  t.is(clock(bits(originNanos + 1n)), 0.000001);
  t.is(clock(bits(originNanos + 1_234_567_891n)), 1234.567891);
  t.is(clock(bits(originNanos - 1n)), -0.000001);
  t.is(clock(bits(originNanos + 3_600_000_000_001n)), 3_600_000.000001);
});

test('takes an origin of fractions of a ms', t => {
  t.is(clockFrom(originEpochMs + 0.25)(bits(originNanos + 1_000_000n)), 0.75);
});

test('says how long ago a missing time is, and does not fail', t => {
  t.is(clockFrom(originEpochMs)(bits(0n)), -originEpochMs);
});

test('an id has its length and is not zero', t => {
  t.is(hexId(Buffer.from('00ff', 'hex'), 2), '00ff');
  t.is(hexId(new Uint8Array([0, 255]), 2), '00ff');
  t.is(hexId(Buffer.from('00ff', 'hex'), 3), null);
  t.is(hexId(Buffer.alloc(2), 2), null);
  t.is(hexId([], 8), null);
});

test('cuts texts that are too long to keep', t => {
  const none = {
    intValue: null,
    boolValue: null,
    doubleValue: null,
    arrayValue: null,
    kvlistValue: null,
    bytesValue: null,
  };
  const value = attributeValue({...none, stringValue: 'x'.repeat(100_000)});
  t.is(value, `${'x'.repeat(16_384)}…`);
});
