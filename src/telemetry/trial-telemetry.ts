// Everything that is received for one trial: decoded requests go in, the observation comes out. Knows nothing of HTTP.
import {performance} from 'node:perf_hooks';
import type {Attributes, TelemetryObservation} from '../model/telemetry.ts';
import {Aggregate} from './aggregate.ts';
import {decodeRequest} from './decode.ts';
import {type Clock, normaliseSpans} from './normalise.ts';
import {normaliseLogs} from './normalise-logs.ts';
import {normaliseMetrics} from './normalise-metrics.ts';
import type {Encoding, Resource, Signal} from './otlp-messages.ts';
import type {Rejected} from './otlp-response.ts';
import type {Point} from './point.ts';
import {SpanFile} from './span-file.ts';
import {attributes, clockFrom} from './values.ts';

export type TrialStart = {
  readonly trialId: string;
  /** The first 8 bytes of the trace ids of its operations, in hex. */
  readonly tracePrefix: string;
  /** The wall clock at the trial's 0 ms. */
  readonly originEpochMs: number;
  readonly spansFile: string;
  readonly phaseCount: number;
  /** Texts by which spans are recognised as work in the background. */
  readonly background: readonly string[];
};

/**
 * Whether it is of the export itself. The SDK suppresses the spans of its own requests; an instrumentation of HTTP counts them
 * in its metrics all the same, as if they were the library's.
 */
const isExportTo =
  (receiverPort: number) =>
  ({attributes}: Point): boolean =>
    attributes['server.port'] === receiverPort || attributes['net.peer.port'] === receiverPort;

const none: Rejected = {count: 0, reason: ''};

export class TrialTelemetry {
  readonly #clock: Clock;
  readonly #isExport: (point: Point) => boolean;
  readonly #aggregate: Aggregate;
  readonly #spanFile: SpanFile;
  readonly #refusals = new Map<string, number>();
  #resource: Attributes = {};
  #requestCount = 0;
  #requestBytes = 0;
  #logRecordCount = 0;

  /** @param receiverPort to which the subject's SDK sends */
  constructor(trial: TrialStart, receiverPort: number) {
    this.#isExport = isExportTo(receiverPort);
    this.#clock = clockFrom(trial.originEpochMs);
    this.#aggregate = new Aggregate(trial);
    this.#spanFile = new SpanFile(trial.spansFile);
  }

  startPhase(phase: number, atMs: number, hits: boolean): void {
    this.#aggregate.startPhase(phase, atMs, hits);
  }

  /** A request has come; `bodyBytes` as they were on the wire. */
  countRequest(bodyBytes: number): void {
    this.#requestCount += 1;
    this.#requestBytes += bodyBytes;
  }

  refuse(reason: string, count = 1): void {
    if (count > 0) this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + count);
  }

  /**
   * Accepts a request's body, as a whole or not at all, except for single items that make no sense.
   * @throws {Refusal} where the body is not as it should be
   */
  async take(signal: Signal, encoding: Encoding, body: Buffer): Promise<Rejected> {
    const rejected = await this.#take(signal, encoding, body);
    this.refuse(rejected.reason, rejected.count);
    return rejected;
  }

  async #take(signal: Signal, encoding: Encoding, body: Buffer): Promise<Rejected> {
    if (signal === 'logs') {
      const request = decodeRequest(signal, encoding, body);
      const entries = normaliseLogs(request, this.#clock);
      this.#logRecordCount += entries.length;
      this.#aggregate.addLogs(entries, performance.now());
      this.#learnResource(request.resourceLogs[0]?.resource);
      return none;
    }
    if (signal === 'metrics') {
      const request = decodeRequest(signal, encoding, body);
      const {points, rejected} = normaliseMetrics(request, this.#clock);
      this.#learnResource(request.resourceMetrics[0]?.resource);
      this.#aggregate.addPoints(
        points.filter(point => !this.#isExport(point)),
        performance.now(),
      );
      return rejected;
    }
    const request = decodeRequest(signal, encoding, body);
    const {spans, rejected} = normaliseSpans(request, this.#clock);
    this.#learnResource(request.resourceSpans[0]?.resource);
    this.#aggregate.addSpans(spans, performance.now());
    await this.#spanFile.append(spans);
    return rejected;
  }

  /** The subject has one SDK, so the first resource that says anything stands for all. */
  #learnResource(resource: Resource | undefined): void {
    if (resource == null || Object.keys(this.#resource).length > 0) return;
    this.#resource = attributes(resource.attributes);
  }

  /** Closes the spans' file and returns the observation. Nothing may be added afterwards. */
  async finish(): Promise<TelemetryObservation> {
    const unwritten = await this.#spanFile.close();
    for (const [reason, count] of Object.entries(unwritten)) this.refuse(reason, count);
    const {unsummedPointCount, unshapedSpanCount, ungroupedLogCount, ...sums} = this.#aggregate.finish();
    this.refuse('data point left out: too many series', unsummedPointCount);
    this.refuse('span left out of the check of conventions: too many shapes', unshapedSpanCount);
    this.refuse('log record left out: too many kinds', ungroupedLogCount);
    return {
      resource: this.#resource,
      ...sums,
      logRecordCount: this.#logRecordCount,
      requestCount: this.#requestCount,
      requestBytes: this.#requestBytes,
      refusals: Object.fromEntries(this.#refusals),
    };
  }
}
