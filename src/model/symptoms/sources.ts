// Where symptoms and their thresholds come from. The catalogue of docs/symptoms.md links to these.
import type {Source} from './facts.ts';

const source = (title: string, url: string): Source => ({title, url});

export const sources = {
  backoff: source(
    "AWS Builders' Library: Timeouts, retries, and backoff with jitter",
    'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/',
  ),
  cascading: source(
    'Google SRE book: Addressing cascading failures',
    'https://sre.google/sre-book/addressing-cascading-failures/',
  ),
  metastable: source(
    'Huang et al.: Metastable Failures in the Wild (OSDI ’22)',
    'https://www.usenix.org/conference/osdi22/presentation/huang-lexiang',
  ),
  partitions: source(
    'Alquraan et al.: An Analysis of Network-Partitioning Failures (OSDI ’18)',
    'https://www.usenix.org/conference/osdi18/presentation/alquraan',
  ),
  simpleTesting: source(
    'Yuan et al.: Simple Testing Can Prevent Most Critical Failures (OSDI ’14)',
    'https://www.usenix.org/conference/osdi14/technical-sessions/presentation/yuan',
  ),
  idempotent: source(
    'RFC 9110, 9.2.2: Idempotent methods',
    'https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2',
  ),
  retryAfter: source(
    'RFC 9110, 10.2.3: Retry-After',
    'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3',
  ),
  incomplete: source(
    'RFC 9112, 8: Handling incomplete messages',
    'https://www.rfc-editor.org/rfc/rfc9112#section-8',
  ),
  persistence: source('RFC 9112, 9.3: Persistence', 'https://www.rfc-editor.org/rfc/rfc9112#section-9.3'),
  retryPolicy: source(
    'gRPC A6: Client retries',
    'https://github.com/grpc/proposal/blob/master/A6-client-retries.md',
  ),
  circuitBreaker: source(
    'Azure Architecture Center: Circuit Breaker pattern',
    'https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker',
  ),
  poolMetrics: source(
    'OpenTelemetry: Semantic conventions for database client metrics',
    'https://opentelemetry.io/docs/specs/semconv/database/database-metrics/',
  ),
  httpSpans: source(
    'OpenTelemetry: Semantic conventions for HTTP spans',
    'https://opentelemetry.io/docs/specs/semconv/http/http-spans/',
  ),
  recordingErrors: source(
    'OpenTelemetry: Recording errors',
    'https://opentelemetry.io/docs/specs/semconv/general/recording-errors/',
  ),
  sdkMetrics: source(
    'OpenTelemetry: Semantic conventions for SDK metrics',
    'https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/',
  ),
  cardinality: source(
    'OpenTelemetry: Metrics SDK, cardinality limits',
    'https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits',
  ),
  blocking: source(
    "Node.js: Don't block the event loop",
    'https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop',
  ),
  memory: source('Node.js: Memory diagnostics', 'https://nodejs.org/en/learn/diagnostics/memory'),
  gc: source(
    'Node.js: Tracing garbage collection',
    'https://nodejs.org/en/learn/diagnostics/memory/using-gc-traces',
  ),
  threadPool: source('Node.js: UV_THREADPOOL_SIZE', 'https://nodejs.org/api/cli.html#uv_threadpool_sizesize'),
  errorEvents: source('Node.js: Error events', 'https://nodejs.org/api/events.html#error-events'),
  listeners: source(
    'Node.js: emitter.setMaxListeners()',
    'https://nodejs.org/api/events.html#emittersetmaxlistenersn',
  ),
  rejections: source(
    "Node.js: Event 'unhandledRejection'",
    'https://nodejs.org/api/process.html#event-unhandledrejection',
  ),
  errorCodes: source('Node.js: error.code', 'https://nodejs.org/api/errors.html#errorcode'),
  tail: source('Dean and Barroso: The Tail at Scale', 'https://research.google/pubs/the-tail-at-scale/'),
} as const;
