// A queue that wants credentials which are good, and gives them out, as the container of a cloud does.
import {createHash, randomUUID} from 'node:crypto';
import type {IncomingHttpHeaders} from 'node:http';
import type {TargetInput} from '../../define-scenario.ts';
import {json, startHttpServer} from './http-server.ts';

export const credentialsPath = '/credentials';

/** How long credentials are good for. */
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

/** The signature itself is not looked at. */
const isGood = (headers: IncomingHttpHeaders): boolean => {
  const token = /^good-until-(\d+)$/.exec(String(headers['x-amz-security-token'] ?? ''));
  return token !== null && Number(token[1]) >= Date.now();
};

/** Of SQS it has SendMessage. */
export const queueWithCredentials: TargetInput = {
  start: ({ledger}) =>
    startHttpServer({
      ledger,
      description:
        'a server of credentials and a subset of SQS (SendMessage), in a process of this run, not the real services',
      isAttempt: ({url}) => url.pathname !== credentialsPath,
      answer({id, url, headers, body}, response, applied) {
        if (url.pathname === credentialsPath) {
          json(response, 200, credentials());
          return;
        }
        const says = {'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID()};
        if (!isGood(headers)) {
          const __type = 'com.amazon.coral.service#ExpiredTokenException';
          json(
            response,
            403,
            {__type, message: 'The security token included in the request is expired'},
            says,
          );
          return;
        }
        const {MessageBody} = JSON.parse(body.toString()) as {readonly MessageBody: string};
        applied(id);
        const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
        json(response, 200, {MessageId: randomUUID(), MD5OfMessageBody}, says);
      },
    }),
};
