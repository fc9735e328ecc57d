import test from 'ava';
import {sqs} from '../../../../src/scenarios/pack/servers/sqs.ts';
import {until} from '../../../helpers/run-until.ts';

type Call = (
  action: string,
  asked: object,
) => Promise<{readonly Messages?: readonly {Body: string; ReceiptHandle: string}[]}>;

const started = async (t: {teardown(fn: () => unknown): void}): Promise<{call: Call; effects: string[]}> => {
  if (!('start' in sqs)) throw new Error('it is a server of its own');
  const effects: string[] = [];
  const {url, stop} = await sqs.start({
    ledger: {attempt() {}, effect: id => effects.push(id), answered() {}},
  });
  t.teardown(() => stop?.());
  const call: Call = async (action, asked) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {'x-amz-target': `AmazonSQS.${action}`, 'x-operation-id': 't-1-0'},
      body: JSON.stringify({QueueUrl: 'orders', ...asked}),
    });
    return (await answer.json()) as Awaited<ReturnType<Call>>;
  };
  return {call, effects};
};

test('a message that was not deleted is delivered again, and a deleted one is not', async t => {
  const {call} = await started(t);
  await call('SendMessage', {MessageBody: 'one'});
  const askedMs = performance.now();
  const {Messages: first = []} = await call('ReceiveMessage', {});
  t.deepEqual(
    first.map(({Body}) => Body),
    ['one'],
  );
  const {Messages: hidden} = await call('ReceiveMessage', {});
  // After a pause of the machine it may be back.
  if (performance.now() - askedMs < 2000) t.deepEqual(hidden, [], 'it is out of sight for a while');
  let again: typeof first = [];
  const isBack = async (): Promise<boolean> => {
    ({Messages: again = []} = await call('ReceiveMessage', {}));
    return again.length > 0;
  };
  await until(isBack, 30_000, 'that the message is back');
  t.is(again[0]!.Body, 'one');
  await call('DeleteMessage', {ReceiptHandle: again[0]!.ReceiptHandle});
  t.deepEqual((await call('ReceiveMessage', {})).Messages, []);
});

test('a deduplication id that came before is taken, and not stored again', async t => {
  const {call, effects} = await started(t);
  const send = {MessageBody: 'one', MessageDeduplicationId: 'id'};
  await call('SendMessage', send);
  await call('SendMessage', send);
  await call('SendMessage', {MessageBody: 'two'});
  await call('SendMessage', {MessageBody: 'two'});
  t.is(effects.length, 3);
  const {Messages = []} = await call('ReceiveMessage', {MaxNumberOfMessages: 10});
  t.deepEqual(
    Messages.map(({Body}) => Body),
    ['one', 'two', 'two'],
  );
});
