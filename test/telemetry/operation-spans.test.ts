// What is known of an operation by its spans.
import test from 'ava';
import {operationMarks, type Span, traceIdOfOperation} from '../../src/model/telemetry.ts';
import {OperationSpans} from '../../src/telemetry/operation-spans.ts';
import {tracePrefix} from './support.ts';

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
  const operation = new OperationSpans(tracePrefix);
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
