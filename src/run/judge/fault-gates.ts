// Whether the faults were those that the scenario asks for: one that hit nothing, or too often or too rarely, is
// another test.

import {phaseName} from '../../measures/evidence.ts';
import {type Silence, silencesOf} from '../../measures/quiet-spans.ts';
import type {FaultKind} from '../../model/fault-defaults.ts';
import type {FaultWitness, ProxyWitness} from '../../model/proxy-witness.ts';
import type {Gate, PhaseSummary} from '../../model/run.ts';
import {isServerError, protocolOf, titleOf} from '../../model/server-errors.ts';
import {isServerFault} from '../../model/server-fault.ts';
import {isTlsFault} from '../../model/tls-fault.ts';
import type {Trial} from '../../model/trial.ts';
import {binomialInterval} from '../../stats/binomial.ts';
import {wedgesOf} from '../../symptoms/recovery/wedged-client.ts';

export const faultGates = (trial: Trial, phases: readonly PhaseSummary[]): Gate[] => [
  ...faultsFailed(trial.injector),
  ...faultsHit(trial, phases),
  ...faultRates(phases),
];

/** Faults that hit nothing because the client was wedged already, with the phase in which that began. */
export const faultsAfterWedge = (
  trial: Trial,
  phases: readonly PhaseSummary[],
): {readonly phase: PhaseSummary; readonly kind: FaultKind; readonly since: string}[] => {
  const wedges = wedgesOf(trial);
  return withoutHits(phases).flatMap(({phase, kind}) => {
    const wedge = silenceOver(phase, wedges);
    return wedge ? [{phase, kind, since: phaseName(trial, wedge.phase)}] : [];
  });
};

type Unhit = {readonly phase: PhaseSummary; readonly kind: FaultKind; readonly name: string};

const withoutHits = (phases: readonly PhaseSummary[]): Unhit[] =>
  phases.flatMap(phase =>
    phase.faults.filter(({actions}) => actions === 0).map(({kind, name}) => ({phase, kind, name})),
  );

/** The silence that lasted already when the phase began. */
const silenceOver = ({startMs}: PhaseSummary, silences: readonly Silence[]): Silence | undefined =>
  silences.find(
    silence =>
      silence.calm.some(part => part.startMs < startMs) && (silence.isLast || silence.endMs > startMs),
  );

/** What the subject then met was none of its faults. A run of an older version does not say. */
const faultsFailed = (injector: Trial['injector']): Gate[] => {
  const {failedConnections, lastFailure}: Partial<ProxyWitness> = injector.at(-1)?.witness ?? {};
  if (!failedConnections) return [];
  const [error = ''] = (lastFailure ?? '').split('\n', 1);
  return [
    {
      name: 'fault-failed',
      reason: `A fault failed inside the injector, which reset ${failedConnections} connections: ${error}`,
      advice: "This is a bug in foulweather. The trial's journal has the stack trace of the last failure.",
    },
  ];
};

/** A fault that hit nothing is not a test, unless there was nothing to hit because of the client. */
const faultsHit = (trial: Trial, phases: readonly PhaseSummary[]): Gate[] => {
  const explained = faultsAfterWedge(trial, phases);
  const silences = silencesOf(trial);
  return withoutHits(phases)
    .filter(({phase, kind}) => !explained.some(fault => fault.phase === phase && fault.kind === kind))
    .map(({phase, kind, name}) => {
      if (isServerFault({kind})) return serverStayed(phase, kind);
      const spoken = spokenTo(trial, name);
      if (spoken.length > 0) return saidOtherwise(phase, kind, spoken);
      const silence = silenceOver(phase, silences);
      return {
        name: 'fault-without-hits',
        reason: `The fault ${kind} of phase ${phase.phase} hit nothing although ${phase.started} operations started${silence ? `; nothing had succeeded since phase ${phaseName(trial, silence.phase)}` : ''}${whyUnsaid(trial, kind)}${whyPlain(trial, kind)}.`,
        advice: silence
          ? 'First find out why the library did not recover; a longer recovery before this phase shows whether it is wedged.'
          : 'Lengthen the phase, raise the load, or make the fault more probable. Check that it matches what the library sends, and that the library uses the URL it is given.',
      };
    });
};

/** What connections carried on which an HTTP or TLS fault could not act, the most frequent first. */
const spokenTo = (trial: Trial, name: string): readonly string[] => {
  const {missed = {}}: Partial<FaultWitness> = trial.injector.at(-1)?.witness.faults[name] ?? {};
  return Object.entries(missed)
    .toSorted(([, a], [, b]) => b - a)
    .map(([spoken, connections]) => `${spoken} (${connections})`);
};

const saidOtherwise = ({phase}: PhaseSummary, kind: FaultKind, spoken: readonly string[]): Gate => ({
  name: 'fault-without-hits',
  reason: `The fault ${kind} of phase ${phase} hit nothing because its connections spoke ${spoken.join(', ')}.`,
  advice: isTlsFault(kind)
    ? "Configure the library to use TLS. If TLS begins later on a connection, the target's URL must name the protocol, such as postgres://; see docs/faults.md."
    : 'Choose a fault for what the library speaks, or let the library open new connections; docs/faults.md says what each HTTP fault needs.',
});

/** `; 3 of 4 connections could not be followed: the connection is encrypted (TLS)`, or nothing. */
const whyUnsaid = ({injector}: Trial, kind: FaultKind): string => {
  const protocol = injector.at(-1)?.witness.protocol;
  if (protocol === undefined || !isServerError(kind) || protocol.protocol !== protocolOf(kind)) return '';
  const {followedConnections, lostConnections, lastLost, lastUnsaid} = protocol;
  return [
    ...(lastLost === null
      ? []
      : [`; ${lostConnections} of ${followedConnections} connections could not be followed: ${lastLost}`]),
    ...(lastUnsaid === null ? [] : [`; it could not be sent (${lastUnsaid})`]),
  ].join('');
};

/** `; none of 12 connections of PostgreSQL began TLS`, or nothing. Where TLS was lost sight of, there was some. */
const whyPlain = ({injector}: Trial, kind: FaultKind): string => {
  const protocol = injector.at(-1)?.witness.protocol;
  if (protocol === undefined || !isTlsFault(kind)) return '';
  const {followedConnections, tlsConnections = null, lostConnections} = protocol;
  if (followedConnections === 0 || tlsConnections !== 0 || lostConnections > 0) return '';
  return `; none of ${followedConnections} connections of ${titleOf(protocol.protocol)} began TLS`;
};

const serverStayed = ({phase, started}: PhaseSummary, kind: FaultKind): Gate => ({
  name: 'fault-without-hits',
  ...(started > 0
    ? {
        reason: `The fault ${kind} of phase ${phase} never took the server away, although ${started} operations started.`,
        advice: 'Lengthen the phase, or shorten startAfterMs of the fault: it has to begin within the phase.',
      }
    : {
        reason: `The fault ${kind} of phase ${phase} met no client: no connection was open, and no operation started.`,
        advice: 'Lengthen the phase, or raise the load.',
      }),
});

/** A fault that hit more or less often than it was asked to is another fault than the report says. */
const faultRates = (phases: readonly PhaseSummary[]): Gate[] =>
  phases.flatMap(({phase, faults}) =>
    faults.flatMap(({kind, askedRatio, decisions, applied}) => {
      if (askedRatio === null || !decisions || applied === null) return [];
      const {low, high} = binomialInterval(applied, decisions);
      if (askedRatio >= low && askedRatio <= high) return [];
      return [
        {
          name: 'fault-rate-off',
          reason: `The fault ${kind} of phase ${phase} was to hit ${percentOf(askedRatio)} and hit ${applied} of ${decisions} (99% interval ${percentOf(low)} to ${percentOf(high)}).`,
          advice:
            'Run again with another --seed: one run in a hundred is off by chance. If it happens again, it is a bug in foulweather.',
        },
      ];
    }),
  );

const percentOf = (ratio: number): string => `${Number((ratio * 100).toFixed(1))}%`;
