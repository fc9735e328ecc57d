// Inside @aws-sdk/client-sqs: a write that is not idempotent, and whose reply is lost. The SDK sends it again by
// default.
import {SendMessageCommand, SQSClient} from '@aws-sdk/client-sqs';
import {httpFault, httpStatus} from '../../model/http-fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {awsConfig, awsDefaults, marked} from './aws-client.ts';
import {verifyWrites} from './servers/http-server.ts';
import {sqs} from './servers/sqs.ts';

type Options = {
  /** The SDK's own default is 3. */
  readonly maxAttempts: number | null;
  /** Gives each message an id by which a FIFO queue recognises it. */
  readonly hasDeduplicationIds: boolean;
};

const asUsersGetIt: Options = {maxAttempts: null, hasDeduplicationIds: false};

export default defineScenario({
  name: 'inside-reply-lost',
  observation: 'After a bad minute of the network, some orders exist twice.',
  remarks: [
    'The AWS SDK tries each call up to three times by default, also after a lost connection (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html). A standard queue of SQS promises at-least-once delivery, so this breaks no promise (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html).',
    'A FIFO queue accepts a message whose deduplication ID it has seen in the last five minutes, but does not deliver it again (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html). An application that resends by itself is protected only if it sets the ID.',
    '"once" never sends twice; after an error the caller has to find out whether the message arrived.',
  ],
  target: sqs,
  supports: {'@aws-sdk/client-sqs': '>=3.450 <4'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {name: 'once', options: {...asUsersGetIt, maxAttempts: 1}, change: 'Try once only: `maxAttempts: 1`.'},
    {
      name: 'deduplicated',
      options: {...asUsersGetIt, hasDeduplicationIds: true},
      change:
        'Send to a FIFO queue, with an ID that identifies the message: `MessageDeduplicationId`, `MessageGroupId`.',
    },
  ],
  load: {model: 'open', ratePerSecond: 80, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1500},
    {name: 'baseline', role: 'baseline', durationMs: 3000},
    {
      name: 'reply-lost',
      role: 'fault',
      durationMs: 4000,
      faults: [httpFault({method: 'POST', stage: 'response', action: 'abort', probability: 0.3})],
    },
    {
      name: 'reply-cut',
      role: 'fault',
      durationMs: 4000,
      faults: [
        httpFault({method: 'POST', stage: 'response', action: 'close', cutRatio: 0.5, probability: 0.3}),
      ],
    },
    {
      name: 'unavailable',
      role: 'fault',
      durationMs: 4000,
      faults: [httpStatus({method: 'POST', status: 503, probability: 0.3})],
    },
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {run: {duplicateCount: {max: 0}, lostCount: {max: 0}, hungCount: {max: 0}}},
  subject: {
    open: ({url, options}) => ({
      hasDeduplicationIds: options.hasDeduplicationIds,
      queue: `${url}/1/orders${options.hasDeduplicationIds ? '.fifo' : ''}`,
      client: new SQSClient(awsConfig(url, {...awsDefaults, maxAttempts: options.maxAttempts})),
    }),
    async perform({client, queue, hasDeduplicationIds}, {id}) {
      const {MessageId} = await client.send(
        marked(
          new SendMessageCommand({
            QueueUrl: queue,
            MessageBody: id,
            ...(hasDeduplicationIds && {MessageDeduplicationId: id, MessageGroupId: 'orders'}),
          }),
          id,
        ),
      );
      return {empty: MessageId === undefined};
    },
    close: ({client}) => client.destroy(),
  },
  verify: verifyWrites(() => true),
});
