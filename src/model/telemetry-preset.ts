// How the telemetry of well-known libraries is switched on: what a scenario names in `telemetry: {use: […]}`.

export type TelemetryPreset =
  /** A package with a class whose name ends in "Instrumentation". */
  | {readonly kind: 'instrumentation'; readonly packages: readonly string[]}
  /** A function of a package makes the instrumentation. */
  | {readonly kind: 'factory'; readonly packages: readonly string[]; readonly factory: string}
  /** A bridge of foulweather's makes spans of what the library publishes on its diagnostics channels. */
  | {readonly kind: 'channels'; readonly packages: readonly string[]; readonly bridge: 'got'}
  /**
   * The library's own, started by a method of one of its exports, once the SDK is there. `packages`: the first that
   * is installed.
   */
  | {
      readonly kind: 'native';
      readonly packages: readonly string[];
      readonly holder: string;
      readonly method: string;
      readonly argument: unknown;
    }
  /** The library's own, switched on by its environment. */
  | {
      readonly kind: 'environment';
      readonly packages: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  /** The library's own, and always on. */
  | {readonly kind: 'always'; readonly packages: readonly string[]};

const instrumentation = (name: string): TelemetryPreset => ({
  kind: 'instrumentation',
  packages: [`@opentelemetry/instrumentation-${name}`],
});

/** All there are: by default the client leaves out those of commands, and with them their durations. */
const redisMetricGroups = [
  'command',
  'connection-basic',
  'connection-advanced',
  'resiliency',
  'pubsub',
  'streaming',
  'client-side-caching',
] as const;

export const telemetryPresets = {
  amqplib: instrumentation('amqplib'),
  'aws-sdk': instrumentation('aws-sdk'),
  azure: {
    kind: 'factory',
    packages: ['@azure/opentelemetry-instrumentation-azure-sdk'],
    factory: 'createAzureSdkInstrumentation',
  },
  elastic: {kind: 'always', packages: ['@elastic/transport']},
  'google-gax': {
    kind: 'environment',
    packages: ['google-gax'],
    env: {GOOGLE_SDK_NODE_ENABLE_TRACING: 'true'},
  },
  got: {kind: 'channels', packages: ['got'], bridge: 'got'},
  grpc: instrumentation('grpc'),
  http: instrumentation('http'),
  ioredis: instrumentation('ioredis'),
  kafkajs: instrumentation('kafkajs'),
  mongodb: instrumentation('mongodb'),
  mongoose: instrumentation('mongoose'),
  mysql2: instrumentation('mysql2'),
  pg: instrumentation('pg'),
  redis: {
    kind: 'native',
    packages: ['redis', '@redis/client'],
    holder: 'OpenTelemetry',
    method: 'init',
    argument: {metrics: {enabled: true, enabledMetricGroups: redisMetricGroups}},
  },
} as const satisfies {readonly [name: string]: TelemetryPreset};

/** A library whose telemetry is switched on in a known way, or the instrumentation that does it. */
export type TelemetryPresetName = keyof typeof telemetryPresets;

export const telemetryPresetNames = Object.keys(telemetryPresets) as readonly TelemetryPresetName[];

export const telemetryPreset = (name: TelemetryPresetName): TelemetryPreset => telemetryPresets[name];
