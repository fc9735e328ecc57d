// Log records and events: kept by kind and phase, and the first of each whole.
import test from 'ava';
import {protobufOf, startTrial, trialId} from './support.ts';

const record = (atMs: number, originEpochMs: number, changes: Record<string, unknown> = {}) => ({
  timeUnixNano: String(BigInt(originEpochMs + atMs) * 1_000_000n),
  severityNumber: 17,
  body: {stringValue: `at ${atMs}`},
  attributes: [{key: 'attempt', value: {intValue: '2'}}],
  traceId: '0123456789abcdef0123456789abcdef',
  ...changes,
});

for (const encoding of ['json', 'protobuf'] as const) {
  test(`${encoding}: counted by kind and phase`, async t => {
    const {receiver, url, originEpochMs} = await startTrial(t, 1_793_000_000_000);
    receiver.startPhase(trialId, 1, 100);
    const logRecords = [
      ...[10, 20, 30, 40, 150].map(atMs => record(atMs, originEpochMs)),
      record(160, originEpochMs, {severityNumber: 9, eventName: 'retry'}),
      record(0, originEpochMs, {
        timeUnixNano: '0',
        observedTimeUnixNano: String(BigInt(originEpochMs + 170) * 1_000_000n),
        severityNumber: 99,
        body: {kvlistValue: {values: [{key: 'a', value: {boolValue: true}}]}},
        traceId: '',
      }),
    ];
    const json = JSON.stringify({resourceLogs: [{scopeLogs: [{scope: {name: 'library'}, logRecords}]}]});
    const response = await fetch(`${url}/v1/logs`, {
      method: 'POST',
      headers: {'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf'},
      body: encoding === 'json' ? json : protobufOf('logs', json),
    });
    t.is(response.status, 200);
    const {logs, logRecordCount, refusals} = await receiver.finishTrial(trialId);
    t.is(logRecordCount, 7);
    t.deepEqual(refusals, {});
    t.deepEqual(
      logs!.counts.map(({phase, severity, eventName, count}) => [phase, severity, eventName, count]),
      [
        [0, 'error', null, 4],
        [1, 'error', null, 1],
        [1, 'info', 'retry', 1],
        [1, 'unspecified', null, 1],
      ],
    );
    t.deepEqual(
      logs!.entries.map(({atMs}) => atMs),
      [10, 20, 30, 150, 160, 170],
    );
    t.deepEqual(logs!.entries[0]! as unknown, {
      atMs: 10,
      scope: 'library',
      severity: 'error',
      eventName: null,
      body: 'at 10',
      traceId: '0123456789abcdef0123456789abcdef',
      attributes: {attempt: 2},
    });
    t.is(logs!.entries.at(-1)!.body, '{"a":true}');
    t.is(logs!.entries.at(-1)!.traceId, null);
  });
}
