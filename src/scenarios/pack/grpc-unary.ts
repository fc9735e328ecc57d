// @grpc/grpc-js: unary calls on one channel, small and large ones, some of which look for what was written.
import {
  Client,
  type ClientOptions,
  credentials,
  type MethodDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type {LedgerWriter, StartedTarget} from '../../model/scenario-functions.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {afterTheWrite} from './error-meaning.ts';
import {isUnsent, methodOf, serve} from './grpc-service.ts';
import {operationNumber} from './operation-number.ts';

type Options = {
  readonly channel: ClientOptions;
  /** Null is the library's default: no deadline. */
  readonly deadlineMs: number | null;
};

type Order = {readonly id: string; readonly note: string};
type Receipt = {readonly id: string; readonly note: string; readonly total: number};

const asUsersGetIt: Options = {channel: {}, deadlineMs: null};

const place = methodOf<Order, Receipt>('/shop.Orders/Place', 'none');
const find = methodOf<{readonly id: string}, Receipt>('/shop.Orders/Find', 'none');

/** Only for calls that may be made twice: an order may not. */
const serviceConfig = JSON.stringify({
  loadBalancingConfig: [],
  methodConfig: [
    {
      name: [{service: 'shop.Orders', method: 'Find'}],
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: '0.1s',
        maxBackoff: '0.4s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
});

const kinds = ['small', 'large', 'read-back'] as const;
const largeBytes = 32_768;

type Answer = (error: Partial<ServiceError> | null, receipt?: Receipt) => void;

const startServer = (ledger: LedgerWriter): Promise<StartedTarget> => {
  const placed = new Map<string, Receipt>();
  return serve(
    {place, find},
    {
      place({request: {id, note}}: {readonly request: Order}, answer: Answer) {
        ledger.attempt(id);
        const receipt = {id, note, total: note.length};
        placed.set(id, receipt);
        ledger.effect(id);
        answer(null, receipt);
        ledger.answered(id);
      },
      find({request: {id}}: {readonly request: {readonly id: string}}, answer: Answer) {
        const receipt = placed.get(id);
        if (receipt) answer(null, receipt);
        else answer({code: status.NOT_FOUND, details: `there is no order ${id}`});
      },
    },
  );
};

/** A channel, and how its user calls on it. */
class Orders {
  readonly #client: Client;
  readonly #deadlineMs: number | null;

  constructor(address: string, {channel, deadlineMs}: Options) {
    this.#client = new Client(address, credentials.createInsecure(), channel);
    this.#deadlineMs = deadlineMs;
  }

  call<Request>(method: MethodDefinition<Request, Receipt>, request: Request): Promise<Receipt> {
    const options = this.#deadlineMs === null ? {} : {deadline: Date.now() + this.#deadlineMs};
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        options,
        (error, receipt) => {
          if (error) reject(error);
          else if (receipt === undefined) reject(new Error('neither an error nor an answer'));
          else resolve(receipt);
        },
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}

export default defineScenario({
  name: 'grpc-unary',
  observation: 'Calls never return while the server is silent, and fail at once while it restarts.',
  remarks: [
    'The variant "defaults" uses @grpc/grpc-js as created by new Client(address, credentials), and calls without a deadline: in gRPC such a call can wait forever (https://grpc.io/docs/guides/deadlines/), and calls fail while there is no connection (https://grpc.io/docs/guides/wait-for-ready/).',
    'Transparent retries are on by default and need no policy: they resend what certainly never reached the server (https://github.com/grpc/proposal/blob/master/A6-client-retries.md). A retry policy also resends after UNAVAILABLE, which leaves open whether a call was processed; so it applies only to the method that reads, and orders are never placed twice.',
    'Messages are JSON instead of protocol buffers, so no code has to be generated.',
  ],
  target: {start: ({ledger}) => startServer(ledger)},
  supports: {'@grpc/grpc-js': '>=1.9 <2'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'recommended',
      options: {
        channel: {
          'grpc.service_config': serviceConfig,
          'grpc.keepalive_time_ms': 1000,
          'grpc.keepalive_timeout_ms': 500,
          'grpc.initial_reconnect_backoff_ms': 100,
          'grpc.max_reconnect_backoff_ms': 500,
        },
        deadlineMs: 750,
      },
      change:
        'Give each call a deadline of 750 ms, try reads up to three times after UNAVAILABLE (retryPolicy), detect dead connections with keepalive (1 s, timeout 500 ms), and reconnect with pauses of at most 0.5 s (max_reconnect_backoff_ms).',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  telemetry: {use: ['grpc']},
  subject: {
    open: ({url, options}) => new Orders(new URL(url).host, options),
    async perform(orders, {id}) {
      const key = kinds[operationNumber(id) % kinds.length]!;
      const note = key === 'large' ? 'x'.repeat(largeBytes) : 'small';
      const receipt = await orders.call(place, {id, note});
      const answer = key === 'read-back' ? await afterTheWrite(orders.call(find, {id})) : receipt;
      return {key, echoedId: answer.id, intact: answer.note === note && answer.total === note.length};
    },
    classify: error => (isUnsent(error) ? 'failed' : 'unknown'),
    close: orders => orders.close(),
  },
});
