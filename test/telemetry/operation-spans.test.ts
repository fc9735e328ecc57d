// What is known of an operation by its spans.
import test from 'ava';
import {durationCode} from '../../src/model/duration-code.ts';
import {operationMarks, type Span, traceIdOfOperation} from '../../src/model/telemetry.ts';
import {OperationSpans} from '../../src/telemetry/operation-spans.ts';
import {tracePrefix, trialMarks} from './support.ts';

const span = (overrides: Partial<Span>): Span => ({
  traceId: traceIdOfOperation(tracePrefix, 0),
  spanId: '0000000000000001',
  parentSpanId: null,
  scope: 'library',
  name: 'publish',
  kind: 'producer',
  startMs: 0,
  endMs: 1,
  status: 'unset',
  statusMessage: null,
  attributes: {},
  events: [],
  ...overrides,
});

const lastIsError = (spans: readonly Span[]): boolean => {
  const operation = new OperationSpans(trialMarks);
  for (const each of spans) operation.add(each);
  const [marks] = Buffer.from(operation.toOperations().marks, 'base64');
  return (marks! & operationMarks.lastIsError) !== 0;
};

test('the last call tells how an operation ended', t => {
  t.true(lastIsError([span({}), span({status: 'error'})]));
  t.false(lastIsError([span({status: 'error'}), span({})]));
});

test('a message of it that is worked on later does not', t => {
  t.true(lastIsError([span({status: 'error'}), span({kind: 'consumer'})]));
  t.false(lastIsError([span({}), span({kind: 'server', status: 'error'})]));
});

test('a consumer that asks for messages makes a call, and one that works on a message does not', t => {
  const callsOf = (attributes: Span['attributes']): number => {
    const operation = new OperationSpans(trialMarks);
    operation.add(span({kind: 'consumer', attributes: {'messaging.system': 'aws_sqs', ...attributes}}));
    return Buffer.from(operation.toOperations().callSpans, 'base64')[0] ?? 0;
  };
  t.is(callsOf({'messaging.operation.type': 'receive'}), 1);
  t.is(callsOf({'messaging.operation': 'receive'}), 1);
  t.is(callsOf({'messaging.operation': 'process'}), 0);
  const receive = {kind: 'consumer', attributes: {'messaging.operation.type': 'receive'}} as const;
  t.true(lastIsError([span({}), span({...receive, status: 'error'})]));
});

const spansOf = (spans: readonly Span[], background: readonly string[] = []): readonly number[] => {
  const operations = new OperationSpans({...trialMarks, background});
  for (const each of spans) operations.add(each);
  return [...Buffer.from(operations.spansToBase64(), 'base64')];
};
const named = (url: string, index = 0): Span =>
  span({kind: 'client', traceId: traceIdOfOperation(tracePrefix, index), attributes: {'url.full': url}});

test('a span that names another operation is of that one, in whosever async context it was begun', t => {
  const urls = ['trial-1-0', 'trial-1-2', 'trial-1-2'].map(id => `http://127.0.0.1/echo/${id}`);
  t.deepEqual(spansOf(urls.map(url => named(url))), [1, 0, 2]);
});

test('what names itself, several or none, stays in its trace', t => {
  t.deepEqual(spansOf([named('/echo/trial-1-0?after=trial-1-3')]), [1]);
  t.deepEqual(spansOf([named('/bulk?ids=trial-1-3,trial-1-4')]), [1]);
  t.deepEqual(spansOf([named('/echo/trial-1-'), named('/echo/trial-11-3'), named('/echo/trial-1-x')]), [3]);
  t.deepEqual(spansOf([named('/echo/trial-1-123456789')]), [1]);
});

test('declared work in the background is nobody’s, by its name, its scope or its URL', t => {
  const bulk = span({name: 'POST /bulk', kind: 'client'});
  const exporter = span({scope: 'some-exporter', kind: 'client'});
  const logger = named('http://127.0.0.1/v1/logs');
  const operations = new OperationSpans({
    ...trialMarks,
    background: ['POST /bulk', 'some-exporter', '/v1/logs'],
  });
  for (const each of [span({}), bulk, exporter, logger]) operations.add(each);
  t.is(operations.backgroundCount, 3);
  t.deepEqual([...Buffer.from(operations.spansToBase64(), 'base64')], [1]);
});

test('the duration goes from the start of the first to the end of the last of its spans', t => {
  const operations = new OperationSpans(trialMarks);
  const connect = span({name: 'connect', kind: 'client', startMs: 1000, endMs: 1020});
  const query = span({name: 'query', kind: 'client', startMs: 1020, endMs: 1100});
  const served = span({kind: 'server', startMs: 0, endMs: 5000});
  for (const each of [query, connect, served]) operations.add(each);
  const {durations} = operations.toOperations();
  t.deepEqual([...Buffer.from(durations ?? '', 'base64')], [durationCode(100)]);
});
