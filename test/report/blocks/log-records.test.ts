// Log records and events in the report: by kind and phase, the worst first, and marks on the timeline.
import test from 'ava';
import {found} from '../../../src/measures/evidence.ts';
import {withLogs} from '../../../src/measures/log-evidence.ts';
import {
  endedAgainEvent,
  type LogEntry,
  type LogObservation,
  traceIdOfOperation,
} from '../../../src/model/telemetry.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {logBlocks} from '../../../src/report/blocks/log-records.ts';
import type {VariantStory} from '../../../src/report/case-study/run-story.ts';
import {timeScale} from '../../../src/report/charts/frame.ts';
import {logMarks, logText} from '../../../src/report/charts/timeline.ts';
import {plainText} from '../../../src/report/document.ts';
import {presentIf} from '../../../src/symptoms/finding.ts';
import {baseline, fault, presentOf, telemetryOf, trialWith} from '../../helpers/trial-believable.ts';

const entry = (atMs: number, more: Partial<LogEntry> = {}): LogEntry => ({
  atMs,
  scope: 'library',
  severity: 'info',
  eventName: null,
  body: null,
  traceId: null,
  attributes: {},
  ...more,
});

const logs: LogObservation = {
  counts: [
    {phase: baseline, scope: 'library', severity: 'info', eventName: 'retry', count: 3},
    {phase: fault, scope: 'library', severity: 'error', eventName: null, count: 1200},
    {phase: fault, scope: 'foulweather', severity: 'warn', eventName: endedAgainEvent, count: 9},
  ],
  entries: [
    entry(1500, {eventName: 'retry', body: 'trying again'}),
    entry(5500, {
      severity: 'error',
      body: 'it | broke',
      traceId: traceIdOfOperation(trialWith().tracePrefix, 7),
    }),
    entry(5600, {scope: 'foulweather', severity: 'warn', eventName: endedAgainEvent}),
  ],
};

const trial: Trial = trialWith({telemetry: {...telemetryOf([]), logs, logRecordCount: 1212}});
const story = {variant: {name: 'defaults'}, trials: [{trial}]} as unknown as VariantStory;

test('each kind of a phase is a row, the worst first; ours is none', t => {
  const [title, block] = logBlocks([story]);
  t.like(title, {kind: 'heading', title: 'Log records and events'});
  t.deepEqual(block?.kind === 'table' ? block.rows.map(cells => cells.map(plainText)) : [], [
    ['defaults', 'stall', 'error', '–', '1,200', 'it | broke', '0123456789abcdef0000000000000008'],
    ['defaults', 'baseline', 'info', 'retry', '3', 'trying again', '–'],
  ]);
});

test('without records there is nothing to tell', t => {
  t.deepEqual(logBlocks([{...story, trials: []}]), []);
});

test('the timeline has a mark for each that was kept, those of errors filled', t => {
  const marks = logMarks(trial, timeScale([trial]), 100);
  t.deepEqual(
    marks.map(mark => /class="([^"]+)"/.exec(mark)?.[1]),
    ['log-mark', 'log-mark error'],
  );
  t.is(logText(logs.entries[1]!), 'error: "it | broke"');
  t.is(logText(logs.entries[0]!), 'retry, info: "trying again"');
});

test('a finding of the phase has the worst kind as further evidence, with its trace', t => {
  const evidence = {
    witness: 'driver',
    statement: 'One.',
    value: 1,
    threshold: 0,
    unit: 'count',
    count: 1,
  } as const;
  const inPhase = (phase: string) => presentOf(presentIf('hung-operation', 'fail', [found(phase, evidence)]));
  const [, said] = withLogs(trial, inPhase('stall')).evidence;
  t.like(said, {
    witness: 'telemetry',
    phase: 'stall',
    statement: 'library logged "error" 1,200 times in phase stall, such as "it | broke".',
    value: 1200,
    operations: ['defaults-1-7'],
  });
  t.is(withLogs(trial, inPhase('recovery')).evidence.length, 1);
});
