// What a library logs by OpenTelemetry arrives, and is told in the report and on the timeline, through the real harness.

import test from 'ava';
import {renderReport} from '../../src/report/report.ts';
import {recordedRun} from '../helpers/recorded-run.ts';
import {reportText} from '../helpers/report-text.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const ran = sharedRun(t => recordedRun(t, 'logging'));
const files = (): {readonly [name: string]: string} => renderReport(ran().run).files;

test('the report tells them with a count and an example', t => {
  t.regex(reportText({files: files()}), /### Log records and events/);
  t.regex(
    reportText({files: files()}),
    /\| only +\| refused +\| error +\| – +\| \d+ +\| `no answer to only-1-\d+`/,
  );
  t.regex(reportText({files: files()}), /\| only +\| refused +\| info +\| `talkative.gave_up` +\| \d+ +\|/);
});

test('the timeline has a mark for each that was kept', t => {
  const marks = files()['timeline.svg']!.match(/class="log-mark error"/g) ?? [];
  const {logs} = ran().trial('only').trial.telemetry!;
  t.is(marks.length, logs!.entries.filter(({severity}) => severity === 'error').length);
  t.regex(files()['timeline.svg']!, /log record, filled: error/);
});
