// Inside the AWS SDK: credentials that expire, and the server of credentials that gets slow, and fails.
import {SendMessageCommand, SQSClient} from '@aws-sdk/client-sqs';
import {fromHttp} from '@aws-sdk/credential-provider-http';
import {httpFault, httpStatus, slowBody} from '../../model/http-fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {marked} from './aws-client.ts';
import {credentialsMs, credentialsPath, queueWithCredentials} from './servers/credentials.ts';
import {verifyWrites} from './servers/http-server.ts';

type Options = {
  /** Gives out credentials that are still good while newer ones are asked for in the background. */
  readonly keepsWhileGood: boolean;
};

const asUsersGetIt: Options = {keepsWhileGood: false};

type Credentials = Awaited<ReturnType<ReturnType<typeof fromHttp>>>;

/** How long before their end the SDK takes credentials for expired. */
const expiryWindowMs = 300_000;
/** Between two times that the background asks. */
const askEveryMs = 1000;

const isGood = ({expiration}: Credentials): boolean =>
  expiration === undefined || expiration.getTime() > Date.now() + askEveryMs;

const isFresh = ({expiration}: Credentials): boolean =>
  expiration === undefined || expiration.getTime() > Date.now() + expiryWindowMs;

/** What an application can put around a provider: nobody waits for new credentials as long as the old ones are good. */
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
    'When the server of credentials is slow, all calls wait for it, although their credentials are good for minutes.',
  remarks: [
    `The AWS SDK takes credentials for expired five minutes before they are, and asks for new ones when a call needs them. Those of this scenario are good for ${credentialsMs / 1000} s, so that the SDK asks about every 2 s; real ones are good for hours, and the same happens in their last five minutes.`,
    'The credentials come from fromHttp(), the SDK’s provider for containers (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html): 1 s for an answer, and up to three tries more, 1 s after the one before, by default.',
    'The faults are for the server of credentials only: the queue itself is well all the time. «kept» is the application’s own code around the provider.',
  ],
  target: queueWithCredentials,
  supports: {'@aws-sdk/client-sqs': '>=3.481 <4', '@aws-sdk/credential-provider-http': '>=3.481 <4'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'kept',
      options: {keepsWhileGood: true},
      change:
        'Put a cache around the provider that gives out credentials which are still good, and asks for new ones in the background.',
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
    // Without credentials nothing is sent.
    classify: error =>
      error instanceof Error && error.name === 'CredentialsProviderError' ? 'rejected' : 'unknown',
  },
  verify: verifyWrites(() => true),
});
