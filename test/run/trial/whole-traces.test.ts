// Whole traces are read back of the operations that turned out to be worth a look.
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {type Span, traceIdOfOperation} from '../../../src/model/telemetry.ts';
import {operationsToTrace, withWholeTraces} from '../../../src/run/trial/whole-traces.ts';
import {linesOfTraces} from '../../../src/store/run-folder.ts';
import {temporaryFolder} from '../../helpers/run-folders.ts';
import {baseline, booksOf, fault, telemetryOf, trialWith, warmUp} from '../../helpers/trial-believable.ts';

const prefix = trialWith().tracePrefix;

const span = (operation: number, attempt: number): Span => ({
  traceId: traceIdOfOperation(prefix, operation),
  spanId: `${operation}0${attempt}`.padStart(16, '0'),
  parentSpanId: null,
  scope: 'client',
  name: 'GET',
  kind: 'client',
  startMs: 1000 + operation * 10 + attempt,
  endMs: 1001 + operation * 10 + attempt,
  status: 'unset',
  statusMessage: null,
  attributes: {},
  events: [],
});

/** A file as the receiver leaves it, with a last line that was cut off. */
const fileOf = async (t: ExecutionContext, spans: readonly Span[]) => {
  const file = join(await temporaryFolder(t), 'spans.ndjson');
  const text = spans.map(one => `${JSON.stringify(one)}\n`).join('');
  await writeFile(file, `${text}{"traceId":"${spans[0]?.traceId}"`);
  return (traceIds: ReadonlySet<string>) => linesOfTraces(file, traceIds);
};

test('the slowest, the first that failed, the most often sent, some that went well, and none of the warm-up', t => {
  const {driver, ledger} = booksOf([
    {phase: warmUp, attempts: 5},
    ...Array.from({length: 100}, () => ({phase: baseline})),
    {phase: fault, status: 'ok', attempts: 3},
    {phase: fault, status: 'failed'},
    {phase: fault, status: 'hung'},
    {phase: fault, status: 'failed'},
  ]);
  const slowest = [
    {index: 50, id: 'defaults-1-50', phase: baseline, startMs: 0, durationMs: 90, status: 'ok' as const},
  ];
  const trial = trialWith({driver: {...driver, slowest}, ledger});
  t.deepEqual(
    [...operationsToTrace(trial, [])].sort((a, b) => a - b),
    [1, 14, 26, 39, 50, 51, 64, 76, 89, 101, 102, 103],
  );
});

test('all attempts of them are there, where the receiver had kept one span', async t => {
  const {driver, ledger} = booksOf([{phase: fault, status: 'failed', attempts: 3}, {phase: fault}]);
  const telemetry = {...telemetryOf([3, 1]), exemplars: [span(0, 0)]};
  const spans = [span(0, 0), span(1, 0), span(0, 1), span(0, 2), span(7, 0)];
  const traced = await withWholeTraces(trialWith({driver, ledger, telemetry}), [], await fileOf(t, spans));
  t.deepEqual(
    traced.telemetry!.exemplars.map(({spanId}) => spanId),
    [span(0, 0), span(0, 1), span(0, 2), span(1, 0)].map(({spanId}) => spanId),
  );
});

test('what the file does not have any more stays as the receiver kept it', async t => {
  const {driver, ledger} = booksOf([{phase: fault}]);
  const telemetry = {...telemetryOf([1]), exemplars: [span(0, 0)]};
  const traced = await withWholeTraces(trialWith({driver, ledger, telemetry}), [], await fileOf(t, []));
  t.deepEqual(traced.telemetry!.exemplars, telemetry.exemplars);
});

test('lines that go over the edge of what is read at a time are read whole', async t => {
  const {driver, ledger} = booksOf([{phase: fault, attempts: 40}]);
  const telemetry = {...telemetryOf([40]), exemplars: [span(0, 0)]};
  const long = {...span(7, 0), attributes: {text: 'ä'.repeat(100_000)}};
  const spans = Array.from({length: 40}, (_, attempt) => [
    span(0, attempt),
    {...long, spanId: `${attempt}`},
  ]).flat();
  const traced = await withWholeTraces(trialWith({driver, ledger, telemetry}), [], await fileOf(t, spans));
  t.is(traced.telemetry!.exemplars.length, 40);
});
