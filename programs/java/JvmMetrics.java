import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.instrumentation.runtimetelemetry.RuntimeTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;

/** The JVM's own metrics: heap, garbage collection, threads and CPU, by OpenTelemetry. */
final class JvmMetrics {
  private JvmMetrics() {}

  /** Sends them from now on to where the environment says, and what else is measured with the result. */
  static OpenTelemetry send() {
    if (System.getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == null) return OpenTelemetry.noop();
    OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.initialize().getOpenTelemetrySdk();
    RuntimeTelemetry.create(sdk);
    return sdk;
  }
}
