// @aws-sdk/client-sqs: sends, receives and deletes; with its default retries, and with time limits and a queue that
// recognises repeated messages.
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {type AwsOptions, awsBounded, awsConfig, awsDefaults, awsLimit, marked} from './aws-client.ts';
import {operationNumber} from './operation-number.ts';
import {verifyWrites} from './servers/http-server.ts';
import {sqs} from './servers/sqs.ts';

type Options = AwsOptions & {
  /** A FIFO queue, to which each message is sent with an id of its own. */
  readonly isFifo: boolean;
};

const defaults: Options = {...awsDefaults, isFifo: false};

const isSend = (id: string): boolean => operationNumber(id) % 2 === 0;

/** As many as a consumer receives that is about as quick as its producer. */
const receivedAtMost = 5;

export default defineScenario({
  name: 'aws-sqs',
  observation: 'After a bad minute some orders arrive twice, and during it the workers do nothing.',
  remarks: [
    'The defaults are the SDK’s: three attempts per call, including sends, and no connection or request timeouts (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html, https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-reusing-connections.html).',
    'A standard queue promises at-least-once delivery, so a duplicate message breaks no promise (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html). A FIFO queue accepts a message whose deduplication ID it knows, but does not deliver it again (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html).',
    'Each acknowledged send is looked up in the queue’s records. A message that was received but whose deletion was lost is delivered again, as at-least-once allows. Here that happens after 2 s; the default of SQS is 30 s.',
  ],
  target: sqs,
  supports: {'@aws-sdk/client-sqs': '>=3.460 <4'},
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded-fifo',
      options: {...awsBounded, isFifo: true},
      change:
        'Give NodeHttpHandler a connectionTimeout of 200 ms and a requestTimeout of 350 ms that throws, set maxAttempts to 2, pass an abortSignal of 900 ms, and send to a FIFO queue with a MessageDeduplicationId.',
    },
  ],
  load: {model: 'open', ratePerSecond: 80, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {
    run: {
      hungCount: {max: 0},
      lostCount: {max: 0},
      wrongCount: {max: 0},
      duplicateCount: {max: 0},
    },
  },
  telemetry: {use: ['aws-sdk']},
  subject: {
    open: ({url, options}) => ({
      client: new SQSClient(awsConfig(url, options)),
      queue: `${url}/000000000000/orders${options.isFifo ? '.fifo' : ''}`,
      options,
    }),
    async perform({client, queue: QueueUrl, options}, {id}) {
      const limit = awsLimit(options);
      if (isSend(id)) {
        const {MessageId} = await client.send(
          marked(
            new SendMessageCommand({
              QueueUrl,
              MessageBody: JSON.stringify({id, customer: 'c-1'}),
              ...(options.isFifo && {MessageDeduplicationId: id, MessageGroupId: id}),
            }),
            id,
          ),
          limit,
        );
        return {empty: MessageId === undefined, key: 'send'};
      }
      const {Messages = []} = await client.send(
        marked(new ReceiveMessageCommand({QueueUrl, MaxNumberOfMessages: receivedAtMost}), id),
        limit,
      );
      for (const {Body} of Messages) JSON.parse(Body ?? '');
      await Promise.all(
        Messages.map(({ReceiptHandle}) =>
          client.send(new DeleteMessageCommand({QueueUrl, ReceiptHandle}), limit),
        ),
      );
      return {key: 'receive'};
    },
    close: ({client}) => client.destroy(),
  },
  verify: verifyWrites(isSend),
});
