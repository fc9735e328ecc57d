// Inside the AWS SDK: credentials that expire, a credentials server that gets slow and fails, and a token that is
// refused before its time.
import {SendMessageCommand, SQSClient} from '@aws-sdk/client-sqs';
import {fromHttp} from '@aws-sdk/credential-provider-http';
import {httpFault, httpStatus, slowBody} from '../../model/http-fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {marked} from './aws-client.ts';
import {credentialsMs, credentialsPath, expiredToken, queueWithCredentials} from './servers/credentials.ts';
import {verifyWrites} from './servers/http-server.ts';
import {sqsContentType} from './servers/sqs.ts';

type Options = {
  /** Returns credentials that are still valid while newer ones are requested in the background. */
  readonly keepsWhileGood: boolean;
};

const asUsersGetIt: Options = {keepsWhileGood: false};

type Credentials = Awaited<ReturnType<ReturnType<typeof fromHttp>>>;

/** How long before their end the SDK treats credentials as expired. */
const expiryWindowMs = 300_000;
/** How long the queue accepts no token at all. */
const refusedMs = 1500;
/** Between two requests in the background. */
const askEveryMs = 1000;

const isGood = ({expiration}: Credentials): boolean =>
  expiration === undefined || expiration.getTime() > Date.now() + askEveryMs;

const isFresh = ({expiration}: Credentials): boolean =>
  expiration === undefined || expiration.getTime() > Date.now() + expiryWindowMs;

/** What an application can put around a provider: no call waits for new credentials as long as the old ones are valid. */
const keepWhileGood = (provide: () => Promise<Credentials>): (() => Promise<Credentials>) => {
  let kept: Credentials | null = null;
  let mayAskAtMs = 0;
  const renew = async (): Promise<Credentials> => {
    kept = await provide();
    return kept;
  };
  return async () => {
    if (kept === null || !isGood(kept)) return renew();
    if (!isFresh(kept) && performance.now() >= mayAskAtMs) {
      mayAskAtMs = performance.now() + askEveryMs;
      renew().catch(() => {});
    }
    return kept;
  };
};

export default defineScenario({
  name: 'inside-token',
  observation:
    'When the credentials server is slow, all calls wait for it, although their credentials are valid for minutes.',
  remarks: [
    `The AWS SDK treats credentials as expired five minutes early, and requests new ones when a call needs them. Here they are valid for ${credentialsMs / 1000} s, so the SDK requests new ones about every 2 s; real ones are valid for hours, and the same happens in their last five minutes.`,
    'The credentials come from fromHttp(), the SDK’s provider for containers (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html), which by default waits 1 s for a response and tries up to three more times, 1 s apart.',
    'In the phases tokens-… the faults affect only the credentials server; the queue itself is fine. "kept" is the application’s own code around the provider.',
    `In refused the queue rejects every token as expired for ${refusedMs / 1000} s, like a server whose clock is wrong or that has ended all sessions; the client believes its token to be valid. ExpiredToken is not among the errors that the SDK documents as retried (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html), and new credentials are requested only when the old ones expire. The hits of the phase’s first fault, divided by the operations, show how often a rejected call is sent; those of the second, which at 1 MB/s only counts, show how often credentials are requested.`,
  ],
  target: queueWithCredentials,
  supports: {'@aws-sdk/client-sqs': '>=3.481 <4', '@aws-sdk/credential-provider-http': '>=3.481 <4'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'kept',
      options: {keepsWhileGood: true},
      change:
        'Wrap the provider in a cache that hands out credentials while they are valid, and requests new ones in the background.',
    },
  ],
  load: {model: 'open', ratePerSecond: 60, maxInFlight: 2000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 2000},
    {name: 'baseline', role: 'baseline', durationMs: 5000},
    {
      name: 'tokens-slow',
      role: 'fault',
      durationMs: 5000,
      faults: [slowBody({path: credentialsPath, bytesPerSecond: 300})],
    },
    {
      name: 'tokens-silent',
      role: 'fault',
      durationMs: 5000,
      faults: [httpFault({path: credentialsPath, stage: 'response', action: 'hang'})],
    },
    {
      name: 'tokens-unavailable',
      role: 'fault',
      durationMs: 5000,
      faults: [httpStatus({path: credentialsPath, status: 503})],
    },
    // New credentials come 1 s after the last failed request, at the latest.
    {name: 'after-tokens', role: 'recovery', durationMs: 4000},
    {
      name: 'refused',
      role: 'fault',
      durationMs: 4000,
      faults: [
        httpStatus({
          method: 'POST',
          status: 403,
          body: JSON.stringify(expiredToken),
          contentType: sqsContentType,
          durationMs: refusedMs,
        }),
        slowBody({path: credentialsPath, bytesPerSecond: 1_000_000}),
      ],
    },
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {
    run: {hungCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}},
    'tokens-unavailable': {successRatio: {min: 0.99}},
    recovery: {successRatio: {min: 0.99}},
  },
  subject: {
    open({url, options}) {
      const provide = fromHttp({awsContainerCredentialsFullUri: `${url}${credentialsPath}`});
      return {
        queue: `${url}/1/orders`,
        client: new SQSClient({
          endpoint: url,
          region: 'eu-central-1',
          credentials: options.keepsWhileGood ? keepWhileGood(provide) : provide,
        }),
      };
    },
    async perform({client, queue}, {id}) {
      const {MessageId} = await client.send(
        marked(new SendMessageCommand({QueueUrl: queue, MessageBody: id}), id),
      );
      return {empty: MessageId === undefined};
    },
    close: ({client}) => client.destroy(),
    classify(error) {
      const name = error instanceof Error ? error.name : '';
      // Without credentials nothing is sent, and with refused ones nothing is done.
      if (name === 'CredentialsProviderError') return 'rejected';
      return name === 'ExpiredTokenException' ? 'failed' : 'unknown';
    },
  },
  verify: verifyWrites(() => true),
});
