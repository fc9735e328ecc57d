// Whole traces of operations with several spans, the longest of each phase: a retry is only seen beside what it repeats.
import type {Span} from '../model/telemetry.ts';

/** So many of the latest traces are remembered, in case another span of theirs comes. */
const recentLimit = 2000;
const tracesPerPhase = 2;
const spansPerTrace = 30;

type Trace = {readonly phase: number; readonly spans: Span[]};

export class RepeatedTraces {
  /** In the order of their first span. */
  readonly #recent = new Map<string, Trace>();
  readonly #longest = new Map<number, Trace[]>();

  /** A trace belongs to the phase of its first span. */
  add(span: Span, phase: number): void {
    const trace = this.#recent.get(span.traceId);
    if (trace === undefined) {
      this.#recent.set(span.traceId, {phase, spans: [span]});
      if (this.#recent.size > recentLimit) this.#recent.delete(this.#recent.keys().next().value!);
      return;
    }
    if (trace.spans.length < spansPerTrace) trace.spans.push(span);
    this.#choose(trace);
  }

  #choose(trace: Trace): void {
    const longest = this.#longest.get(trace.phase) ?? [];
    if (!longest.includes(trace)) longest.push(trace);
    longest.sort((left, right) => right.spans.length - left.spans.length);
    this.#longest.set(trace.phase, longest.slice(0, tracesPerPhase));
  }

  toSpans(): readonly Span[] {
    return [...this.#longest.values()].flat().flatMap(({spans}) => spans);
  }
}
