// What the library says of itself arrives whole: at 5,000 operations a second, in calm and in a fault.
import test from 'ava';
import {outcomeCode} from '../../src/model/outcome.ts';
import {type MetricSummary, openingPhase} from '../../src/model/telemetry.ts';
import {runOnce} from '../helpers/run-once.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const scope = '@opentelemetry/instrumentation-undici';

const ran = sharedRun(t => runOnce(t, 'busy'));

const metrics = (name: string): readonly MetricSummary[] =>
  ran()
    .trial('only')
    .trial.telemetry!.metrics.filter(metric => metric.name === name);

/** Spans of each operation, by its index. An operation that a busy machine did not get to send before the end has none. */
const spansPerOperation = (): Buffer =>
  Buffer.from(ran().trial('only').trial.telemetry!.spansPerOperation, 'base64');

const spanned = (): number => spansPerOperation().reduce((sum, count) => sum + count, 0);

test('every operation has its span', t => {
  const {trial, judgement} = ran().trial('only');
  const {telemetry, driver} = trial;
  const started = judgement.phases.reduce((sum, phase) => sum + phase.started, 0);
  t.true(started >= 5000, `${started} operations`);
  const spans = telemetry!.groups.filter(group => group.scope === scope && group.phase !== openingPhase);
  t.is(
    spans.reduce((sum, group) => sum + group.count, 0),
    spanned(),
  );
  // The operation that is tried before the first phase has one, too.
  t.is(telemetry!.spanCount, spanned() + 1);
  t.is(telemetry!.ungroupedSpanCount, 0);
  t.deepEqual(telemetry!.refusals, {});
  const perOperation = spansPerOperation();
  t.true(perOperation.every(count => count <= 1));
  const ok = [...driver.outcomes.keys()].filter(index => driver.outcomes[index] === outcomeCode('ok'));
  // On a slow machine most wait for a connection when the door is closed, and fail with it.
  t.true(ok.length > 100, `${ok.length} of ${started} operations were ok`);
  t.deepEqual(
    ok.filter(index => perOperation[index] !== 1),
    [],
  );
});

test('spans of a fault carry its error.type, and those of the calm none', t => {
  const {groups} = ran().trial('only').trial.telemetry!;
  const errors = groups.filter(group => group.status === 'error' && group.phase === 1);
  t.true(errors.length > 0);
  for (const group of errors) t.truthy(group.errorType);
  // Those that were under way when the fault came started in the calm.
  const calm = groups.filter(group => group.phase === 0 && group.status !== 'error');
  t.true(calm.length > 0);
  for (const group of calm) t.is(group.errorType, null);
});

test('the request durations are all counted, those of the baseline apart from what came after it', t => {
  const countOf = (isWanted: (phase: number) => boolean): number =>
    metrics('http.client.request.duration')
      .filter(({phase}) => isWanted(phase))
      .reduce((sum, metric) => sum + (metric.kind === 'histogram' ? metric.count : 0), 0);
  t.is(
    countOf(phase => phase !== openingPhase),
    spanned(),
  );
  // Growth goes whole to the phase in the middle between two readings. On a busy machine the subject hears of an edge late,
  // and reads later still, so that a short phase may have none: see test/telemetry/aggregate-metrics.
  t.true(countOf(phase => phase === 0) > 0);
  t.true(countOf(phase => phase > 0) > 0);
});

test('the runtime speaks of its event loop and its garbage collection', t => {
  for (const name of ['nodejs.eventloop.delay.p99', 'nodejs.eventloop.utilization', 'v8js.gc.duration']) {
    t.true(metrics(name).length > 0, name);
  }
});

test('an instrumentation that the scenario names is registered', t => {
  const [counter] = metrics('tiny.registrations');
  t.like(counter, {scope: 'tiny-instrumentation', kind: 'sum', last: 1});
});

test('nothing is left of it', t => {
  t.deepEqual(ran().remains, {processes: [], ports: []});
  t.deepEqual(ran().temporaryFiles, []);
});
