// OTLP/JSON as the specification has it: hex ids, 64-bit integers as strings, lowerCamelCase keys.
import {tracePrefix} from './support.ts';

/** The origin of the bodies' times, in ms; nanoseconds of it are beyond what a double can hold. */
export const originEpochMs = 1_544_712_660_000;

/** Nanoseconds since 1970, as the string that OTLP/JSON wants. */
export const nanosAt = (ms: number): string =>
  String(BigInt(originEpochMs) * 1_000_000n + BigInt(Math.round(ms * 1e6)));

export const spanJson = (overrides: object = {}): object => ({
  traceId: `${tracePrefix}0000000000000001`,
  spanId: 'eee19b7ec3c1b174',
  parentSpanId: 'eee19b7ec3c1b173',
  name: 'GET',
  kind: 3,
  startTimeUnixNano: nanosAt(300),
  endTimeUnixNano: nanosAt(400.25),
  attributes: [],
  ...overrides,
});

export const tracesJson = (...spans: readonly object[]): object => ({
  resourceSpans: [
    {
      resource: {attributes: [{key: 'service.name', value: {stringValue: 'my.service'}}]},
      scopeSpans: [{scope: {name: 'my.library', version: '1.0.0'}, spans}],
    },
  ],
});

export const metricsJson = (...metrics: readonly object[]): object => ({
  resourceMetrics: [
    {
      resource: {attributes: [{key: 'service.name', value: {stringValue: 'my.service'}}]},
      scopeMetrics: [{scope: {name: 'my.library'}, metrics}],
    },
  ],
});

export const logsJson = (...logRecords: readonly object[]): object => ({
  resourceLogs: [{scopeLogs: [{scope: {name: 'my.library'}, logRecords}]}],
});
