// Durations of the library's spans compared with the driver's: each operation that succeeded against the spans of its
// own trace, from the start of the first to the end of the last.

import {areMany, attemptCounts} from '../../measures/attempts.ts';
import {counted, found, grouped, phaseName} from '../../measures/evidence.ts';
import {isWarmUp} from '../../measures/measure.ts';
import {examplesOf} from '../../measures/operation-telemetry.ts';
import {operationsGap} from '../../measures/telemetry-account.ts';
import {durationsOf} from '../../model/duration-code.ts';
import type {Detector} from '../../model/finding.ts';
import {outcomeCode} from '../../model/outcome.ts';
import type {Trial} from '../../model/trial.ts';
import {medianOf} from '../../stats/quantile.ts';
import {inconclusive, presentIf} from '../finding.ts';

/** In a phase with fewer operations to compare, one that is off says little. */
const leastCount = 10;
/** Of the operations of a phase: what comes by chance, or from one step of several, stays below. */
const differingShare = 0.5;

type Differing = {readonly index: number; readonly driverMs: number; readonly spanMs: number};

type Compared = {
  readonly phase: number;
  readonly count: number;
  readonly differing: readonly Differing[];
  readonly limitMs: number;
};

export const durationMisreported: Detector<'duration-misreported'> = (trial, {slackMs, slackShare}) => {
  const gap = operationsGap(trial);
  if (gap !== null) return inconclusive('duration-misreported', gap);
  const durations = durationBytes(trial);
  if (durations === null) {
    return inconclusive('duration-misreported', 'the durations of individual operations were not kept');
  }
  const compared = trial.plan.phases.flatMap((_, phase) =>
    isWarmUp(trial, phase) ? [] : compare(trial, phase, durations, {slackMs, slackShare}),
  );
  if (compared.length === 0) {
    return inconclusive(
      'duration-misreported',
      'no phase has enough operations with their own spans and a single attempt',
    );
  }
  const off = compared
    .filter(({differing, count}) => differing.length > differingShare * count)
    .map(one => ({...one, typical: typicalOf(one.differing)}))
    .sort((a, b) => offMs(b.typical) - offMs(a.typical));
  const evidence = off.map(({phase, count, differing, limitMs, typical}) =>
    found(phaseName(trial, phase), {
      witness: 'telemetry',
      statement: `${grouped(differing.length)} of ${counted(count, 'operation')} of phase ${phaseName(trial, phase)} took longer or shorter than the spans of their traces, for example about ${rounded(typical.driverMs)} ms (driver) versus ${rounded(typical.spanMs)} ms (spans).`,
      value: offMs(typical),
      threshold: limitMs,
      unit: 'ms',
      count,
      ...examplesOf(trial, {first: differing.slice(0, 3).map(({index}) => index)}),
    }),
  );
  const all = compared.flatMap(({differing}) => differing);
  return presentIf('duration-misreported', 'warn', evidence, [
    {
      what: 'durations of operations and of the spans of their traces',
      count: compared.reduce((sum, {count}) => sum + count, 0),
      differingCount: all.length,
      ...examplesOf(trial, {first: all.slice(0, 3).map(({index}) => index)}),
    },
  ]);
};

/** One byte has no finer resolution. */
const rounded = (ms: number): number => Number(ms.toPrecision(2));

const offMs = ({driverMs, spanMs}: Differing): number => Math.abs(driverMs - spanMs);

const typicalOf = (differing: readonly Differing[]): Differing => {
  const middleMs = medianOf(differing.map(offMs))!;
  return differing.toSorted((a, b) => Math.abs(offMs(a) - middleMs) - Math.abs(offMs(b) - middleMs))[0]!;
};

type DurationBytes = {readonly driver: Uint8Array; readonly spans: Uint8Array};

const durationBytes = ({driver, telemetry}: Trial): DurationBytes | null => {
  const spans = telemetry?.operations?.durations;
  if (spans === undefined || driver.operationDurations.length === 0) return null;
  return {driver: driver.operationDurations, spans: Buffer.from(spans, 'base64')};
};

/** A busy event loop lets time pass between the end of a span and the answer to its caller. */
const loopDelayMs = ({phaseResources}: Trial, phase: number): number =>
  phaseResources.find(resources => resources.phase === phase)?.loopDelayP99Ms ?? 0;

/** Empty where too few can be compared, or where many have their spans in the traces of others. */
const compare = (
  trial: Trial,
  phase: number,
  {driver, spans}: DurationBytes,
  {slackMs, slackShare}: {readonly slackMs: number; readonly slackShare: number},
): Compared[] => {
  const {outcomes, operationPhases} = trial.driver;
  const [attempts] = attemptCounts(trial);
  const leastLimitMs = slackMs + loopDelayMs(trial, phase);
  const differing: Differing[] = [];
  let [count, withoutCount] = [0, 0];
  for (let index = 0; index < outcomes.length; index++) {
    if (operationPhases[index] !== phase || outcomes[index] !== okCode || !driver[index]) continue;
    if (!spans[index]) {
      withoutCount++;
      continue;
    }
    // An operation that took several attempts waits between them, and before the first or after the last, too.
    if ((attempts?.counts[index] ?? 0) > 1) continue;
    count++;
    const [driverFromMs, driverToMs] = durationsOf(driver[index]!);
    const [spanFromMs, spanToMs] = durationsOf(spans[index]!);
    const leastOffMs = Math.max(driverFromMs - spanToMs, spanFromMs - driverToMs);
    if (leastOffMs <= Math.max(leastLimitMs, slackShare * driverToMs)) continue;
    differing.push({index, driverMs: (driverFromMs + driverToMs) / 2, spanMs: (spanFromMs + spanToMs) / 2});
  }
  if (count < leastCount || areMany(withoutCount, count + withoutCount)) return [];
  return [{phase, count, differing, limitMs: leastLimitMs}];
};

const okCode = outcomeCode('ok');
