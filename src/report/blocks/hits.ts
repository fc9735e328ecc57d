// Some of the hits of each fault: when it hit which connection, and which operation where the injector read requests.
import type {ConnectionRecord, HitPlace, HttpHit, InjectorLog} from '../../model/proxy-witness.ts';
import type {Trial} from '../../model/trial.ts';
import {representativeNote, representativeOf} from '../case-study/representative.ts';
import type {RunStory} from '../case-study/run-story.ts';
import {type Block, code, heading, paragraph, type Text, table} from '../document.ts';
import {count, duration, plural} from '../format.ts';

/** Of each fault. */
const hitsShown = 3;

type Row = {readonly atMs: number; readonly connection: number; readonly cells: readonly [Text, Text]};

export const hitBlocks = (story: RunStory): Block[] => {
  const shown = story.variants.flatMap(variant => {
    const trial = representativeOf(variant)?.trial;
    return trial?.injectorLog ? [{name: variant.variant.name, trial, log: trial.injectorLog}] : [];
  });
  const rows = shown.flatMap(({name, trial, log}) =>
    faultsOf(log).flatMap(fault =>
      hitsOf(log, fault)
        .slice(0, hitsShown)
        .map(({atMs, connection, cells}) => [
          name,
          code(fault),
          duration(atMs - trial.originEpochMs),
          count(connection),
          ...cells,
        ]),
    ),
  );
  if (rows.length === 0) return [];
  const titles = ['Variant', 'Fault', '>At', '>Connection', 'Operation', 'Result'];
  return [
    heading('Sample hits'),
    paragraph(
      `The first hits of each fault, as recorded by the injector.${representativeNote(story.variants)}${missingNote(shown.map(({trial}) => trial))}`,
    ),
    table(titles, rows),
  ];
};

/** In the order of their first hits. */
const faultsOf = ({connections, hits}: InjectorLog): readonly string[] => {
  const firsts = [
    ...hits.map(({toxic, atMs}) => ({toxic, atMs})),
    ...connections.flatMap(record =>
      record.hits.map((toxic, index) => ({toxic, atMs: record.hitsMs[index] ?? record.openedMs})),
    ),
  ];
  return [...new Set(firsts.sort((a, b) => a.atMs - b.atMs).map(({toxic}) => toxic))];
};

/** Requests say more than their connections. */
const hitsOf = ({connections, hits}: InjectorLog, fault: string): readonly Row[] => {
  const requests = hits.filter(({toxic}) => toxic === fault).map(requestRow);
  const rows = requests.length > 0 ? requests : connections.flatMap(record => connectionRow(record, fault));
  return rows.toSorted((a, b) => a.atMs - b.atMs);
};

const requestRow = ({atMs, connection, operationId, action, method, protocol}: HttpHit): Row => ({
  atMs,
  connection,
  cells: [
    [operationId === null ? '–' : code(operationId)],
    // Of a request the table has never named the method.
    protocol === undefined || method === '' ? [code(action)] : [code(action), ' to ', code(method)],
  ],
});

const connectionRow = (record: ConnectionRecord, fault: string): Row[] => {
  const index = record.hits.indexOf(fault);
  const atMs = record.hitsMs[index];
  const place = record.hitsAt?.[index];
  const became: Text =
    place === undefined || place === null ? [code(record.end)] : [code(record.end), placeText(place)];
  return atMs === undefined ? [] : [{atMs, connection: record.id, cells: [['–'], became]}];
};

/** `, at exchange 4 (downstream), byte 96`. */
const placeText = ({exchange, direction, byte}: HitPlace): string =>
  direction === null
    ? ', at the connect'
    : `, at exchange ${count(exchange)} (${direction}), byte ${count(byte)}`;

const missingNote = (trials: readonly Trial[]): string => {
  const left = (part: 'connectionsLeftOut' | 'hitsLeftOut'): number =>
    trials.reduce((sum, {injectorLog}) => sum + (injectorLog?.[part] ?? 0), 0);
  const missing = [
    ...(left('connectionsLeftOut') > 0 ? [plural(left('connectionsLeftOut'), 'connection')] : []),
    ...(left('hitsLeftOut') > 0 ? [plural(left('hitsLeftOut'), 'hit')] : []),
  ];
  return missing.length === 0 ? '' : ` Not kept for lack of room: ${missing.join(' and ')}.`;
};
