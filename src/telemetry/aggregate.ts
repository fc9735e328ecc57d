// One trial's running sums over spans and metric points. Pure: the time is passed in.
import type {RuntimeSample} from '../model/runtime-sample.ts';
import type {
  LogEntry,
  LogObservation,
  MetricSummary,
  OpenSpans,
  OperationTelemetry,
  Span,
  SpanGroup,
  SpanShape,
} from '../model/telemetry.ts';
import {LogTable} from './log-table.ts';
import {MetricTable} from './metric-table.ts';
import {OpenAfterLoad} from './open-after-load.ts';
import {OperationSpans, tellsError} from './operation-spans.ts';
import {PhaseEdges} from './phase-edges.ts';
import type {Point} from './point.ts';
import {RuntimeReadings} from './runtime-readings.ts';
import {SpanExemplars} from './span-exemplars.ts';
import {SpanGroups} from './span-groups.ts';
import type {TrialMarks} from './span-owner.ts';
import {SpanShapes} from './span-shapes.ts';

/**
 * How long a batch waits before it is assigned to phases: the edge of a phase is reported by the parent, on another
 * way than the spans, and must not be overtaken by them.
 */
const settleMs = 1000;
/** So many spans and points wait at most; with more the oldest are assigned early. */
const waitingLimit = 50_000;

type Batch = {readonly receivedMs: number; readonly size: number; readonly settle: () => void};

export type Aggregated = {
  readonly spanCount: number;
  readonly ungroupedSpanCount: number;
  readonly groups: readonly SpanGroup[];
  readonly metrics: readonly MetricSummary[];
  readonly runtime?: readonly RuntimeSample[];
  readonly exemplars: readonly Span[];
  readonly spansPerOperation: string;
  readonly operations: OperationTelemetry;
  readonly backgroundSpanCount: number;
  readonly openAfterLoad: OpenSpans | null;
  readonly shapes: readonly SpanShape[];
  readonly unshapedSpanCount: number;
  readonly unsummedPointCount: number;
  readonly logs: LogObservation;
  readonly ungroupedLogCount: number;
};

/**
 * A span belongs to the phase that it started in, or, where it failed, to the one whose faults it met; for metric points see
 * `MetricSeries`.
 */
export class Aggregate {
  readonly #edges = new PhaseEdges();
  readonly #groups = new SpanGroups();
  readonly #exemplars = new SpanExemplars();
  readonly #shapes = new SpanShapes();
  readonly #operations: OperationSpans;
  readonly #openAfterLoad: OpenAfterLoad;
  readonly #metrics = new MetricTable();
  readonly #runtime = new RuntimeReadings();
  readonly #logs = new LogTable();
  readonly #waiting: Batch[] = [];
  #waitingSize = 0;
  #spanCount = 0;

  constructor(trial: TrialMarks & {readonly phaseCount: number}) {
    this.#operations = new OperationSpans(trial);
    this.#openAfterLoad = new OpenAfterLoad(trial.phaseCount);
  }

  startPhase(phase: number, atMs: number, hits = false): void {
    this.#edges.add(phase, atMs, hits);
  }

  /** Spans of one request. `nowMs` is any clock that only goes forward. */
  addSpans(spans: readonly Span[], nowMs: number): void {
    this.#spanCount += spans.length;
    const owned = spans.map(span => this.#operations.add(span).kind === 'operation');
    for (const span of spans) this.#shapes.add(span);
    this.#wait({
      receivedMs: nowMs,
      size: spans.length,
      settle: () => {
        for (const [index, span] of spans.entries()) {
          const phase = tellsError(span)
            ? this.#edges.phaseOfFailure(span.startMs, span.endMs)
            : this.#edges.phaseAt(span.startMs);
          this.#openAfterLoad.addSpan(span, owned[index]!, this.#edges);
          this.#groups.add(span, phase);
          this.#exemplars.add(span, phase);
        }
      },
    });
  }

  /** Points of one request. */
  addPoints(points: readonly Point[], nowMs: number): void {
    this.#wait({
      receivedMs: nowMs,
      size: points.length,
      settle: () => {
        this.#metrics.add(points, atMs => this.#edges.phaseAt(atMs));
        this.#runtime.add(points, atMs => this.#edges.phaseAt(atMs));
        for (const point of points) this.#openAfterLoad.addPoint(point, this.#edges);
      },
    });
  }

  /** Records of one request. */
  addLogs(entries: readonly LogEntry[], nowMs: number): void {
    this.#wait({
      receivedMs: nowMs,
      size: entries.length,
      settle: () => {
        for (const entry of entries) this.#logs.add(entry, this.#edges.phaseAt(entry.atMs));
      },
    });
  }

  #wait(batch: Batch): void {
    this.#waiting.push(batch);
    this.#waitingSize += batch.size;
    this.#settle(
      oldest => this.#waitingSize > waitingLimit || oldest.receivedMs <= batch.receivedMs - settleMs,
    );
  }

  #settle(isDue: (oldest: Batch) => boolean): void {
    for (let oldest = this.#waiting[0]; oldest !== undefined && isDue(oldest); oldest = this.#waiting[0]) {
      this.#waiting.shift();
      this.#waitingSize -= oldest.size;
      oldest.settle();
    }
  }

  /** The sums of all that was added. All edges must be known by now. */
  finish(): Aggregated {
    this.#settle(() => true);
    const runtime = this.#runtime.toSamples();
    return {
      spanCount: this.#spanCount,
      ungroupedSpanCount: this.#groups.ungroupedCount,
      groups: this.#groups.toGroups(),
      metrics: this.#metrics.toSummaries(),
      ...(runtime.length > 0 && {runtime}),
      exemplars: this.#exemplars.toSpans(),
      spansPerOperation: this.#operations.spansToBase64(),
      operations: this.#operations.toOperations(),
      backgroundSpanCount: this.#operations.backgroundCount,
      openAfterLoad: this.#openAfterLoad.toOpenSpans(this.#edges),
      shapes: this.#shapes.toShapes(),
      unshapedSpanCount: this.#shapes.unshapedCount,
      unsummedPointCount: this.#metrics.unsummedCount,
      logs: this.#logs.toLogs(),
      ungroupedLogCount: this.#logs.ungroupedCount,
    };
  }
}
