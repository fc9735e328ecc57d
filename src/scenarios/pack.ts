// The pack: a scenario for each of the libraries that people use, and for what happens inside of some of them.
import type {ServiceName} from '../model/service.ts';

/** Languages that libraries of the pack are written in. */
export const languages = ['javascript', 'python', 'go', 'java'] as const;
export type Language = (typeof languages)[number];

/** What a built-in scenario does not bring along. */
export type Needs = {
  /** Packages that it imports, its instrumentations among them. */
  readonly packages: readonly string[];
  /** The real server that it talks to. */
  readonly service: ServiceName | null;
};

export type PackEntry = {
  readonly name: string;
  readonly summary: string;
  /**
   * `library`: the library as a whole, a row of the weather report. `inside`: one thing that it does, such as
   * authentication, under faults of the scenario's own.
   */
  readonly kind: 'library' | 'inside';
  /** What it speaks, where a storm is made for that; null: something else. */
  readonly speaks: 'http' | 'grpc' | null;
  readonly language: Language;
  readonly needs: Needs;
};

const entries =
  (kind: PackEntry['kind'], speaks: PackEntry['speaks'], language: Language = 'javascript') =>
  (
    name: string,
    summary: string,
    packages: readonly string[],
    service: ServiceName | null = null,
  ): PackEntry => ({
    name,
    summary,
    kind,
    language,
    speaks,
    needs: {packages, service},
  });

const library = entries('library', null);
const httpLibrary = entries('library', 'http');
const grpcLibrary = entries('library', 'grpc');
const inPython = entries('library', null, 'python');
const httpInPython = entries('library', 'http', 'python');
const inGo = entries('library', null, 'go');
const httpInGo = entries('library', 'http', 'go');
const inJava = entries('library', null, 'java');
const httpInJava = entries('library', 'http', 'java');
const inside = entries('inside', null);
const httpInside = entries('inside', 'http');

const instrumentation = (name: string): string => `@opentelemetry/instrumentation-${name}`;

const aws = (client: string): readonly string[] => [`@aws-sdk/client-${client}`, '@smithy/node-http-handler'];

export const pack: readonly PackEntry[] = [
  httpLibrary('undici-pool', "undici's Pool: ten connections shared by more callers than that", []),
  httpLibrary(
    'undici-retry-agent',
    "undici's RetryAgent: default retries, and retries that fit into one second",
    [],
  ),
  httpLibrary('fetch', "Node's fetch, without and with a time limit", []),
  httpLibrary('axios', 'axios: defaults, and a time limit with a keep-alive agent', [
    'axios',
    instrumentation('http'),
  ]),
  httpLibrary('got', 'got: default retries, and bounded timeouts', ['got']),
  httpLibrary('node-fetch', 'node-fetch, without and with a time limit', [
    'node-fetch',
    instrumentation('http'),
  ]),
  library(
    'ioredis',
    'ioredis: writes, reads and pipelines',
    ['ioredis', instrumentation('ioredis')],
    'redis',
  ),
  library('redis', 'redis (node-redis): writes, reads and transactions', ['redis'], 'redis'),
  library(
    'pg',
    'pg and its pool: inserts, queries and transactions',
    ['pg', instrumentation('pg')],
    'postgres',
  ),
  library(
    'mysql2',
    'mysql2 and its pool: inserts, queries and transactions',
    ['mysql2', instrumentation('mysql2')],
    'mariadb',
  ),
  library(
    'amqplib',
    'amqplib: confirmed publishing, and consuming',
    ['amqplib', instrumentation('amqplib')],
    'rabbitmq',
  ),
  library('mqtt', 'mqtt (MQTT.js): publishing with QoS 1, and subscribing', ['mqtt'], 'mosquitto'),
  library(
    'nats',
    'nats with JetStream: publishing, requesting and consuming',
    ['@nats-io/jetstream', '@nats-io/transport-node'],
    'nats',
  ),
  library('bullmq', 'bullmq: adding and processing jobs', ['bullmq', instrumentation('ioredis')], 'redis'),
  grpcLibrary('grpc-unary', '@grpc/grpc-js: unary calls, without and with deadlines and retries', [
    '@grpc/grpc-js',
    instrumentation('grpc'),
  ]),
  grpcLibrary('grpc-stream', '@grpc/grpc-js: streams of messages in both directions', [
    '@grpc/grpc-js',
    instrumentation('grpc'),
  ]),
  httpLibrary(
    'azure-blob',
    '@azure/storage-blob: uploads and downloads of blobs',
    ['@azure/storage-blob', '@azure/opentelemetry-instrumentation-azure-sdk'],
    'azurite',
  ),
  httpLibrary('aws-sqs', '@aws-sdk/client-sqs: sending, receiving and deleting messages', [
    ...aws('sqs'),
    instrumentation('aws-sdk'),
  ]),
  httpLibrary('aws-s3', '@aws-sdk/client-s3: putting and getting objects', [
    ...aws('s3'),
    instrumentation('aws-sdk'),
  ]),
  library('nodemailer', 'nodemailer: mail over single connections, and over its pool', [
    'nodemailer',
    'smtp-server',
  ]),
  library('ws', 'ws: messages with replies over a WebSocket that the application reopens', ['ws']),
  library('socket-io', 'socket.io-client: events with acknowledgements, without and with retries', [
    'socket.io-client',
    'socket.io',
  ]),
  library('memjs', 'memjs: sets and gets', ['memjs'], 'memcached'),
  httpLibrary('elasticsearch', '@elastic/elasticsearch: indexing, getting and bulk requests', [
    '@elastic/elasticsearch',
  ]),
  httpLibrary('graphql-request', 'graphql-request: queries and mutations, some answered with errors', [
    'graphql-request',
    instrumentation('http'),
  ]),
  httpLibrary('openai', 'openai: streamed answers', ['openai', instrumentation('http')]),
  httpInPython('python-httpx', 'httpx: an AsyncClient, with its own and with shorter time limits', []),
  httpInPython('python-aiohttp', 'aiohttp: a ClientSession, with its own and with a shorter time limit', []),
  inPython('python-psycopg', 'psycopg and its pool: inserts, queries and transactions', ['pg'], 'postgres'),
  inPython('python-aio-pika', 'aio-pika: confirmed publishing, and consuming', ['amqplib'], 'rabbitmq'),
  inPython('python-redis', 'redis-py: writes, reads and transactions', ['redis'], 'redis'),
  httpInPython('python-requests', 'requests: a Session, without and with a time limit', []),
  httpInGo('go-net-http', "Go's net/http, without and with a time limit", []),
  inGo('go-redis', 'go-redis: writes, reads and transactions', ['redis'], 'redis'),
  inGo('go-pgx', 'pgx and its pool: inserts, queries and transactions', ['pg'], 'postgres'),
  inGo('go-amqp091', 'amqp091-go: confirmed publishing, and consuming', ['amqplib'], 'rabbitmq'),
  httpInJava('java-net-http', "Java's HttpClient, without and with a time limit", []),
  inJava('java-jedis', 'Jedis and its pool: writes, reads and transactions', ['redis'], 'redis'),
  inJava('java-pgjdbc', 'pgJDBC with HikariCP: inserts, queries and transactions', ['pg'], 'postgres'),
  inJava(
    'java-rabbitmq',
    "RabbitMQ's Java client: confirmed publishing, and consuming",
    ['amqplib'],
    'rabbitmq',
  ),
  httpInside('inside-token', 'authentication: tokens that expire or are refused, and a slow token server', [
    ...aws('sqs'),
    '@aws-sdk/credential-provider-http',
  ]),
  inside(
    'inside-scram',
    "authentication: PostgreSQL's SCRAM under latency and cut connections",
    ['pg', instrumentation('pg')],
    'postgres',
  ),
  inside('inside-amqp-handshake', "connections: AMQP's handshake, cut at each step", ['amqplib'], 'rabbitmq'),
  httpInside('inside-retry-after', 'retries: 429 and 503 with Retry-After', ['got']),
  httpInside('inside-reply-lost', 'retries: writes that are not idempotent and lose their reply', aws('sqs')),
  httpInside('inside-transfer', 'buffering: uploads and downloads of 64 MiB, cut halfway', [
    '@azure/storage-blob',
  ]),
  inside('inside-slow-consumer', 'buffering: a consumer slower than its messages', ['ws']),
  httpInside('inside-cache', 'caching: partial and stale answers, and revalidation under faults', []),
  inside(
    'inside-pool',
    'connections: a pool that runs out, and recovers',
    ['pg', instrumentation('pg')],
    'postgres',
  ),
  inside(
    'inside-restart',
    'connections: a server restart, half-open sockets, and both at once',
    ['ioredis', instrumentation('ioredis')],
    'redis',
  ),
  httpInside('inside-keep-alive', 'connections: the race between a request and an idle timeout', [
    instrumentation('http'),
  ]),
  httpInside('inside-close', 'connections: close() in the middle of a storm', []),
];

/** The scenarios of libraries, which make the rows of the weather report. */
export const packLibraries: readonly PackEntry[] = pack.filter(({kind}) => kind === 'library');

export const librariesIn = (wanted: Language): readonly PackEntry[] =>
  packLibraries.filter(({language}) => language === wanted);
