// One phase of one variant as reported by each of the five witnesses.
import {isDnsFault, isPacketFault} from '../../model/network-fault.ts';
import type {FaultSummary} from '../../model/run.ts';
import {phaseWindow} from '../../model/trial.ts';
import {binomialInterval, rateConfidence} from '../../stats/binomial.ts';
import {medianOf} from '../../stats/quantile.ts';
import type {PhaseMedians} from '../case-study/medians.ts';
import type {VariantStory} from '../case-study/run-story.ts';
import {code, joined, lineBreak, type Text} from '../document.ts';
import {bytes, count, duration, microseconds, percent, perOperation, plural} from '../format.ts';
import {outcomesText} from './outcome-counts.ts';
import {type LibrarySignals, librarySignals} from './signals.ts';

export type Witness = {
  readonly name: string;
  readonly statement: (story: VariantStory, phase: PhaseMedians) => Text;
};

const lines = (pieces: readonly Text[]): Text => joined(pieces, lineBreak);

const driver = (_: VariantStory, phase: PhaseMedians): Text =>
  lines([
    [`${count(phase.started)} started: ${outcomesText(phase.outcomes, phase.inFlight)}`],
    ...(phase.dropped > 0 ? [[`${count(phase.dropped)} dropped (too many in flight)`]] : []),
    [
      phase.responseP50Ms === null
        ? 'no response times: nothing succeeded'
        : `response p50 ${duration(phase.responseP50Ms)}, p99 ${duration(phase.responseP99Ms)}`,
    ],
    ...(phase.settleP99Ms === null ? [] : [[`settle p99 ${duration(phase.settleP99Ms)}`]]),
    ...consumer(phase),
    ...comingClients(phase),
  ]);

/** `117 delivered to the consumer, 3 of them more than once`. */
const consumer = ({deliveredCount, redeliveredCount}: PhaseMedians): Text[] => {
  if (deliveredCount === null) return [];
  const again = redeliveredCount ? `, ${count(redeliveredCount)} of them more than once` : '';
  return [[`${count(deliveredCount)} delivered to the consumer${again}`]];
};

/** `clients: 57 opened, 3 failed to open; 56 closed with 12 operations in flight, 1 never returned from close()`. */
const comingClients = ({clients}: PhaseMedians): Text[] => {
  if (clients === undefined) return [];
  const {opens, opened, openFailed, closes, closed, closeFailed, closeSlow, inFlightAtClose} = clients;
  const some = (number: number, words: string): string[] => (number > 0 ? [`${count(number)} ${words}`] : []);
  const busy = inFlightAtClose > 0 ? ` with ${plural(inFlightAtClose, 'operation')} in flight` : '';
  const opening = [
    `${count(opened)} opened`,
    ...some(openFailed, 'failed to open'),
    ...some(opens - opened - openFailed, 'never returned from open()'),
  ];
  const closing = [
    `${count(closed)} closed${busy}`,
    ...some(closeFailed, 'failed to close'),
    ...some(closes - closed - closeFailed, 'never returned from close()'),
    ...some(closeSlow, 'slow to close'),
  ];
  return [[`clients: ${opening.join(', ')}; ${closing.join(', ')}`]];
};

const library = (story: VariantStory, phase: PhaseMedians): Text => {
  const said = librarySignals(
    story.trials.map(({trial}) => trial),
    phase.index,
  );
  if (!said) return ['no telemetry was received'];
  return lines([
    spansText(said),
    ...said.durations.map(
      ({metric, count: samples, meanMs}): Text => [
        code(metric),
        ` count ${count(samples)}, mean ${duration(meanMs)}`,
      ],
    ),
    // This delay includes the sampling interval; the process's own figure, below, does not.
    ...(said.loopUtilisationRatio === null
      ? []
      : [[`event loop: utilisation ${percent(said.loopUtilisationRatio)}`]]),
    ...(said.gcCount === null ? [] : [[`GC: ${duration(said.gcMs)} in ${plural(said.gcCount, 'run')}`]]),
  ]);
};

/** `800 spans, all unset`, `800 spans: 752 error UND_ERR_HEADERS_TIMEOUT, 48 unset`. */
const spansText = ({spanCount, spanEnds}: LibrarySignals): Text => {
  if (spanEnds.length === 0) return ['no spans'];
  const ends = spanEnds.map((end): Text => {
    const share = spanEnds.length === 1 ? 'all' : count(end.count);
    return end.errorType === null
      ? [`${share} ${end.status}`]
      : [`${share} ${end.status} `, code(end.errorType)];
  });
  return [`${plural(spanCount, 'span')}${spanEnds.length === 1 ? ', ' : ': '}`, ...joined(ends, ', ')];
};

const injector = (story: VariantStory, phase: PhaseMedians): Text => {
  const faults = phase.faults.map((fault): Text => {
    if (fault.connectionsHit === null) return [code(fault.name), ' hits not counted'];
    return [code(fault.name), ` hit ${hitsText(fault)}`, rateText(fault)];
  });
  const connections: Text =
    phase.connectionsOpened === null
      ? ['connections not counted']
      : [
          `${plural(phase.connectionsOpened, 'connection')} opened, peak ${count(phase.connectionsOpenMax)} open`,
        ];
  return lines([connections, ...queriesText(story, phase), ...faults]);
};

/** Where the library was given a name: how often it asked for the address, and whether it kept one beyond its TTL. */
const queriesText = ({trials}: VariantStory, phase: PhaseMedians): Text[] => {
  const seen = trials.flatMap(({trial}) => {
    const window = phaseWindow(
      trial,
      trial.plan.phases.findIndex(({name}) => name === phase.phase),
    );
    if (window === null) return [];
    const namesAt = (ms: number) => trial.injector.findLast(({atMs}) => atMs <= ms)?.witness.names;
    const [before, after] = [namesAt(window.startMs), namesAt(window.endMs)];
    if (after === undefined) return [];
    return [
      {
        queries: after.queries - (before?.queries ?? 0),
        beyond: after.connectionsBeyondTtl - (before?.connectionsBeyondTtl ?? 0),
        ttlSeconds: after.ttlSeconds,
      },
    ];
  });
  const queries = medianOf(seen.map(({queries}) => queries));
  const beyond = medianOf(seen.map(({beyond}) => beyond)) ?? 0;
  if (queries === null) return [];
  const late =
    beyond === 0
      ? ''
      : `, ${plural(beyond, 'connection')} to an address kept beyond its TTL of ${seen[0]?.ttlSeconds} s`;
  return [[`${plural(queries, 'DNS query', 'DNS queries')}${late}`]];
};

/** `12 connections, 14 actions`; DNS queries belong to no connection, and nor do the packets of connects that fail. */
const hitsText = ({kind, connectionsHit, actions}: FaultSummary): string => {
  const connections = plural(connectionsHit ?? 0, 'connection');
  if (actions === null) return connections;
  if (isDnsFault(kind)) return plural(actions, 'DNS query', 'DNS queries');
  if (isPacketFault(kind)) return `${plural(actions, 'packet')}, ${connections}`;
  return `${connections}, ${plural(actions, 'action')}`;
};

/** `; requested 20.0%, observed 18.3% of 60 (99% interval 7.6% to 34.2%)`; nothing for a fault that hits all. */
const rateText = ({askedRatio, decisions, applied}: FaultSummary): string => {
  if (askedRatio === null || askedRatio === 1 || !decisions || applied === null) return '';
  const {low, high} = binomialInterval(applied, decisions);
  return `; requested ${percent(askedRatio)}, observed ${percent(applied / decisions)} of ${count(decisions)} (${rateConfidence * 100}% interval ${percent(low)} to ${percent(high)})`;
};

/** `restart-1-serverStop: away for 1.2 s, ready 420 ms after it was to come back`. */
const outages = ({faults}: PhaseMedians): Text[] =>
  faults.flatMap(({name, server}): Text[] =>
    server === undefined
      ? []
      : [
          [
            code(name),
            `: away for ${duration(server.awayMs)}, ready ${duration(server.startMs)} after it was to come back`,
          ],
        ],
  );

const target = (story: VariantStory, phase: PhaseMedians): Text => {
  if (phase.attempts === null) return lines([['no ledger'], ...outages(phase)]);
  const effects =
    phase.duplicateCount === null
      ? []
      : [
          [
            `${count(phase.duplicateCount)} applied twice or more, ${count(phase.lostCount)} acknowledged but lost`,
          ],
        ];
  const strangers = medianOf(story.trials.map(({trial}) => trial.ledger?.unattributedCount ?? null)) ?? 0;
  return lines([
    [`${plural(phase.attempts, 'attempt')}, ${perOperation(phase.attemptsPerOperationRatio)} per operation`],
    ...effects,
    ...(strangers > 0
      ? [[`${plural(strangers, 'request')} without an operation ID in the whole trial`]]
      : []),
    ...outages(phase),
  ]);
};

const system = (_: VariantStory, phase: PhaseMedians): Text =>
  lines([
    [
      `CPU ${percent(phase.cpuRatio)} of a core${phase.cpuUsPerOperation === null ? '' : `, ${microseconds(phase.cpuUsPerOperation)} per operation`}`,
    ],
    [
      `peak RSS ${bytes(phase.rssMaxBytes)}${phase.gcRatio === null ? '' : `; GC ${percent(phase.gcRatio)} of the time`}`,
    ],
    ...(phase.loopDelayP99Ms === null ? [] : [[`event-loop delay p99 ${duration(phase.loopDelayP99Ms)}`]]),
  ]);

export const witnesses: readonly Witness[] = [
  {name: 'Driver', statement: driver},
  {name: 'Library', statement: library},
  {name: 'Injector', statement: injector},
  {name: 'Target', statement: target},
  {name: 'Process', statement: system},
];
