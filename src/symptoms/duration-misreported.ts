// Durations of the library's spans against the driver's: the median of what succeeded, phase by phase.
import type {Detector} from '../model/finding.ts';
import type {Span, SpanGroup} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';
import {percentileMs} from '../stats/histogram.ts';
import {attemptCounts, sumOfPhase} from './attempts.ts';
import {type Examples, examplesOfSpans} from './example-spans.ts';
import {DriverMeasure, isWarmUp} from './measure.ts';
import {phaseAt} from './phase-at.ts';
import {inconclusive, phaseName, presentIf} from './say.ts';
import {tieGap} from './telemetry-account.ts';

/** With more or fewer spans than successes they are not of the same operations, and not to be compared. */
const likeness = 0.01;
/** So many may begin on the other side of a phase's edge. */
const likenessCount = 5;

type Compared = {
  readonly phase: number;
  readonly group: SpanGroup;
  readonly spanMs: number;
  readonly driverMs: number;
  readonly count: number;
};

export const durationMisreported: Detector<'duration-misreported'> = (trial, {slackMs, slackShare}) => {
  const gap = tieGap(trial);
  if (gap !== null) return inconclusive('duration-misreported', gap);
  const compared = trial.plan.phases.flatMap((_, phase) => compare(trial, phase));
  if (compared.length === 0) {
    return inconclusive(
      'duration-misreported',
      'in no phase did the library make one span for each operation',
    );
  }
  const limitMs = ({phase, driverMs}: Compared): number =>
    Math.max(slackMs, slackShare * driverMs) + loopDelayMs(trial, phase);
  const offMs = ({spanMs, driverMs}: Compared): number => Math.abs(spanMs - driverMs);
  const differing = compared.filter(one => offMs(one) > limitMs(one)).sort((a, b) => offMs(b) - offMs(a));
  const found = differing.map(one => {
    const phase = phaseName(trial, one.phase);
    return {
      phase,
      evidence: {
        witness: 'telemetry' as const,
        says: `Half of the operations of phase ${phase} took up to ${one.driverMs.toFixed(1)} ms, and half of the spans up to ${one.spanMs.toFixed(1)} ms.`,
        value: offMs(one),
        threshold: limitMs(one),
        unit: 'ms' as const,
        count: one.count,
        ...typicalOf(trial, one),
      },
    };
  });
  const [worst] = differing;
  return presentIf('duration-misreported', 'warn', found, [
    {
      what: 'medians of phases, by spans and by the driver',
      count: compared.length,
      differingCount: differing.length,
      ...(worst ? typicalOf(trial, worst) : {operations: [], traces: []}),
    },
  ]);
};

/** Of the spans that were kept, those nearest to the median. */
const typicalOf = (trial: Trial, {phase, group}: Compared): Examples => {
  const near = (trial.telemetry?.exemplars ?? [])
    .filter(
      ({scope, name, kind, status, startMs}) =>
        scope === group.scope &&
        name === group.name &&
        kind === group.kind &&
        status === group.status &&
        phaseAt(trial, startMs) === phaseName(trial, phase),
    )
    .toSorted((a, b) => offMedianMs(a, group) - offMedianMs(b, group));
  return examplesOfSpans(trial, near);
};

const offMedianMs = ({startMs, endMs}: Span, {durationP50Ms}: SpanGroup): number =>
  Math.abs(endMs - startMs - durationP50Ms);

/** A busy event loop lets time pass between the end of a span and the answer to its caller. */
const loopDelayMs = ({phaseResources}: Trial, phase: number): number =>
  phaseResources.find(resources => resources.phase === phase)?.loopDelayP99Ms ?? 0;

const compare = (trial: Trial, phase: number): Compared[] => {
  const driver = new DriverMeasure(trial, [phase]);
  const driverMs = percentileMs(driver.serviceOk(), 50);
  const spans = mostFrequent(trial, phase);
  const okCount = driver.count('ok');
  if (isWarmUp(trial, phase) || driverMs === null || !spans) return [];
  if (Math.abs(spans.count - okCount) > Math.max(likenessCount, likeness * okCount)) return [];
  if (isRepeated(trial, phase, driver.total('started'))) return [];
  return [{phase, group: spans, spanMs: spans.durationP50Ms, driverMs, count: okCount}];
};

/** An operation that took several attempts is longer than the span of each by its nature. */
const isRepeated = (trial: Trial, phase: number, started: number): boolean =>
  attemptCounts(trial).some(({counts}) => sumOfPhase(trial, counts, phase) > (1 + likeness) * started);

const mostFrequent = (trial: Trial, phase: number): SpanGroup | undefined =>
  trial.telemetry?.groups
    .filter(group => group.phase === phase && group.status !== 'error')
    .filter(({kind}) => kind === 'client' || kind === 'producer')
    .toSorted((a, b) => b.count - a.count)[0];
