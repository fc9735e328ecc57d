// A queue that requires valid credentials, and the endpoint that issues them, as in a container of a cloud.
import type {IncomingHttpHeaders} from 'node:http';
import type {TargetInput} from '../../define-scenario.ts';
import {json, startHttpServer} from './http-server.ts';
import {answerAsSqs, answerQueues} from './sqs.ts';

export const credentialsPath = '/credentials';

/** How long credentials are valid. */
export const credentialsMs = 302_000;

const credentials = (): object => {
  const endMs = Date.now() + credentialsMs;
  return {
    AccessKeyId: 'foulweather',
    SecretAccessKey: 'foulweather',
    Token: `good-until-${endMs}`,
    Expiration: new Date(endMs).toISOString(),
  };
};

/** The signature itself is not checked. */
const isGood = (headers: IncomingHttpHeaders): boolean => {
  const token = /^good-until-(\d+)$/.exec(String(headers['x-amz-security-token'] ?? ''));
  return token !== null && Number(token[1]) >= Date.now();
};

/** The queue's error for an expired token. */
export const expiredToken = {
  __type: 'com.amazon.coral.service#ExpiredTokenException',
  message: 'The security token included in the request is expired',
} as const;

export const queueWithCredentials: TargetInput = {
  start({ledger}) {
    const answerQueue = answerQueues();
    return startHttpServer({
      ledger,
      description:
        'a credentials server and a subset of SQS, in a process of this run, not the real services',
      isAttempt: ({url}) => url.pathname !== credentialsPath,
      answer(request, response, applied) {
        if (request.url.pathname === credentialsPath) json(response, 200, credentials());
        else if (isGood(request.headers)) answerQueue(request, response, applied);
        else answerAsSqs(response, 403, expiredToken);
      },
    });
  },
};
