// One phase of one variant in the words of each of the five witnesses.
import {code, joined, lineBreak, type Span, type Text} from './document.ts';
import {bytes, count, duration, microseconds, percent, perOperation, plural} from './format.ts';
import type {PhaseMedians} from './medians.ts';
import {outcomesText} from './outcome-counts.ts';
import {librarySignals} from './signals.ts';
import type {VariantStory} from './variants.ts';

export type Witness = {
  readonly name: string;
  readonly says: (story: VariantStory, phase: PhaseMedians) => Text;
};

const lines = (pieces: readonly Text[]): Text => joined(pieces, lineBreak);

const driver = (_: VariantStory, phase: PhaseMedians): Text =>
  lines([
    [`${count(phase.started)} started: ${outcomesText(phase.outcomes, phase.inFlight)}`],
    ...(phase.dropped > 0 ? [[`${count(phase.dropped)} dropped, too many in flight`]] : []),
    [
      `response p50 ${duration(phase.responseP50Ms)}, p99 ${duration(phase.responseP99Ms)}; settle p99 ${duration(phase.settleP99Ms)}`,
    ],
  ]);

const library = (story: VariantStory, phase: PhaseMedians): Text => {
  const said = librarySignals(
    story.trials.map(({trial}) => trial),
    phase.index,
  );
  if (!said) return ['no telemetry was received'];
  const ends = said.spanEnds.map((end): Text => {
    const type: Span[] = end.errorType === null ? [] : [' ', code(end.errorType)];
    return [`${count(end.count)} ${end.status}`, ...type];
  });
  const spans: Text =
    ends.length === 0 ? ['no spans'] : [`${plural(said.spanCount, 'span')}: `, ...joined(ends, ', ')];
  return lines([
    spans,
    ...said.durations.map(
      ({metric, count: samples, meanMs}): Text => [
        code(metric),
        ` count ${count(samples)}, mean ${duration(meanMs)}`,
      ],
    ),
    [
      `event loop: delay p99 ${duration(said.loopDelayP99Ms)}, utilisation ${percent(said.loopUtilisationRatio)}; GC ${duration(said.gcMs)} in ${count(said.gcCount)} runs`,
    ],
  ]);
};

const injector = (_: VariantStory, phase: PhaseMedians): Text => {
  const faults = phase.faults.map((fault): Text => {
    if (fault.connectionsHit === null) return [code(fault.name), ' hits not counted'];
    const actions = fault.actions === null ? '' : `, ${plural(fault.actions, 'action')}`;
    return [code(fault.name), ` hit ${plural(fault.connectionsHit, 'connection')}${actions}`];
  });
  const connections: Text =
    phase.connectionsOpened === null
      ? ['connections not counted']
      : [
          `${plural(phase.connectionsOpened, 'connection')} opened, at most ${count(phase.connectionsOpenMax)} open`,
        ];
  return lines([connections, ...faults]);
};

const target = (_: VariantStory, phase: PhaseMedians): Text => {
  if (phase.attempts === null) return ['no ledger'];
  const effects =
    phase.duplicateCount === null
      ? []
      : [
          [
            `${count(phase.duplicateCount)} applied twice or more, ${count(phase.lostCount)} acknowledged but lost`,
          ],
        ];
  return lines([
    [`${plural(phase.attempts, 'attempt')}, ${perOperation(phase.attemptsPerOperationRatio)} per operation`],
    ...effects,
  ]);
};

const system = (_: VariantStory, phase: PhaseMedians): Text =>
  lines([
    [`CPU ${percent(phase.cpuRatio)} of a core, ${microseconds(phase.cpuUsPerOperation)} per operation`],
    [
      `resident memory at most ${bytes(phase.rssMaxBytes)}; event-loop delay p99 ${duration(phase.loopDelayP99Ms)}; ${percent(phase.gcRatio)} of the time in GC`,
    ],
  ]);

export const witnesses: readonly Witness[] = [
  {name: 'Driver', says: driver},
  {name: 'Library', says: library},
  {name: 'Injector', says: injector},
  {name: 'Target', says: target},
  {name: 'Process', says: system},
];
