// The subset of SQS, asked by the real client.
import {SendMessageCommand, SQSClient, type SQSClientConfig} from '@aws-sdk/client-sqs';
import {fromHttp} from '@aws-sdk/credential-provider-http';
import test, {type ExecutionContext} from 'ava';
import {credentialsPath, serveQueue} from '../../../src/scenarios/pack/sqs-queue.ts';

const start = async (t: ExecutionContext, isFifo: boolean) => {
  const effects: string[] = [];
  const {url, stop} = await serveQueue(
    {attempt() {}, effect: id => effects.push(id), answered() {}},
    {isFifo},
  );
  t.teardown(() => stop?.());
  const clientWith = (credentials: NonNullable<SQSClientConfig['credentials']>) => {
    const client = new SQSClient({endpoint: url, region: 'eu-central-1', credentials});
    t.teardown(() => client.destroy());
    return client;
  };
  const provide = fromHttp({awsContainerCredentialsFullUri: `${url}${credentialsPath}`});
  const send = (client: SQSClient, id: string, deduplicationId?: string) =>
    client.send(
      new SendMessageCommand({
        QueueUrl: `${url}/1/orders`,
        MessageBody: id,
        ...(deduplicationId !== undefined && {MessageDeduplicationId: deduplicationId, MessageGroupId: 'g'}),
      }),
    );
  return {effects, clientWith, provide, send};
};

test('a message with credentials of its own server is stored', async t => {
  const {effects, clientWith, provide, send} = await start(t, false);
  const {MessageId} = await send(clientWith(provide), 'a-1');
  t.truthy(MessageId);
  t.deepEqual(effects, ['a-1']);
});

test('credentials that are over are refused', async t => {
  const {effects, clientWith, send} = await start(t, false);
  const client = clientWith({accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'good-until-1000'});
  await t.throwsAsync(send(client, 'a-1'), {name: 'ExpiredTokenException'});
  t.deepEqual(effects, []);
});

test('a queue of first in, first out stores a message once', async t => {
  const {effects, clientWith, provide, send} = await start(t, true);
  const client = clientWith(provide);
  for (let time = 0; time < 2; time++) await send(client, 'a-1', 'a-1');
  for (let time = 0; time < 2; time++) await send(client, 'a-2');
  t.deepEqual(effects, ['a-1', 'a-2', 'a-2']);
});
