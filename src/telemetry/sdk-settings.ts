// The environment in which the subject's OpenTelemetry SDK starts: set so that nothing is dropped under load.

export type SdkSettings = {
  /** The receiver's base address for this trial; `/v1/traces` and so on are appended by the SDK. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
};

/**
 * The SDK's defaults (queue 2,048, batch 512, delay 5 s) silently lose half of a burst of 5,000 spans, and a quarter
 * of what was recorded before a kill. These values were measured to lose none. Log records have the same kind of
 * queue.
 */
export const sdkEnvironment = (
  settings: SdkSettings,
  mode: 'api-only' | 'unsampled' | 'metrics-only' | 'full' = 'full',
): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: settings.endpoint,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'cumulative',
  OTEL_BSP_MAX_QUEUE_SIZE: '100000',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4096',
  OTEL_BSP_SCHEDULE_DELAY: '200',
  OTEL_BLRP_MAX_QUEUE_SIZE: '100000',
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '4096',
  OTEL_BLRP_SCHEDULE_DELAY: '200',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
  OTEL_METRIC_EXPORT_TIMEOUT: '1000',
  OTEL_NODE_EXPERIMENTAL_SDK_METRICS: 'true',
  ...(mode === 'unsampled' && {OTEL_TRACES_SAMPLER: 'always_off'}),
  ...(mode === 'metrics-only' && {OTEL_TRACES_EXPORTER: 'none'}),
  OTEL_NODE_RESOURCE_DETECTORS: 'env',
  OTEL_SERVICE_NAME: settings.serviceName,
  OTEL_RESOURCE_ATTRIBUTES: Object.entries(settings.resourceAttributes)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(','),
});

/** Settings of the user's shell that would redirect the subject's SDK; those on conventions stay. */
export const isForeignSdkSetting = (name: string): boolean =>
  name.startsWith('OTEL_') && !name.startsWith('OTEL_SEMCONV_');
