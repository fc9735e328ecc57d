// @grpc/grpc-js: streams. One in both directions that many callers share and that the application opens again, uploads
// of some parts, and answers of some messages.
import {
  Client,
  type ClientDuplexStream,
  type ClientOptions,
  credentials,
  Metadata,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import type {LedgerWriter, StartedTarget} from '../../model/scenario-functions.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {isUnsent, methodOf, serve} from './grpc-service.ts';
import {operationNumber} from './operation-number.ts';

type Options = {
  readonly channel: ClientOptions;
  /** Of a stream that belongs to one operation; null is the library's default: no deadline. */
  readonly deadlineMs: number | null;
};

type Item = {readonly id: string; readonly part: number};
type Summary = {readonly id: string; readonly parts: number};

const asUsersGetIt: Options = {channel: {}, deadlineMs: null};

const chat = methodOf<Item, Item>('/shop.Events/Chat', 'both');
const upload = methodOf<Item, Summary>('/shop.Events/Upload', 'requests');
const subscribe = methodOf<Item, Item>('/shop.Events/Subscribe', 'responses');

const kinds = ['shared-stream', 'upload', 'subscription'] as const;
const uploadParts = 10;
const eventsPerSubscription = 20;

const startServer = (ledger: LedgerWriter): Promise<StartedTarget> => {
  const applied = (id: string): void => {
    ledger.effect(id);
    ledger.answered(id);
  };
  return serve(
    {chat, upload, subscribe},
    {
      chat(stream: ServerDuplexStream<Item, Item>) {
        stream.on('data', (item: Item) => {
          ledger.attempt(item.id);
          applied(item.id);
          stream.write(item);
        });
        stream.on('end', () => stream.end());
      },
      upload(stream: ServerReadableStream<Item, Summary>, answer: (error: null, sum: Summary) => void) {
        let id = '';
        let parts = 0;
        stream.on('data', (item: Item) => {
          if (parts++ === 0) ledger.attempt(item.id);
          id = item.id;
        });
        // An upload that was cut has no end, and no effect.
        stream.on('end', () => {
          if (stream.cancelled || parts !== uploadParts) return;
          applied(id);
          answer(null, {id, parts});
        });
      },
      subscribe(stream: ServerWritableStream<Item, Item>) {
        const {id} = stream.request;
        ledger.attempt(id);
        applied(id);
        for (let part = 0; part < eventsPerSubscription; part++) stream.write({id, part});
        stream.end();
      },
    },
  );
};

type Waiting = {readonly answered: (item: Item) => void; readonly failed: (error: Error) => void};

/** What the application keeps open for all its callers, and opens again when it is lost. */
class SharedStream {
  readonly #client: Client;
  #stream: ClientDuplexStream<Item, Item> | null = null;
  #waiting = new Map<string, Waiting>();

  constructor(client: Client) {
    this.#client = client;
  }

  ask(item: Item): Promise<Item> {
    const stream = this.#stream ?? this.#open();
    return new Promise((resolve, reject) => {
      this.#waiting.set(item.id, {answered: resolve, failed: reject});
      stream.write(item);
    });
  }

  close(): void {
    this.#stream?.end();
  }

  #open(): ClientDuplexStream<Item, Item> {
    const stream = this.#client.makeBidiStreamRequest(
      chat.path,
      chat.requestSerialize,
      chat.responseDeserialize,
    );
    const waiting = new Map<string, Waiting>();
    const lost = (error: Error): void => {
      if (this.#stream === stream) this.#stream = null;
      for (const {failed} of waiting.values()) failed(error);
      waiting.clear();
    };
    stream.on('data', (item: Item) => {
      waiting.get(item.id)?.answered(item);
      waiting.delete(item.id);
    });
    stream.on('error', lost);
    stream.on('end', () => lost(new Error('the server ended the stream')));
    this.#stream = stream;
    this.#waiting = waiting;
    return stream;
  }
}

/** A channel, and how its user streams on it. */
class Events {
  readonly #client: Client;
  readonly #shared: SharedStream;
  readonly #deadlineMs: number | null;

  constructor(address: string, {channel, deadlineMs}: Options) {
    this.#client = new Client(address, credentials.createInsecure(), channel);
    this.#shared = new SharedStream(this.#client);
    this.#deadlineMs = deadlineMs;
  }

  ask(item: Item): Promise<Item> {
    return this.#shared.ask(item);
  }

  upload(id: string): Promise<Summary> {
    return new Promise((resolve, reject) => {
      const stream = this.#client.makeClientStreamRequest(
        upload.path,
        upload.requestSerialize,
        upload.responseDeserialize,
        new Metadata(),
        this.#callOptions(),
        (error, summary) => {
          if (error) reject(error);
          else if (summary === undefined) reject(new Error('neither an error nor an answer'));
          else resolve(summary);
        },
      );
      for (let part = 0; part < uploadParts; part++) stream.write({id, part});
      stream.end();
    });
  }

  async subscribe(id: string): Promise<readonly Item[]> {
    const stream = this.#client.makeServerStreamRequest(
      subscribe.path,
      subscribe.requestSerialize,
      subscribe.responseDeserialize,
      {id, part: 0},
      this.#callOptions(),
    );
    const items: Item[] = [];
    for await (const item of stream) items.push(item as Item);
    return items;
  }

  close(): void {
    this.#shared.close();
    this.#client.close();
  }

  #callOptions(): {readonly deadline?: number} {
    return this.#deadlineMs === null ? {} : {deadline: Date.now() + this.#deadlineMs};
  }
}

export default defineScenario({
  name: 'grpc-stream',
  observation: 'A stream goes quiet without notice: it neither ends nor fails.',
  remarks: [
    'The variant "defaults" uses @grpc/grpc-js as created by new Client(address, credentials): streams have no deadline, and no keepalive pings detect a dead connection (https://grpc.io/docs/guides/keepalive/).',
    'A third of the operations are a message and its answer on one stream that all callers share. The application reopens the stream when it is lost, and sets no time limit for an answer.',
    'The library never resends what was sent on a stream once the server has started to answer (https://github.com/grpc/proposal/blob/master/A6-client-retries.md); whether it was processed is unknown.',
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
          'grpc.keepalive_time_ms': 500,
          'grpc.keepalive_timeout_ms': 300,
          'grpc.initial_reconnect_backoff_ms': 100,
          'grpc.max_reconnect_backoff_ms': 500,
        },
        deadlineMs: 750,
      },
      change:
        'Detect dead connections with keepalive pings (keepalive_time_ms 500, keepalive_timeout_ms 300), give streams of one operation a deadline of 750 ms, and reconnect with pauses of at most 0.5 s (max_reconnect_backoff_ms).',
    },
  ],
  load: {model: 'open', ratePerSecond: 75, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  // A message on the stream that all share, which is each third operation, has no span of its own; the stream's is open
  // until close().
  thresholds: {
    'hidden-attempts': {hiddenShare: 0.4},
    'telemetry-contradicts': {wrongShare: 0.4},
    'span-leak': {spanCount: 1},
  },
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  telemetry: {use: ['grpc']},
  subject: {
    open: ({url, options}) => new Events(new URL(url).host, options),
    async perform(events, {id}) {
      const key = kinds[operationNumber(id) % kinds.length]!;
      switch (key) {
        case 'shared-stream': {
          const {id: echoedId} = await events.ask({id, part: 0});
          return {key, echoedId};
        }
        case 'upload': {
          const {id: echoedId, parts} = await events.upload(id);
          return {key, echoedId, intact: parts === uploadParts};
        }
        case 'subscription': {
          const items = await events.subscribe(id);
          const isWhole =
            items.length === eventsPerSubscription && items.every(({part}, index) => part === index);
          return {key, echoedId: items[0]?.id, intact: isWhole, empty: items.length === 0};
        }
      }
    },
    classify: error => (isUnsent(error) ? 'failed' : 'unknown'),
    close: events => events.close(),
  },
});
