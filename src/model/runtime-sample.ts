// What the runtime of a program in another language reports on itself, in OpenTelemetry's metrics of the JVM, Go and CPython.

/**
 * One reading of the metrics, at ms since the trial's origin. Null is what the runtime does not report. Counts and
 * durations are since the reading before.
 */
export type RuntimeSample = {
  readonly atMs: number;
  readonly heapUsedBytes: number | null;
  readonly heapReservedBytes: number | null;
  readonly heapLimitBytes: number | null;
  /** What the pool of long-lived objects held after its last collection. */
  readonly heapAfterGcBytes: number | null;
  /** Buffers outside of the heap. */
  readonly externalBytes: number | null;
  /** Null where the collector works beside the program: its pauses are then not what it takes. */
  readonly gcPauseMs: number | null;
  readonly gcCount: number | null;
  readonly fullGcCount: number | null;
  readonly cpuMs: number | null;
  readonly threadCount: number | null;
  /** Threads by what they do: `runnable`, `waiting`. Absent where the runtime does not report it. */
  readonly threadStates?: {readonly [state: string]: number};
  /** Goroutines. */
  readonly taskCount: number | null;
};

/** Whether a metric is a runtime's or an SDK's: it says nothing of the library. */
export const isRuntimeMetric = (name: string): boolean =>
  /^(?:nodejs|v8js|jvm|go|cpython|process|otel)\./.test(name);
