// Spans that were made, ended, and did not arrive: the telemetry then cannot be relied on.

import {counted, grouped} from '../../measures/evidence.ts';
import {lostShareOf, spanAccount, telemetryAbsence} from '../../measures/telemetry-account.ts';
import type {Detector} from '../../model/finding.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

export const telemetryLost: Detector<'telemetry-lost'> = (trial, {lostShare: lostShareLimit}) => {
  const {telemetry, end} = trial;
  if (!telemetry) return inconclusive('telemetry-lost', telemetryAbsence(trial)!);
  const account = spanAccount(trial);
  if (account === null)
    return inconclusive('telemetry-lost', 'the SDK did not report how many spans it created');
  const lostShare = lostShareOf(account);
  const {endedCount, receivedCount, dropped} = account;
  const compared = [
    {
      what: 'spans that ended and spans that arrived',
      count: endedCount,
      differingCount: Math.max(0, endedCount - receivedCount),
      operations: [],
      traces: [],
    },
  ];
  if (lostShare <= lostShareLimit) {
    return end.kind === 'completed'
      ? clear('telemetry-lost', compared)
      : inconclusive(
          'telemetry-lost',
          'the process ended before the SDK could report how many spans it had created',
        );
  }
  const reasons = [...Object.entries(dropped), ...Object.entries(telemetry.refusals)];
  const why = reasons.map(([reason, count]) => ` ${count}: ${reason}.`).join('');
  return presentIf(
    'telemetry-lost',
    'warn',
    [
      {
        phase: 'drain',
        evidence: {
          witness: 'telemetry',
          statement: `${grouped(receivedCount)} of ${counted(endedCount, 'span')} arrived.${why}`,
          value: lostShare,
          threshold: lostShareLimit,
          unit: 'share',
          count: endedCount,
          operations: [],
        },
      },
    ],
    compared,
  );
};
