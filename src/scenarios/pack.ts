// The pack: a scenario for each of the libraries that people use, and for what happens inside of some of them.

export type PackEntry = {
  readonly name: string;
  readonly summary: string;
  /**
   * `library`: the library as a whole, a row of the weather report. `inside`: one thing that it does, such as
   * authentication, under faults of the scenario's own.
   */
  readonly kind: 'library' | 'inside';
  /** Whether it speaks HTTP/1.1 without TLS, so that the storm `http` fits it. */
  readonly speaksHttp: boolean;
};

const entries =
  (kind: PackEntry['kind'], speaksHttp: boolean) =>
  (name: string, summary: string): PackEntry => ({name, summary, kind, speaksHttp});

const library = entries('library', false);
const httpLibrary = entries('library', true);
const inside = entries('inside', false);
const httpInside = entries('inside', true);

export const pack: readonly PackEntry[] = [
  httpLibrary('undici-pool', "undici's Pool: a pool of ten connections under more callers than that"),
  httpLibrary(
    'undici-retry-agent',
    "undici's RetryAgent around its Agent: as it comes, and with retries that fit into a second",
  ),
  httpLibrary('fetch', "Node's fetch, without and with a time limit"),
  httpLibrary('axios', 'axios: as it comes, and with a time limit and an agent that keeps connections'),
  httpLibrary('got', 'got: with the retries that it comes with, and with bounded time-outs'),
  httpLibrary('node-fetch', 'node-fetch: as it comes, and with a time limit'),
  library('ioredis', 'ioredis on a real Redis: writes, reads, pipelines'),
  library('redis', 'redis (node-redis) on a real Redis: writes, reads, transactions'),
  library('pg', 'pg with its pool on a real PostgreSQL: inserts, queries, transactions'),
  library('mysql2', 'mysql2 with its pool on a real MariaDB: inserts, queries, transactions'),
  library('amqplib', 'amqplib on a real RabbitMQ: publishes with confirmation, and consumes'),
  library('mqtt', 'mqtt (MQTT.js) on a real Mosquitto: publishes with QoS 1, and subscribes'),
  library('nats', 'nats on a real NATS with JetStream: publishes, requests, and consumes'),
  library('bullmq', 'bullmq on a real Redis: adds jobs, and works on them'),
  library('grpc-unary', '@grpc/grpc-js: unary calls, without and with deadline and retries'),
  library('grpc-stream', '@grpc/grpc-js: streams of messages in both directions'),
  httpLibrary('azure-blob', '@azure/storage-blob on Azurite: uploads and downloads of blobs'),
  httpLibrary('aws-sqs', '@aws-sdk/client-sqs on a subset of SQS: sends, receives and deletes messages'),
  httpLibrary('aws-s3', '@aws-sdk/client-s3 on a subset of S3: puts and gets objects'),
  library('nodemailer', 'nodemailer on an SMTP server: mail by single connections, and by its pool'),
  library('ws', 'ws: messages with answers over one WebSocket that the application opens again'),
  library('socket-io', 'socket.io-client: events with acknowledgements, without and with its retries'),
  library('memjs', 'memjs on a real memcached: sets and gets'),
  httpLibrary('elasticsearch', '@elastic/elasticsearch on a subset of Elasticsearch: indexes, gets, bulks'),
  httpLibrary('graphql-request', 'graphql-request: queries and mutations, some answered with an error'),
  httpLibrary('openai', 'openai on a server of events: answers that stream'),
  httpInside(
    'inside-token',
    'authentication: a token that expires or is refused, and a token server that gets slow',
  ),
  inside('inside-scram', 'authentication: SCRAM of PostgreSQL under latency and cuts'),
  inside('inside-amqp-handshake', "connections: AMQP's handshake cut at each of its steps"),
  httpInside('inside-retry-after', 'retries: 429 and 503 with Retry-After'),
  httpInside('inside-reply-lost', 'retries: writes that are not idempotent, and whose reply is lost'),
  httpInside('inside-transfer', 'buffering: uploads and downloads of 64 MiB, cut in the middle'),
  inside('inside-slow-consumer', 'buffering: a consumer that is slower than its messages come'),
  httpInside('inside-cache', 'caching: partial and stale answers, and revalidation under faults'),
  inside('inside-pool', 'connections: a pool that runs out, and comes back'),
  inside('inside-restart', 'connections: a server that restarts, half-open sockets, and all of it at once'),
  httpInside(
    'inside-keep-alive',
    'connections: the race between a request and the end of an idle connection',
  ),
  httpInside('inside-close', 'connections: close() in the middle of the storm'),
];

/** The scenarios of libraries, which make the rows of the weather report. */
export const packLibraries: readonly PackEntry[] = pack.filter(({kind}) => kind === 'library');
