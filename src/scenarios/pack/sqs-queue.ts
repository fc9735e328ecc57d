// The little of Amazon SQS that the scenarios about what happens inside of its client need: SendMessage, and credentials for it.
import {createHash, randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {LedgerWriter, StartedTarget} from '../define-scenario.ts';

/** Where it gives out credentials, as the container of a cloud does. */
export const credentialsPath = '/credentials';

/** How long credentials are good for. */
export const credentialsMs = 302_000;

type Send = {readonly MessageBody: string; readonly MessageDeduplicationId?: string};

const answerJson = (response: ServerResponse, status: number, answer: unknown): void => {
  const headers = {'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID()};
  response.writeHead(status, headers).end(JSON.stringify(answer));
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const giveCredentials = (response: ServerResponse): void =>
  answerJson(response, 200, {
    AccessKeyId: 'foulweather',
    SecretAccessKey: 'foulweather',
    Token: `good-until-${Date.now() + credentialsMs}`,
    Expiration: new Date(Date.now() + credentialsMs).toISOString(),
  });

/** The signature itself is not looked at. */
const isExpired = ({headers}: IncomingMessage): boolean => {
  const token = /^good-until-(\d+)$/.exec(String(headers['x-amz-security-token'] ?? ''));
  return token !== null && Number(token[1]) < Date.now();
};

/** An operation's id is its message's body. A message with a deduplication id that came before is taken, and not stored again. */
export const serveQueue = async (
  ledger: LedgerWriter,
  {isFifo}: {readonly isFifo: boolean},
): Promise<StartedTarget> => {
  const known = new Set<string>();
  const send = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const {MessageBody: id, MessageDeduplicationId: name} = JSON.parse(await textOf(request)) as Send;
    ledger.attempt(id);
    if (isExpired(request)) {
      const __type = 'com.amazon.coral.service#ExpiredTokenException';
      answerJson(response, 403, {__type, message: 'The security token included in the request is expired'});
    } else {
      const isKnown = isFifo && name !== undefined && known.has(name);
      if (!isKnown) ledger.effect(id);
      if (name !== undefined) known.add(name);
      const MD5OfMessageBody = createHash('md5').update(id).digest('hex');
      answerJson(response, 200, {MessageId: randomUUID(), MD5OfMessageBody});
    }
    ledger.answered(id);
  };
  const server = createServer((request, response) => {
    if (request.url === credentialsPath) giveCredentials(response);
    else send(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    description: 'a subset of SQS, in a process of this run',
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
};
