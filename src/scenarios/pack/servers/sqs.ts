// A subset of Amazon SQS for a producer and a consumer, in its JSON protocol: SendMessage, ReceiveMessage,
// DeleteMessage.
import {createHash, randomUUID} from 'node:crypto';
import type {ServerResponse} from 'node:http';
import type {TargetInput} from '../../define-scenario.ts';
import {type HttpServerOptions, json, startHttpServer} from './http-server.ts';

type Asked = {
  readonly QueueUrl: string;
  readonly MessageBody: string;
  readonly MessageDeduplicationId?: string;
  readonly MaxNumberOfMessages?: number;
  readonly ReceiptHandle: string;
};

/** A message that was received and not deleted comes again after this time; 30 s with SQS. */
const visibilityMs = 2000;

type Message = {readonly MessageId: string; readonly Body: string; visibleAtMs: number};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** As SQS's: whatever was sent is delivered until it is deleted. */
class Queue {
  readonly #messages = new Map<string, Message>();
  readonly #known = new Set<string>();

  /** False where a message with this deduplication id has come before: it is accepted, and not stored again. */
  add(body: string, deduplicationId: string | undefined): boolean {
    if (deduplicationId !== undefined && this.#known.has(deduplicationId)) return false;
    if (deduplicationId !== undefined) this.#known.add(deduplicationId);
    const MessageId = randomUUID();
    this.#messages.set(MessageId, {MessageId, Body: body, visibleAtMs: 0});
    return true;
  }

  take(count: number): object[] {
    const nowMs = performance.now();
    const taken: object[] = [];
    for (const message of this.#messages.values()) {
      if (taken.length >= count) break;
      if (message.visibleAtMs > nowMs) continue;
      message.visibleAtMs = nowMs + visibilityMs;
      const {MessageId, Body} = message;
      taken.push({MessageId, ReceiptHandle: MessageId, Body, MD5OfBody: md5(Body)});
    }
    return taken;
  }

  remove(receiptHandle: string): void {
    this.#messages.delete(receiptHandle);
  }
}

export const sqsContentType = 'application/x-amz-json-1.0';

export const answerAsSqs = (response: ServerResponse, status: number, value: object): void =>
  json(response, status, value, {'content-type': sqsContentType, 'x-amzn-requestid': randomUUID()});

/** Queues, made when they are first named. */
export const answerQueues = (): HttpServerOptions['answer'] => {
  const queues = new Map<string, Queue>();
  return ({id, headers, body}, response, applied) => {
    const asked = JSON.parse(body.toString()) as Asked;
    const queue = queues.get(asked.QueueUrl) ?? new Queue();
    queues.set(asked.QueueUrl, queue);
    switch (headers['x-amz-target']) {
      case 'AmazonSQS.SendMessage':
        if (queue.add(asked.MessageBody, asked.MessageDeduplicationId)) applied(id);
        answerAsSqs(response, 200, {
          MessageId: randomUUID(),
          MD5OfMessageBody: md5(asked.MessageBody),
        });
        break;
      case 'AmazonSQS.ReceiveMessage':
        answerAsSqs(response, 200, {Messages: queue.take(asked.MaxNumberOfMessages ?? 1)});
        break;
      case 'AmazonSQS.DeleteMessage':
        queue.remove(asked.ReceiptHandle);
        answerAsSqs(response, 200, {});
        break;
      default:
        answerAsSqs(response, 400, {__type: 'InvalidAction', message: 'not in this subset'});
    }
  };
};

/** A send and a receive begin an operation, whose id is in the header `x-operation-id`; a delete is a step of one. */
export const sqs: TargetInput = {
  start: ({ledger}) =>
    startHttpServer({
      ledger,
      description:
        'a subset of SQS (SendMessage, ReceiveMessage, DeleteMessage), in a process of this run, not the real service',
      isAttempt: ({headers}) => headers['x-amz-target'] !== 'AmazonSQS.DeleteMessage',
      answer: answerQueues(),
    }),
};
