// Spans that are open when the load is over: which of them end after all.
import type {OpenSpans, Span} from '../model/telemetry.ts';
import type {PhaseEdges} from './phase-edges.ts';
import type {Point} from './point.ts';

/** The SDK's own count of open spans that were sampled. */
const isOpenCount = ({instrument, attributes}: Point): boolean =>
  instrument.name === 'otel.sdk.span.live' &&
  (attributes['otel.span.sampling_result'] ?? 'RECORD_AND_SAMPLE') === 'RECORD_AND_SAMPLE';

/** The greatest number of spans that end after the load and are looked at. */
const lateSpanLimit = 20_000;

type LateSpan = {readonly startMs: number; readonly endMs: number; readonly isOfOperation: boolean};

export class OpenAfterLoad {
  readonly #drainPhase: number;
  /** How many were open at a time in the drain. */
  readonly #looks = new Map<number, number>();
  readonly #lateSpans: LateSpan[] = [];

  /** @param drainPhase the number of the phase after the load; the library's close is the next one */
  constructor(drainPhase: number) {
    this.#drainPhase = drainPhase;
  }

  addSpan({startMs, endMs}: Span, isOfOperation: boolean, edges: PhaseEdges): void {
    if (edges.phaseAt(endMs) < this.#drainPhase || this.#lateSpans.length >= lateSpanLimit) return;
    this.#lateSpans.push({startMs, endMs, isOfOperation});
  }

  addPoint(point: Point, edges: PhaseEdges): void {
    if (point.kind !== 'sum' || !isOpenCount(point) || edges.phaseAt(point.atMs) !== this.#drainPhase) return;
    this.#looks.set(point.atMs, (this.#looks.get(point.atMs) ?? 0) + point.value);
  }

  /** By the measurement that leaves the fewest spans without an end; null where it was not counted. */
  toOpenSpans(edges: PhaseEdges): OpenSpans | null {
    const looks = [...this.#looks].map(([atMs, openCount]) => ({
      openCount,
      endedLaterCount: Math.min(openCount, this.#endedAfter(atMs, edges)),
    }));
    const unended = ({openCount, endedLaterCount}: OpenSpans): number => openCount - endedLaterCount;
    return looks.toSorted((a, b) => unended(a) - unended(b))[0] ?? null;
  }

  /** The spans of an operation must have ended before the library is closed: its caller has had the answer for long. */
  #endedAfter(atMs: number, edges: PhaseEdges): number {
    return this.#lateSpans.filter(
      ({startMs, endMs, isOfOperation}) =>
        startMs <= atMs && endMs > atMs && (!isOfOperation || edges.phaseAt(endMs) <= this.#drainPhase),
    ).length;
  }
}
