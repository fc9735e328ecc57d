// The weather report as sections: what each mark stands for, a table of libraries × faults, and how it was made.
import {
  type Block,
  code,
  heading,
  lineBreak,
  linked,
  list,
  paragraph,
  type Section,
  type Span,
  strong,
  type Text,
  table,
} from '../document.ts';
import {count, unknownFigure} from '../format.ts';
import {
  failingCount,
  faultGroups,
  lookOf,
  marks,
  tablesOf,
  type Weather,
  type WeatherCell,
  type WeatherRow,
  type WeatherTable,
} from './weather.ts';

export const weatherTitle = ({storm}: Weather): string => {
  if (storm === null) return 'Weather report';
  return storm === 'auto' ? 'Weather report: a storm for each protocol' : `Weather report: "${storm}" storm`;
};

/** All of it in markdown; the page draws the marks and the table itself. */
export const weatherSections = (weather: Weather): Section[] => [
  {
    id: 'libraries',
    title: 'Libraries and faults',
    blocks: [
      ...leadBlocks(weather),
      list(Object.values(marks).map(({icon, title, meaning}) => [`${icon} `, strong(title), `: ${meaning}`])),
      ...tablesOf(weather).flatMap(each => [
        ...(each.title === null ? [] : [heading(each.title)]),
        tableOf(each, weather.rows),
      ]),
      ...footnotes(weather),
    ],
  },
  ...furtherSections(weather),
];

/** What follows the table. */
export const furtherSections = (weather: Weather): Section[] => [
  ...faultSections(weather),
  ...promiseSections(weather),
  ...leftOutSections(weather),
  {id: 'reproduction', title: 'How to reproduce', blocks: reproduction(weather)},
];

export const leadBlocks = (weather: Weather): Block[] => [
  ...partialOf(weather),
  ...shardOf(weather),
  paragraph(
    'Each cell is the worst symptom of one library under a fault and during the recovery from it, and opens that phase of the case study. ',
    weather.rows.every(isDefault)
      ? 'All libraries ran with their default options. '
      : 'Default options are the library as installed; the others are what its documentation recommends. ',
    'A mark is no verdict on a library: a default may be right for other users.',
  ),
  paragraph(
    `Libraries with ${marks.unsafe.icon} under the most faults come first, then those with the most ${marks.fail.icon}, ${marks.warn.icon} and ${marks.telemetry.icon}. The percentage is the share of the operations started under the fault that succeeded. +2 means two more symptoms.`,
  ),
  ...(tablesOf(weather).every(({title}) => title === null)
    ? []
    : [
        paragraph(
          'Libraries in different languages that speak the same protocol share a table. Each case study shows how its library was used.',
        ),
      ]),
];

const partialOf = ({status}: Weather): Block[] =>
  status === 'complete'
    ? []
    : [
        {
          kind: 'quote',
          text: [
            strong('Partial.'),
            ' The run was interrupted. The libraries it did not reach are listed below.',
          ],
        },
      ];

const shardOf = ({shard}: Weather): Block[] =>
  shard === undefined
    ? []
    : [
        {
          kind: 'quote',
          text: [
            strong(`Shard ${shard.index} of ${shard.count}.`),
            ' This report covers what was dealt to it; ',
            code('foulweather merge'),
            ' puts the shards together.',
          ],
        },
      ];

const cellText = (cell: WeatherCell | undefined, folder: string): Text => {
  if (cell === undefined) return [];
  const {mark, words, figure, moreCount} = lookOf(cell);
  const file = `${folder}/${cell.anchor === null ? 'report.md' : 'details.md'}`;
  return [
    {
      link: [marks[mark].icon, words || figure].filter(Boolean).join(' '),
      file,
      ...(cell.anchor === null ? {} : {anchor: cell.anchor}),
    },
    ...(moreCount > 0 ? [` +${moreCount}`] : []),
  ];
};

export const versionOf = ({versions, library}: WeatherRow): string | undefined =>
  versions[library ?? ''] ?? Object.values(versions)[0];

/** What options a row is of; empty where that is said of all of them. */
export const optionsOf = ({role, variant}: WeatherRow, rows: readonly WeatherRow[]): string => {
  if (rows.every(isDefault)) return '';
  return role === 'default' ? 'default options' : variant;
};

/** Whether the run says of itself that it cannot be judged as a whole. */
export const isDoubtful = ({gates}: WeatherRow): boolean => gates.length > 0;

const nameOf = (row: WeatherRow, rows: readonly WeatherRow[]): Text => {
  const version = versionOf(row);
  const options = optionsOf(row, rows);
  return [
    {link: row.scenario, file: `${row.folder}/report.md`},
    ...(version === undefined ? [] : [` ${version}`]),
    ...(isDoubtful(row) ? [' †'] : []),
    ...(options === '' ? [] : [lineBreak, options]),
  ];
};

const isDefault = ({role}: WeatherRow): boolean => role === 'default';

/** @param all the rows of all tables */
const tableOf = ({title, columns, about, rows}: WeatherTable, all: readonly WeatherRow[]): Block => {
  /** What only a table has whose libraries are in several languages. */
  const ifSeveral = <T>(cell: T): T[] => (title === null ? [] : [cell]);
  return table(
    [
      'Library',
      ...ifSeveral('Language'),
      ...columns.map(column => `${faultGroups[about[column]!.group]}: ${column}`),
    ],
    [
      ...rows.map(row => [
        nameOf(row, all),
        ...ifSeveral(row.language ?? unknownFigure),
        ...columns.map(column => cellText(row.cells[column], row.folder)),
      ]),
      [strong(failingTitle), ...ifSeveral(''), ...columns.map(column => failingText(rows, column))],
    ],
  );
};

export const failingTitle = `${marks.unsafe.icon} or ${marks.fail.icon}`;

/** `24 of 26`: of those that met the fault. */
export const failingText = (rows: readonly WeatherRow[], column: string): string => {
  const met = rows.filter(({cells}) => cells[column] !== undefined);
  return `${failingCount(met, column)} of ${met.length}`;
};

export const footnotes = ({rows}: Weather): Block[] => {
  const doubtful = rows.filter(isDoubtful);
  if (doubtful.length === 0) return [];
  return [
    paragraph('† Inconclusive run: '),
    list(doubtful.map((row): Text => [`${row.scenario}, ${row.variant}: `, ...codes(row.gates)])),
  ];
};

const codes = (words: readonly string[]): Span[] =>
  words.flatMap((word, index): Span[] => [...(index > 0 ? [', '] : []), code(word)]);

const faultSections = ({columns, about}: Weather): Section[] => {
  const shown = columns.flatMap((column): Text[] => {
    const {group, fault} = about[column]!;
    return fault === null ? [] : [[strong(column), ` (${faultGroups[group].toLowerCase()}): ${fault}`]];
  });
  return shown.length === 0 ? [] : [{id: 'faults', title: 'The faults', blocks: [list(shown)]}];
};

/** Once for each scenario, however many variants of it there are. */
const promiseSections = ({rows}: Weather): Section[] => {
  const shown = rows.filter(({scenario, remarks}, index) => {
    const isFirst = rows.findIndex(other => other.scenario === scenario) === index;
    return isFirst && remarks.length > 0;
  });
  if (shown.length === 0) return [];
  const items = shown.map(
    ({scenario, remarks}): Text => [
      strong(scenario),
      ': ',
      ...remarks.flatMap((remark, index): Text => [...(index > 0 ? [' '] : []), ...linked(remark)]),
    ],
  );
  return [{id: 'promises', title: 'Defaults, and what the documentation promises', blocks: [list(items)]}];
};

const leftOutSections = ({leftOut}: Weather): Section[] =>
  leftOut.length === 0
    ? []
    : [
        {
          id: 'left-out',
          title: 'Left out',
          blocks: [
            table(
              ['Library', 'Why', 'What to do'],
              leftOut.map(({scenario, reason, hint}) => [scenario, reason, hint]),
            ),
          ],
        },
      ];

const reproduction = ({command, environment, startedAt, endedAt, seed, rows}: Weather): Block[] => [
  {kind: 'code', language: 'sh', text: command},
  list([
    [`From ${minutes(startedAt)} to ${minutes(endedAt)} UTC, seed ${seed}.`],
    ...(environment === null
      ? []
      : [
          [
            `foulweather ${environment.foulweather}, Node ${environment.node}, ${environment.platform}, ${environment.cpuCount} × ${environment.cpu}, injector ${environment.injector}${environment.commit === null ? '' : `, commit ${environment.commit.slice(0, 12)}${environment.dirty ? ' with uncommitted changes' : ''}`}.`,
          ],
        ]),
  ]),
  table(
    ['Library', 'Options', 'Versions', 'Server', '>Operations'],
    rows.map(row => [
      row.scenario,
      row.role === 'default' ? 'default' : `${row.variant}: ${row.change ?? ''}`,
      Object.entries(row.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
      row.server ?? 'built-in HTTP server',
      count(row.operationCount),
    ]),
  ),
];

const minutes = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
