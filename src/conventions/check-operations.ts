// Rules that a single span cannot show: what was sent again, and what the server answered.

import {calmSpans, examplesOf, hasMark, Tally, viewOperations} from '../measures/operation-telemetry.ts';
import type {ConventionFinding} from '../model/convention.ts';
import type {Trial} from '../model/trial.ts';

/**
 * Share of the calm operations with one request each, above which several requests of one operation mean that it was
 * sent again.
 */
const mostlyShare = 0.9;

export const checkOperations = (trial: Trial): ConventionFinding[] => {
  const scope = trial.telemetry?.shapes?.find(({area, kind}) => area === 'http' && kind === 'client')?.scope;
  const view = scope === undefined ? null : viewOperations(trial);
  if (view?.spanOf !== 'attempt' || scope === undefined) return [];
  const isOneEach = calmSpans(trial, view).shareWithOne >= mostlyShare;
  const [settled, resent, uncounted, untold] = [new Tally(), new Tally(), new Tally(), new Tally()];
  view.eachSettled(operation => {
    settled.add(operation);
    if (operation.spans > 1 && (isOneEach || hasMark(operation, 'wasRedirected'))) {
      resent.add(operation);
      if (!hasMark(operation, 'hasResendCount')) uncounted.add(operation);
    }
    if (hasMark(operation, 'lastHasErrorStatus') && !hasMark(operation, 'lastIsError')) untold.add(operation);
  });
  const finding = (
    level: ConventionFinding['level'],
    rule: string,
    subject: string,
    statement: string,
    operations: Tally,
    ofCount: number,
  ): ConventionFinding[] => {
    const traceId = examplesOf(trial, operations).traces[0];
    const example = traceId === undefined ? null : {traceId, spanId: null};
    const {count} = operations;
    return count === 0
      ? []
      : [{level, area: 'http', signal: 'span', rule, scope, subject, statement, count, ofCount, example}];
  };
  return [
    ...finding(
      'improvement',
      'resend',
      'http.request.resend_count',
      'None of the spans of a resent request has http.request.resend_count.',
      uncounted,
      resent.count,
    ),
    ...finding(
      'violation',
      'status',
      'http.response.status_code',
      'A status of 400 or above is an error, but the span does not say so.',
      untold,
      settled.count,
    ),
  ];
};
