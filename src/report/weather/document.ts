// The weather report as sections: a table of libraries × faults, what each mark stands for, and how it was made.
import {symptoms} from '../../model/symptoms.ts';
import {verdictWords} from '../blocks/goals.ts';
import {
  type Block,
  code,
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
import {count, percent} from '../format.ts';
import type {Weather, WeatherCell, WeatherRow} from './weather.ts';

export const weatherTitle = ({storm}: Weather): string =>
  storm === null ? 'Weather report' : `Weather report: "${storm}" storm`;

/** @param reportFile which rendering of a case study the cells lead to */
export const weatherSections = (weather: Weather, reportFile: 'report.md' | 'report.html'): Section[] => [
  {
    id: 'libraries',
    title: 'Libraries and faults',
    blocks: [...partialOf(weather), leadOf(weather), tableOf(weather, reportFile), ...footnotes(weather)],
  },
  {id: 'marks', title: 'How to read it', blocks: [legend]},
  ...promiseSections(weather),
  ...leftOutSections(weather),
  {id: 'reproduction', title: 'How it was made', blocks: reproduction(weather)},
];

const partialOf = ({status}: Weather): Block[] =>
  status === 'complete'
    ? []
    : [
        {
          kind: 'quote',
          text: [
            strong('Partial.'),
            ' The run was interrupted: the libraries that it did not come to are named below.',
          ],
        },
      ];

const leadOf = ({rows}: Weather): Block => {
  return paragraph(
    'Each cell is what one library did while one fault was on and while it recovered from it, by the worst symptom that was seen. ',
    rows.some(row => !isDefault(row))
      ? 'A row with default options is the library as it comes; the others have what its documentation recommends, as told below. '
      : 'All rows are the library as it comes, with its default options: what its documentation recommends instead is a variant of the scenario, to be tried beside them by its name. ',
    'A mark is no verdict on a library: a default may be right for other users, and the case study behind each cell says which option, whose promise, and what mends it.',
  );
};

const mark = {clear: '✔', warn: '▲', fail: '✖', 'not-hit': '○', 'not-reached': '–'} as const;

const cellText = (cell: WeatherCell | undefined, {folder}: WeatherRow, reportFile: string): Text => {
  switch (cell?.kind) {
    case 'symptom':
      return [
        {
          link: `${mark[cell.severity]} ${symptoms[cell.symptom].noun}`,
          file: `${folder}/${reportFile}`,
          tone: cell.severity,
        },
        ...(cell.others.length > 0 ? [` +${cell.others.length}`] : []),
      ];
    case 'clear':
      return [cell.successRatio === null ? mark.clear : `${mark.clear} ${percent(cell.successRatio)}`];
    case 'not-hit':
      return [mark['not-hit']];
    default:
      return [mark['not-reached']];
  }
};

/** What options a row is of is said where the rows differ in it. */
const nameOf = (row: WeatherRow, reportFile: string, areAllDefault: boolean): Text => {
  const version = row.versions[row.library ?? ''] ?? Object.values(row.versions)[0];
  const options = row.role === 'default' ? 'default options' : row.variant;
  return [
    {link: row.scenario, file: `${row.folder}/${reportFile}`},
    ...(version === undefined ? [] : [` ${version}`]),
    ...(row.gates.length > 0 ? [' †'] : []),
    ...(areAllDefault ? [] : [lineBreak, options]),
  ];
};

const isDefault = ({role}: WeatherRow): boolean => role === 'default';

const tableOf = ({columns, rows}: Weather, reportFile: string): Block =>
  table(
    ['Library', ...columns, 'Goals'],
    rows.map(row => [
      nameOf(row, reportFile, rows.every(isDefault)),
      ...columns.map(column => cellText(row.cells[column], row, reportFile)),
      verdictWords[row.verdict],
    ]),
  );

const footnotes = ({rows}: Weather): Block[] => {
  const doubtful = rows.filter(({gates}) => gates.length > 0);
  if (doubtful.length === 0) return [];
  return [
    paragraph('† The run says of itself that it cannot be judged as a whole: '),
    list(doubtful.map((row): Text => [`${row.scenario}, ${row.variant}: `, ...codes(row.gates)])),
  ];
};

const codes = (words: readonly string[]): Span[] =>
  words.flatMap((word, index): Span[] => [...(index > 0 ? [', '] : []), code(word)]);

const legend: Block = list([
  [
    `${mark.clear} 100 %: no symptom was proved; what could not be known is told in the case study. The figure is the share of the operations begun under the fault that succeeded: an operation that fails at once and says so is no symptom.`,
  ],
  [`${mark.warn}: a symptom that a careful user should know of. +2: and two more.`],
  [`${mark.fail}: a symptom that fails a run, such as an operation that hangs or is lost.`],
  [`${mark['not-hit']}: the fault hit nothing of this library, so nothing is known.`],
  [`${mark['not-reached']}: the process had ended by then.`],
]);

/** Once for each scenario, however many variants of it there are. */
const promiseSections = ({rows}: Weather): Section[] => {
  const told = rows.filter(({scenario, remarks}, index) => {
    const isFirst = rows.findIndex(other => other.scenario === scenario) === index;
    return isFirst && remarks.length > 0;
  });
  if (told.length === 0) return [];
  const items = told.map(
    ({scenario, remarks}): Text => [
      strong(scenario),
      ': ',
      ...remarks.flatMap((remark, index): Text => [...(index > 0 ? [' '] : []), ...linked(remark)]),
    ],
  );
  return [{id: 'promises', title: 'Whose default, and what is promised', blocks: [list(items)]}];
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
            `foulweather ${environment.foulweather}, Node ${environment.node}, ${environment.platform}, ${environment.cpuCount} × ${environment.cpu}, injector ${environment.injector}${environment.commit === null ? '' : `, commit ${environment.commit.slice(0, 12)}${environment.dirty ? ' with changes' : ''}`}.`,
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
      row.server ?? 'embedded HTTP target',
      count(row.operationCount),
    ]),
  ),
];

const minutes = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
