// The queue that wants credentials, asked by the real client.
import {SendMessageCommand, SQSClient, type SQSClientConfig} from '@aws-sdk/client-sqs';
import {fromHttp} from '@aws-sdk/credential-provider-http';
import test, {type ExecutionContext} from 'ava';
import {marked} from '../../../../src/scenarios/pack/aws-client.ts';
import {credentialsPath, queueWithCredentials} from '../../../../src/scenarios/pack/servers/credentials.ts';

type Credentials = NonNullable<SQSClientConfig['credentials']>;

const start = async (t: ExecutionContext) => {
  const effects: string[] = [];
  if (!('start' in queueWithCredentials)) throw new Error('it starts a server');
  const ledger = {attempt() {}, effect: (id: string) => effects.push(id), answered() {}};
  const {url, stop} = await queueWithCredentials.start({ledger});
  t.teardown(() => stop?.());
  const send = (credentials: Credentials, id: string) => {
    const client = new SQSClient({endpoint: url, region: 'eu-central-1', credentials});
    t.teardown(() => client.destroy());
    const command = new SendMessageCommand({QueueUrl: `${url}/1/orders`, MessageBody: 'an order'});
    return client.send(marked(command, id));
  };
  return {effects, provide: fromHttp({awsContainerCredentialsFullUri: `${url}${credentialsPath}`}), send};
};

test('a message with the credentials that it gives out is taken', async t => {
  const {effects, provide, send} = await start(t);
  t.truthy((await send(provide, 'a-1')).MessageId);
  t.deepEqual(effects, ['a-1']);
});

test('credentials that are over are refused, and so is none', async t => {
  const {effects, send} = await start(t);
  const keys = {accessKeyId: 'a', secretAccessKey: 'b'};
  const expired = {name: 'ExpiredTokenException'};
  await t.throwsAsync(send({...keys, sessionToken: 'good-until-1000'}, 'a-1'), expired);
  await t.throwsAsync(send(keys, 'a-2'), expired);
  t.deepEqual(effects, []);
});
