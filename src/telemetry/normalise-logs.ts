// Decoded log records in foulweather's form.
import {type LogEntry, type LogSeverity, logSeverities} from '../model/telemetry.ts';
import type {Clock} from './normalise.ts';
import type {LogRecordMessage, LogsRequest} from './otlp-messages.ts';
import {attributes, attributeValue, hexId, isZero} from './values.ts';

/** Four numbers to a severity: 1 to 4 are `trace`, 21 to 24 `fatal`. */
const severityOf = (number: number): LogSeverity =>
  logSeverities[number < 1 || number > 24 ? 0 : Math.ceil(number / 4)]!;

const entryOf = (record: LogRecordMessage, scope: string, clock: Clock): LogEntry => ({
  atMs: clock(isZero(record.timeUnixNano) ? record.observedTimeUnixNano : record.timeUnixNano),
  scope,
  severity: severityOf(record.severityNumber),
  eventName: record.eventName === '' ? null : record.eventName,
  body: attributeValue(record.body),
  traceId: hexId(record.traceId, 16),
  attributes: attributes(record.attributes),
});

export const normaliseLogs = ({resourceLogs}: LogsRequest, clock: Clock): LogEntry[] =>
  resourceLogs.flatMap(({scopeLogs}) =>
    scopeLogs.flatMap(({scope, logRecords}) =>
      logRecords.map(record => entryOf(record, scope?.name ?? '', clock)),
    ),
  );
