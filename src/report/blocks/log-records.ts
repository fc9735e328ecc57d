// What the library logged, and its events, by kind; with the first words of one.
import {type AttributeValue, endedAgainEvent, logSeverities, nameOfPhase} from '../../model/telemetry.ts';
import type {VariantStory} from '../case-study/run-story.ts';
import {type Block, code, heading, type Text, table} from '../document.ts';
import {count} from '../format.ts';

const kindsShown = 10;

export const logBlocks = (variants: readonly VariantStory[]): Block[] => {
  const rows = variants.flatMap(({variant, trials}) =>
    trials
      .flatMap(({trial}) => (trial.telemetry?.logs?.counts ?? []).map(kind => ({trial, kind})))
      // foulweather's own event is part of what is reported of spans that leak.
      .filter(({kind}) => kind.eventName !== endedAgainEvent)
      .sort(
        (a, b) =>
          logSeverities.indexOf(b.kind.severity) - logSeverities.indexOf(a.kind.severity) ||
          b.kind.count - a.kind.count,
      )
      .slice(0, kindsShown)
      .map(({trial, kind}): Text[] => {
        const example = trial.telemetry?.logs?.entries.find(
          ({scope, severity, eventName}) =>
            scope === kind.scope && severity === kind.severity && eventName === kind.eventName,
        );
        return [
          [variant.name],
          [nameOfPhase(trial.plan.phases, kind.phase)],
          [kind.severity],
          [kind.eventName === null ? '–' : code(kind.eventName)],
          [count(kind.count)],
          [example ? code(firstWords(example.body)) : '–'],
          [example?.traceId ? code(example.traceId) : '–'],
        ];
      }),
  );
  if (rows.length === 0) return [];
  return [
    heading('Log records and events'),
    table(['Variant', 'Phase', 'Severity', 'Event', '>Count', 'Example', 'Trace'], rows),
  ];
};

const firstWords = (body: AttributeValue): string =>
  (typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 120);
