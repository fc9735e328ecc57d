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

test('a consumer that asks for messages makes a call, and one that works on a message does not', t => {
  const callsOf = (attributes: Span['attributes']): number => {
    const operation = new OperationSpans(tracePrefix);
    operation.add(span({kind: 'consumer', attributes: {'messaging.system': 'aws_sqs', ...attributes}}));
    return Buffer.from(operation.toOperations().callSpans, 'base64')[0] ?? 0;
  };
  t.is(callsOf({'messaging.operation.type': 'receive'}), 1);
  t.is(callsOf({'messaging.operation': 'receive'}), 1);
  t.is(callsOf({'messaging.operation': 'process'}), 0);
  const receive = {kind: 'consumer', attributes: {'messaging.operation.type': 'receive'}} as const;
  t.true(lastIsError([span({}), span({...receive, status: 'error'})]));
});
