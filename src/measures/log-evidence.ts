// What the library logged in the phase of a finding: additional evidence, where it uses OpenTelemetry's logs.
import type {PresentFinding} from '../model/finding.ts';
import {endedAgainEvent, type LogObservation, logSeverities} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';
import {counted, phaseName} from './evidence.ts';
import {examplesOfSpans} from './example-spans.ts';

type Kind = LogObservation['counts'][number];

const rank = ({severity}: Kind): number => logSeverities.indexOf(severity);

/** Warnings and worse, and events of any severity. */
const isTold = (kind: Kind): boolean =>
  kind.eventName !== endedAgainEvent &&
  (rank(kind) >= logSeverities.indexOf('warn') || kind.eventName !== null);

/** The worst kind of the finding's phase, of equal ones the most frequent; after the finding's own evidence. */
export const withLogs = (trial: Trial, finding: PresentFinding): PresentFinding => {
  const {logs} = trial.telemetry ?? {};
  const [kind] = (logs?.counts ?? [])
    .filter(one => isTold(one) && phaseName(trial, one.phase) === finding.phase)
    .toSorted((a, b) => rank(b) - rank(a) || b.count - a.count);
  if (!logs || !kind) return finding;
  const ofKind = logs.entries.filter(
    ({scope, severity, eventName}) =>
      scope === kind.scope && severity === kind.severity && eventName === kind.eventName,
  );
  const traced = ofKind.flatMap(({traceId}) => (traceId === null ? [] : [{traceId}]));
  const what = kind.eventName ?? `"${kind.severity}"`;
  const body = ofKind[0]?.body;
  const words = typeof body === 'string' && body !== '' ? `, such as "${body.slice(0, 100)}"` : '';
  return {
    ...finding,
    evidence: [
      ...finding.evidence,
      {
        witness: 'telemetry',
        phase: finding.phase,
        statement: `${kind.scope} logged ${what} ${counted(kind.count, 'time')} in phase ${finding.phase}${words}.`,
        value: kind.count,
        threshold: 0,
        unit: 'count',
        count: kind.count,
        ...examplesOfSpans(trial, traced),
      },
    ],
  };
};
