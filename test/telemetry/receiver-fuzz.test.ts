// Damaged requests, from a seed: each is taken or refused, in the protocol's own words, and the receiver lives on.
import test from 'ava';
import {logsJson, metricsJson, nanosAt, originEpochMs, spanJson, tracesJson} from './otlp-json.ts';
import {decodeStatus, protobufOf, startTrial, trialId} from './support.ts';

const seed = Number(process.env['FOULWEATHER_FUZZ_SEED'] ?? 20_261_004);
const requestsPerBody = 250;

/** mulberry32: small, and the same everywhere. */
const randomFrom = (start: number): ((limit: number) => number) => {
  let state = start;
  return limit => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
};

const attributes = [
  {key: 'a', value: {intValue: '1'}},
  {key: 'b', value: {arrayValue: {values: [{doubleValue: 0.5}, {kvlistValue: {values: [{key: 'c'}]}}]}}},
];
const times = {startTimeUnixNano: nanosAt(0), timeUnixNano: nanosAt(1000), attributes};
const positive = {offset: -1, bucketCounts: ['1', '2']};
const bodies = {
  traces: tracesJson(
    spanJson({attributes, events: [{name: 'e', timeUnixNano: nanosAt(1), attributes}], status: {code: 2}}),
  ),
  metrics: metricsJson(
    {name: 'a', gauge: {dataPoints: [{...times, asInt: '1'}]}},
    {name: 'b', sum: {aggregationTemporality: 2, isMonotonic: true, dataPoints: [{...times, asDouble: 1}]}},
    {
      name: 'c',
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [{...times, count: '3', sum: 4, bucketCounts: ['1', '2'], explicitBounds: [1]}],
      },
    },
    {
      name: 'd',
      exponentialHistogram: {
        aggregationTemporality: 1,
        dataPoints: [{...times, count: '3', scale: 2, zeroCount: '0', positive, negative: positive}],
      },
    },
  ),
  logs: logsJson({timeUnixNano: nanosAt(1), body: {stringValue: 'a'}, attributes}),
} as const;

/** Flips, drops, doubles or cuts: one to four times. */
const damage = (bytes: Buffer<ArrayBuffer>, random: (limit: number) => number): Buffer<ArrayBuffer> => {
  let damaged = Buffer.from(bytes);
  for (let times = 1 + random(4); times > 0 && damaged.length > 0; times -= 1) {
    const at = random(damaged.length);
    const length = 1 + random(8);
    const kind = random(5);
    if (kind === 0) damaged[at] = random(256);
    else if (kind === 1) damaged = Buffer.from(damaged.subarray(0, at));
    else if (kind === 2) damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(at + length)]);
    else if (kind === 3) damaged = Buffer.concat([damaged.subarray(0, at + length), damaged.subarray(at)]);
    else damaged.fill(random(2) === 0 ? 0xff : 0x30, at, Math.min(at + length, damaged.length));
  }
  return damaged;
};

const oddValues: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e300,
  '',
  'x',
  '99999999999999999999',
  [],
  {},
  [null],
  [[]],
];

/** Puts an odd value in the place of one that is anywhere inside. */
const distort = (value: unknown, random: (limit: number) => number): unknown => {
  if (typeof value !== 'object' || value === null || random(6) === 0)
    return oddValues[random(oddValues.length)];
  const keys = Object.keys(value);
  const key = keys[random(keys.length)];
  if (key === undefined) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : {...value};
  Object.assign(copy, {[key]: distort(Reflect.get(value, key), random)});
  return copy;
};

for (const signal of ['traces', 'metrics', 'logs'] as const) {
  for (const kind of ['damaged protobuf', 'damaged JSON', 'distorted JSON'] as const) {
    test(`survives ${kind} of ${signal}`, async t => {
      const {receiver, url} = await startTrial(t, originEpochMs);
      const random = randomFrom(seed);
      const text = JSON.stringify(bodies[signal]);
      const contentType = kind === 'damaged protobuf' ? 'application/x-protobuf' : 'application/json';
      const whole = kind === 'damaged protobuf' ? protobufOf(signal, text) : Buffer.from(text);
      const send = (body: Buffer<ArrayBuffer>): Promise<Response> =>
        fetch(`${url}/v1/${signal}`, {method: 'POST', headers: {'content-type': contentType}, body});
      const counts = {taken: 0, refused: 0};
      for (let index = 0; index < requestsPerBody; index += 1) {
        const body =
          kind === 'distorted JSON'
            ? Buffer.from(JSON.stringify(distort(bodies[signal], random)))
            : damage(whole, random);
        const answer = await send(body);
        const answered = Buffer.from(await answer.arrayBuffer());
        const replay = `seed ${seed}, request ${index}: ${body.toString('base64')}`;
        t.true(answer.status === 200 || answer.status === 400, `${answer.status} for ${replay}`);
        t.is(answer.headers.get('content-type'), contentType);
        if (answer.status === 400) {
          t.is(decodeStatus(contentType, answered).code, 3, replay);
          counts.refused += 1;
        } else counts.taken += 1;
      }
      // Both happen, or the damage would prove nothing.
      t.true(counts.refused > 10 && counts.taken > 0, JSON.stringify(counts));
      t.is((await send(whole)).status, 200);
      const observation = await receiver.finishTrial(trialId);
      t.is(observation.refusals['malformed'], counts.refused);
      // It goes to the parent as JSON: what has no form there must not be in it.
      t.deepEqual(JSON.parse(JSON.stringify(observation)), observation);
    });
  }
}
