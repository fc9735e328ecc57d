// The report of a search as sections: its findings, the map of what was tried, and what was not.
import type {Exploration, ExploredFinding} from '../../explore/exploration.ts';
import {
  type Block,
  code,
  heading,
  joined,
  list,
  paragraph,
  type Section,
  type Text,
  table,
} from '../document.ts';
import {count, duration, plural} from '../format.ts';
import {type MapMark, mapOf} from './map.ts';
import {findingText, signalTexts} from './words.ts';

export const searchTitle = ({scenario}: Pick<Exploration, 'scenario'>): string => `What breaks ${scenario}`;

export const summaryOf = ({findings, episodeCount, cells, elapsedMs, searchMs, end}: Exploration): string => {
  const reached = cells.filter(({mark}) => mark !== 'unreached').length;
  const perMinute = searchMs === 0 ? 0 : Math.round(episodeCount / (searchMs / 60_000));
  const why = {
    complete: 'everything was tried',
    budget: 'the budget was used up',
    interrupted: 'it was interrupted',
    running: 'it is still running',
  }[end];
  return `${plural(findings.length, 'finding')}. ${plural(episodeCount, 'episode')} in ${duration(elapsedMs)} (${perMinute} a minute); ${count(reached)} of ${count(cells.length)} faults took effect; ${why}.`;
};

/** With more of them the one that matters is lost among them. */
const packagesShown = 4;

export const leadBlocks = (exploration: Exploration): readonly Block[] => {
  const {variant, command, versions} = exploration;
  const packages = Object.entries(versions).map(([name, version]): Text => [code(`${name}@${version}`)]);
  const loaded = packages.length > packagesShown ? [] : packages;
  return [
    paragraph(summaryOf(exploration)),
    paragraph(
      'Variant ',
      code(variant),
      ...(loaded.length === 0 ? [] : [', with ', ...joined(loaded, ', ')]),
      '. To repeat the search: ',
      code(command),
      '.',
    ),
  ];
};

/** Empty where it shows nothing. */
export const calmSections = ({calm}: Exploration): readonly Section[] =>
  calm.length === 0
    ? []
    : [
        {
          id: 'without-faults',
          title: 'Without any fault',
          blocks: [
            list(calm.map(({symptom, statement}) => [code(symptom), `: ${statement}`])),
            paragraph(
              'No fault causes these, so they are no findings of the search. Examine them with ',
              code('foulweather run'),
              ' of this scenario.',
            ),
          ],
        },
      ];

export const findingsSection = ({findings, groups, data}: Exploration): Section => ({
  id: 'findings',
  title: 'Findings',
  blocks:
    findings.length === 0
      ? [paragraph('None.')]
      : findings.flatMap(finding => [
          heading(`${finding.number}. ${finding.symptom}`, findingId(finding.number)),
          paragraph(findingText(finding, groups)),
          ...furtherBlocks(finding, data),
        ]),
});

export const findingId = (number: number): string => `finding-${number}`;

const furtherBlocks = (
  {statement, others, moments, reproducer, caseStudy, run}: ExploredFinding,
  data: string,
): readonly Block[] => {
  const further: Text[] = [
    ...(caseStudy === null ? [] : [[{link: 'Case study', file: caseStudy}] as Text]),
    ...(reproducer === null ? [] : [['Reproducer: ', code(reproducer)]]),
    ['Saved run: ', code(`npx foulweather report ${run} --data ${data}`)],
    ...(moments.length > 1
      ? [[`The same at ${plural(moments.length, 'moment')}: `, ...shownOf(moments), '.']]
      : []),
  ];
  const seen: Text =
    others.length === 0
      ? []
      : [
          ' Also seen: ',
          ...joined(
            others.map(other => [code(other)]),
            ', ',
          ),
          '.',
        ];
  return [paragraph(statement, ...seen), list(further)];
};

const momentsShown = 8;

const shownOf = (moments: readonly string[]): Text => {
  const more = moments.length - momentsShown;
  return [
    ...joined(
      moments.slice(0, momentsShown).map(id => [code(id)]),
      ', ',
    ),
    ...(more > 0 ? [` and ${more} more`] : []),
  ];
};

export const mapText =
  'The three marks of an exchange are a fault before, within and after it. A digit is the number of a finding ("✗": one above 9). "·": the client got over it. "~": it failed among other episodes, but not on its own. "?": it failed, and there was no time to confirm it. "-": the fault did not act. "_": not tried.';

/** For a page, which draws it itself, see `mapTable` of the page. */
export const mapSection = ({cells, groups}: Exploration): Section => {
  const {connects, actions, rows} = mapOf(cells, groups);
  return {
    id: 'map',
    title: 'The map',
    blocks: [
      paragraph(mapText),
      ...(connects.length === 0
        ? []
        : [
            table(
              ['Connects', ''],
              connects.map(({title, mark}) => [title, signsOf([mark])]),
            ),
          ]),
      ...(rows.length === 0
        ? []
        : [
            table(
              ['Exchange', ...actions],
              rows.map(({title, marks}) => [title, ...marks.map(signsOf)]),
            ),
          ]),
      ...pairBlocks({cells, groups}),
    ],
  };
};

const signsOf = (marks: readonly MapMark[]): Text =>
  marks.every(({look}) => look === 'blank') ? [] : [code(marks.map(({sign}) => sign).join(''))];

export const pairBlocks = ({cells, groups}: Pick<Exploration, 'cells' | 'groups'>): readonly Block[] => {
  const {triedCount, failedCount} = mapOf(cells, groups).pairs;
  return triedCount === 0
    ? []
    : [paragraph(`Pairs of faults: ${count(triedCount)} tried, ${count(failedCount)} with a finding.`)];
};

export const openSections = ({unconfirmed, leftOut}: Exploration): readonly Section[] => [
  ...listed(
    'Not confirmed',
    unconfirmed.map(({id, signal}) => [
      code(id),
      ` (${signalTexts[signal]}): it failed among other episodes, and there was no time to confirm it on its own.`,
    ]),
  ),
  ...listed(
    'Not searched',
    leftOut.map(({reason, count: number}) => [`${plural(number, 'episode')}: ${reason}.`]),
  ),
];

const listed = (title: string, items: readonly Text[]): readonly Section[] =>
  items.length === 0 ? [] : [{id: title.toLowerCase().replaceAll(' ', '-'), title, blocks: [list(items)]}];
