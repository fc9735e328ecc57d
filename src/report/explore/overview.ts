// The searches of several libraries side by side: what was found in each, and how to search again.
import type {Exploration} from '../../explore/exploration.ts';
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
import {count, plural} from '../format.ts';
import {blocksToMarkdown, escapeText, sectionToMarkdown} from '../formats/markdown.ts';
import {escapeHtml, renderBlock, renderSection} from '../page/html.ts';
import {plainPage} from '../page/shell.ts';
import {findingText} from './words.ts';

export type Searched = {
  readonly exploration: Exploration;
  /** The package whose version counts; null where the scenario names none. */
  readonly library: string | null;
  /** Where its own report is, from the overview. */
  readonly folder: string;
};

export type Overview = {
  readonly searched: readonly Searched[];
  readonly leftOut: readonly {readonly scenario: string; readonly reason: string}[];
  readonly command: string;
};

const title = 'What breaks the libraries of the pack';

const versionOf = ({library, exploration: {versions}}: Searched): string =>
  versions[library ?? ''] ?? Object.values(versions)[0] ?? '';

/** Those with the most findings first. */
const sorted = (searched: readonly Searched[]): readonly Searched[] =>
  searched.toSorted(
    (a, b) =>
      b.exploration.findings.length - a.exploration.findings.length ||
      a.exploration.scenario.localeCompare(b.exploration.scenario),
  );

const leadBlocks = ({searched}: Overview): readonly Block[] => {
  const [first] = searched;
  const budget = first ? ` for ${budgetText(first.exploration.budgetMs)}` : '';
  return [
    paragraph(
      `Each library ran with its default options, while its connections were closed, reset and silenced at each step${budget}. Each finding was confirmed on its own, in fresh processes.`,
    ),
    paragraph(
      'A finding says what a library does under a fault. It is not a verdict: the same default may be right for other users. A library without findings may still break under a fault that was not tried.',
    ),
  ];
};

const budgetText = (ms: number): string =>
  ms % 60_000 === 0 ? plural(ms / 60_000, 'minute') : plural(ms / 1000, 'second');

const sectionsOf = (overview: Overview): readonly Section[] => {
  const searched = sorted(overview.searched);
  return [
    {
      id: 'libraries',
      title: 'Libraries',
      blocks: [
        table(
          ['Library', 'Version', '>Faults tried', 'Findings'],
          searched.map(one => {
            const {scenario, cells, findings} = one.exploration;
            const reached = cells.filter(({mark}) => mark !== 'unreached').length;
            return [
              {link: scenario, file: `${one.folder}/explore.md`},
              versionOf(one),
              count(reached),
              symptomsOf(findings.map(({symptom}) => symptom)),
            ];
          }),
        ),
      ],
    },
    {
      id: 'findings',
      title: 'Findings',
      blocks: searched
        .filter(({exploration}) => exploration.findings.length > 0)
        .flatMap(one => [
          heading(`${one.exploration.scenario} ${versionOf(one)}`.trim()),
          list(
            one.exploration.findings.map((finding): Text => {
              const sentence = findingText(finding, one.exploration.groups);
              if (finding.caseStudy === null) return [sentence];
              return [`${sentence} `, {link: 'Case study', file: `${one.folder}/${finding.caseStudy}`}];
            }),
          ),
        ]),
    },
    ...(overview.leftOut.length === 0
      ? []
      : [
          {
            id: 'not-searched',
            title: 'Not searched',
            blocks: [
              list(overview.leftOut.map(({scenario, reason}): Text => [code(scenario), `: ${reason}`])),
            ],
          },
        ]),
    {id: 'reproduction', title: 'How to reproduce', blocks: [paragraph(code(overview.command))]},
  ];
};

const symptomsOf = (symptoms: readonly string[]): Text =>
  symptoms.length === 0
    ? ['none']
    : joined(
        [...Map.groupBy(symptoms, symptom => symptom)].map(
          ([symptom, all]): Text => [code(symptom), ...(all.length > 1 ? [` × ${all.length}`] : [])],
        ),
        ', ',
      );

export const overviewText = ({searched, leftOut}: Overview): string => {
  const findings = searched.reduce((sum, {exploration}) => sum + exploration.findings.length, 0);
  return [
    `${plural(searched.length, 'library', 'libraries')} searched: ${plural(findings, 'finding')}.`,
    ...leftOut.map(({scenario, reason}) => `Not searched: ${scenario}. ${reason}`),
    '',
  ].join('\n');
};

export const overviewMarkdown = (overview: Overview): string =>
  `${[
    `# ${escapeText(title)}`,
    blocksToMarkdown(leadBlocks(overview)),
    ...sectionsOf(overview).map(section => sectionToMarkdown(section)),
  ].join('\n\n')}\n`;

export const overviewPage = (overview: Overview): string =>
  plainPage(
    title,
    [
      `<h1>${escapeHtml(title)}</h1>`,
      ...leadBlocks(overview).map(renderBlock),
      ...sectionsOf(overview).map(renderSection),
    ].join('\n'),
    {layout: 'overview'},
  );
