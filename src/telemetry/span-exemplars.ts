// A bounded choice of whole spans per phase: the first, the slowest, and the first errors of each type.
import type {Span} from '../model/telemetry.ts';
import {RepeatedTraces} from './repeated-traces.ts';
import {durationMsOf, errorTypeOf} from './span-groups.ts';

const firstLimit = 3;
const slowestLimit = 5;
const errorsPerTypeLimit = 3;
const errorTypeLimit = 10;

class PhaseExemplars {
  readonly #first: Span[] = [];
  /** Slowest first. */
  readonly #slowest: Span[] = [];
  readonly #errors = new Map<string, Span[]>();

  add(span: Span): void {
    if (this.#first.length < firstLimit) this.#first.push(span);
    this.#addSlow(span);
    const errorType = errorTypeOf(span);
    if (span.status === 'error' || errorType !== null) this.#addError(span, JSON.stringify(errorType));
  }

  #addSlow(span: Span): void {
    const durationMs = durationMsOf(span);
    const fastest = this.#slowest[slowestLimit - 1];
    if (fastest !== undefined && durationMsOf(fastest) >= durationMs) return;
    const place = this.#slowest.findIndex(other => durationMsOf(other) < durationMs);
    this.#slowest.splice(place === -1 ? this.#slowest.length : place, 0, span);
    if (this.#slowest.length > slowestLimit) this.#slowest.pop();
  }

  #addError(span: Span, errorType: string): void {
    const known = this.#errors.get(errorType);
    if (known !== undefined) {
      if (known.length < errorsPerTypeLimit) known.push(span);
    } else if (this.#errors.size < errorTypeLimit) this.#errors.set(errorType, [span]);
  }

  /** Each span once, even if it was chosen for several reasons. */
  toSpans(): readonly Span[] {
    return [...new Set([...this.#first, ...this.#slowest, ...[...this.#errors.values()].flat()])];
  }
}

export class SpanExemplars {
  readonly #phases = new Map<number, PhaseExemplars>();
  readonly #repeated = new RepeatedTraces();

  add(span: Span, phase: number): void {
    let exemplars = this.#phases.get(phase);
    if (exemplars === undefined) {
      exemplars = new PhaseExemplars();
      this.#phases.set(phase, exemplars);
    }
    exemplars.add(span);
    this.#repeated.add(span, phase);
  }

  /** By their start, each once. */
  toSpans(): readonly Span[] {
    const ofPhases = [...this.#phases.values()].flatMap(phase => phase.toSpans());
    const spans = [...new Set([...ofPhases, ...this.#repeated.toSpans()])];
    return spans.sort((left, right) => left.startMs - right.startMs);
  }
}
