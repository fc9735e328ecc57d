// What is wanted of the injector.
import {type Limit, limitText, verdictOf, wantedOf} from '../part.ts';
import type {SeriesRow} from './series.ts';

type Rule = NonNullable<SeriesRow['wanted']>;

/** Judged by the ratios within rounds. */
export const ofThroughput =
  (least: number): Rule =>
  ({ratio}) => {
    if (ratio === null) return null;
    const limit = {atLeast: least};
    return {
      text: `${limitText(limit, '×')} Toxiproxy`,
      verdict: verdictOf(ratio.median, limit, ratio.high - ratio.median),
    };
  };

/** Judged by the medians of all rounds: an added time can be near zero, where a ratio says nothing. */
export const addsNoMoreThanToxiproxy: Rule = ({ours, real}) =>
  real === null
    ? null
    : {
        text: '≤ Toxiproxy',
        verdict: verdictOf(ours.median, {atMost: real.median}, Math.max(ours.spread ?? 0, real.spread ?? 0)),
      };

export const within =
  (limit: Limit, unit: string): Rule =>
  ({ours}) =>
    wantedOf(ours, limit, unit);

/** The delay of the generator and the target is no fault of the injector's: what the control shows is subtracted. */
export const beyondControl =
  (atMostMs: number): Rule =>
  ({ours, direct}) =>
    direct === null
      ? null
      : {
          text: `${limitText({atMost: atMostMs}, 'ms')} beyond no proxy`,
          verdict: verdictOf(ours.median - direct.median, {atMost: atMostMs}, 0),
        };

export const deviatesByAtMost =
  (percent: number): Rule =>
  ({ours}) => ({
    text: `± ${percent}%`,
    verdict: verdictOf(Math.abs(ours.median), {atMost: percent}, 0),
  });
