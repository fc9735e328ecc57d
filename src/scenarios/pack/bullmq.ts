// bullmq: jobs are added alone, in bulk, with a delay and with a wait for their result, and a worker works on them.
import {type ConnectionOptions, type JobsOptions, type JobType, Queue, QueueEvents, Worker} from 'bullmq';
import {messageIds} from '../../model/message-id.ts';
import type {OpenContext} from '../../model/scenario-functions.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {afterTheWrite} from './error-meaning.ts';
import {operationNumber} from './operation-number.ts';

type Options = {
  /** Of the queue, beside its address: adding is what callers wait for. */
  readonly adding: Settings;
  /** Of the worker and of the events, beside their address. */
  readonly working: Settings;
  readonly concurrency?: number;
  readonly jobs: JobsOptions;
  /** Whether a job is named by its order, so that adding it a second time adds nothing. */
  readonly namesJobs: boolean;
  readonly resultLimitMs?: number;
};
type Settings = {
  readonly enableOfflineQueue?: boolean;
  readonly commandTimeout?: number;
  readonly maxRetriesPerRequest?: number | null;
  readonly retryStrategy?: (times: number) => number;
};
type Order = {readonly id: string};
type Result = Order;

const asUsersGetIt: Options = {adding: {}, working: {}, jobs: {}, namesJobs: false};

const quickly = (times: number): number => Math.min(50 * 2 ** times, 500);

const kinds = ['alone', 'bulk', 'delayed', 'with-result'] as const;
const queueName = 'foulweather-orders';
const bulkSize = 3;
const delayMs = 100;

const addressOf = (url: string): {readonly host: string; readonly port: number} => {
  const {hostname, port} = new URL(url);
  return {host: hostname, port: Number(port || 6379)};
};

/** An application with a queue, its worker, and a listener for results. */
class Shop {
  readonly #queue: Queue<Order, Result>;
  readonly #worker: Worker<Order, Result>;
  readonly #events: QueueEvents;
  readonly #options: Options;

  constructor({url, options, delivered}: OpenContext<Options>) {
    const {adding, working, concurrency} = options;
    const connection: ConnectionOptions = {...addressOf(url), ...working};
    this.#options = options;
    this.#queue = new Queue(queueName, {connection: {...addressOf(url), ...adding}});
    this.#events = new QueueEvents(queueName, {connection});
    this.#worker = new Worker<Order, Result>(
      queueName,
      async ({data: {id}}) => {
        delivered(id);
        return {id};
      },
      {connection, ...(concurrency !== undefined && {concurrency})},
    );
    // Without listeners a lost connection would end the process.
    this.#queue.on('error', () => {});
    this.#events.on('error', () => {});
    this.#worker.on('error', () => {});
  }

  async ready(): Promise<this> {
    await Promise.all([
      this.#queue.waitUntilReady(),
      this.#events.waitUntilReady(),
      this.#worker.waitUntilReady(),
    ]);
    return this;
  }

  async add(id: string, more: JobsOptions = {}): Promise<void> {
    await this.#queue.add('order', {id}, this.#jobOptions(id, more));
  }

  async addBulk(id: string): Promise<void> {
    const orders = messageIds(id, bulkSize);
    await this.#queue.addBulk(
      orders.map(order => ({name: 'order', data: {id: order}, opts: this.#jobOptions(order, {})})),
    );
  }

  async addAndWait(id: string): Promise<string> {
    const job = await this.#queue.add('order', {id}, this.#jobOptions(id, {}));
    const result = await afterTheWrite(job.waitUntilFinished(this.#events, this.#options.resultLimitMs));
    return result.id;
  }

  async close(): Promise<void> {
    await this.#worker.close();
    await this.#events.close();
    await this.#queue.close();
  }

  #jobOptions(id: string, more: JobsOptions): JobsOptions {
    return {...this.#options.jobs, ...(this.#options.namesJobs && {jobId: id}), ...more};
  }
}

export default defineScenario({
  name: 'bullmq',
  observation: 'Adding a job keeps a request waiting while Redis is down, and some jobs are processed twice.',
  remarks: [
    'The variant "defaults" creates Queue, Worker and QueueEvents with only the address of Redis: a queue waits for a connection as long as it takes (https://docs.bullmq.io/guide/going-to-production, https://docs.bullmq.io/patterns/failing-fast-when-redis-is-down), and one job is processed at a time.',
    'The documentation promises each job at least once, and asks for jobs that may be processed twice (https://docs.bullmq.io/guide/introduction, https://docs.bullmq.io/patterns/idempotent-jobs): how many were is reported with the deliveries, and is no defect. A duplicate is an order that is in Redis as two jobs; it is reported, and misses no goal.',
    'A job that did not reach the worker but is still in the queue at the end, or among the failed ones, counts as kept, not lost: a job that a worker lost is processed again once its lock expires, after 30 s by default.',
    'The telemetry is that of ioredis, which bullmq uses to talk to Redis.',
  ],
  target: {service: 'redis'},
  supports: {bullmq: '>=4 <7'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'recommended',
      options: {
        adding: {
          enableOfflineQueue: false,
          maxRetriesPerRequest: 1,
          commandTimeout: 750,
          retryStrategy: quickly,
        },
        working: {maxRetriesPerRequest: null, retryStrategy: quickly},
        concurrency: 10,
        jobs: {attempts: 3, backoff: {type: 'exponential', delay: 100}},
        namesJobs: true,
        resultLimitMs: 750,
      },
      change:
        'Fail fast when adding jobs (enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout 750 ms), name each job after its order (jobId), so that none is added twice, try it up to three times (attempts, backoff), process ten at a time (concurrency), wait 750 ms for a result, and reconnect with pauses of at most 0.5 s (retryStrategy).',
    },
  ],
  load: {model: 'open', ratePerSecond: 50, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: true, deliveries: 'at-least-once'},
  phases: quick.phases,
  goals: {
    run: {
      hungCount: {max: 0},
      wrongCount: {max: 0},
      lostCount: {max: 0},
      duplicateCount: {max: 0, severity: 'warn'},
    },
  },
  telemetry: {use: ['ioredis']},
  async prepare({directUrl}) {
    const queue = new Queue(queueName, {connection: addressOf(directUrl)});
    await queue.obliterate({force: true});
    await queue.close();
  },
  subject: {
    open: context => new Shop(context).ready(),
    async perform(shop, {id}) {
      const key = kinds[operationNumber(id) % kinds.length]!;
      switch (key) {
        case 'alone':
          await shop.add(id);
          return {key};
        case 'bulk':
          await shop.addBulk(id);
          return {key};
        case 'delayed':
          await shop.add(id, {delay: delayMs});
          return {key};
        case 'with-result':
          return {key, echoedId: await shop.addAndWait(id)};
      }
    },
    /** The error of a command that is not queued has no code of its own. */
    classify: error =>
      error instanceof Error && error.message.includes('enableOfflineQueue') ? 'rejected' : 'unknown',
    close: shop => shop.close(),
  },
  async verify({directUrl, acknowledgedIds}) {
    const queue = new Queue<Order, Result>(queueName, {connection: addressOf(directUrl)});
    const idsOf = async (states: JobType[]): Promise<string[]> =>
      (await queue.getJobs(states)).map(({data: {id}}) => id);
    const done = await idsOf(['completed']);
    const queued = await idsOf(['wait', 'active', 'delayed', 'failed']);
    await queue.close();
    return {applied: [[...done, ...queued]], consumer: {expects: acknowledgedIds, queued}};
  },
});
