// Spans that look alike, counted together, with their durations.
import {build, type Histogram} from 'hdr-histogram-js';
import type {AttributeValue, Span, SpanGroup} from '../model/telemetry.ts';

const groupLimit = 500;
const longestUs = 3_600_000_000;

type Group = {
  readonly phase: number;
  readonly scope: string;
  readonly name: string;
  readonly kind: Span['kind'];
  readonly status: Span['status'];
  readonly errorType: AttributeValue;
  readonly durationsUs: Histogram;
  maxMs: number;
};

/** The semantic conventions require a string; other types are kept as they came, since a number is a finding. */
export const errorTypeOf = (span: Span): AttributeValue => span.attributes['error.type'] ?? null;

/** A span that ends before it starts has no duration. */
export const durationMsOf = (span: Span): number => Math.max(0, span.endMs - span.startMs);

const openGroup = (span: Span, phase: number): Group => ({
  phase,
  scope: span.scope,
  name: span.name,
  kind: span.kind,
  status: span.status,
  errorType: errorTypeOf(span),
  // Three digits of microseconds; starts small and grows with its longest span.
  durationsUs: build({lowestDiscernibleValue: 1, numberOfSignificantValueDigits: 3, autoResize: true}),
  maxMs: 0,
});

/** At most 500 groups; later ones are only counted. */
export class SpanGroups {
  readonly #groups = new Map<string, Group>();
  ungroupedCount = 0;

  add(span: Span, phase: number): void {
    const errorType = errorTypeOf(span);
    const errorKey = errorType === null ? '' : JSON.stringify(errorType);
    const key = `${phase}\0${span.kind}\0${span.status}\0${errorKey}\0${span.scope}\0${span.name}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size >= groupLimit) {
        this.ungroupedCount += 1;
        return;
      }
      group = openGroup(span, phase);
      this.#groups.set(key, group);
    }
    const durationMs = durationMsOf(span);
    group.durationsUs.recordValue(Math.min(Math.round(durationMs * 1000), longestUs));
    if (durationMs > group.maxMs) group.maxMs = durationMs;
  }

  /** In the order of the phases. */
  toGroups(): readonly SpanGroup[] {
    const groups = [...this.#groups.values()].map(({durationsUs, maxMs, ...identity}): SpanGroup => {
      // A bucket's upper end may lie above the longest span itself.
      const quantileMs = (percent: number): number =>
        Math.min(durationsUs.getValueAtPercentile(percent) / 1000, maxMs);
      return {
        ...identity,
        count: durationsUs.totalCount,
        durationP50Ms: quantileMs(50),
        durationP99Ms: quantileMs(99),
        durationMaxMs: maxMs,
      };
    });
    return groups.sort((left, right) => left.phase - right.phase);
  }
}
