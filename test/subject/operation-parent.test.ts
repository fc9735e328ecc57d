// The parent that the library's spans find in an operation's context.
import {createContextKey, propagation, ROOT_CONTEXT, trace} from '@opentelemetry/api';
import test from 'ava';
import {OperationParent} from '../../src/subject/operation-parent.ts';

const prefix = '0123456789abcdef';
const expected = {
  traceId: '0123456789abcdef000000000000000a',
  spanId: '0000000000000001',
  traceFlags: 1,
  isRemote: true,
};
const baggage = propagation.createBaggage({a: {value: '1'}});

test("a span finds the operation's trace", t => {
  const parent = new OperationParent(prefix, 9);
  t.deepEqual(trace.getSpanContext(parent), expected);
  t.is(trace.getSpan(parent), trace.getSpan(parent), 'it is made once');
  t.false(trace.getSpan(parent)!.isRecording());
});

test('what a library puts into its context comes beside it', t => {
  const parent = new OperationParent(prefix, 9);
  t.is(propagation.getBaggage(parent), undefined);
  const changed = propagation.setBaggage(parent, baggage);
  t.is(propagation.getBaggage(changed), baggage);
  t.deepEqual(trace.getSpanContext(changed), expected);
  t.is(propagation.getBaggage(parent), undefined, 'a context never changes');
});

test('a span of the library takes its place, and can be taken away', t => {
  const parent = new OperationParent(prefix, 9);
  const own = trace.wrapSpanContext({...expected, spanId: '00000000000000ff'});
  t.is(trace.getSpan(trace.setSpan(parent, own)), own);
  t.is(trace.getSpan(trace.deleteSpan(parent)), undefined);
  t.deepEqual(trace.getSpanContext(parent), expected);
});

test('it answers as any other context does', t => {
  const key = createContextKey('of a library');
  const parent = new OperationParent(prefix, 9);
  const plain = trace.setSpanContext(ROOT_CONTEXT, expected);
  for (const context of [parent, plain]) {
    t.is(context.getValue(key), undefined);
    t.is(context.setValue(key, 1).getValue(key), 1);
    t.is(context.setValue(key, 1).deleteValue(key).getValue(key), undefined);
    t.deepEqual(trace.getSpanContext(context.deleteValue(key)), expected);
  }
});
