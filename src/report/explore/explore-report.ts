// The report of a search: its findings, the map of what was tried, and what was not.
import type {ConversationGroup} from '../../explore/conversations.ts';
import {type Cut, cuts, type MomentStrike, momentActions} from '../../explore/episodes.ts';
import type {Cell, Exploration} from '../../explore/exploration.ts';
import {element, escapeXml} from '../charts/svg.ts';
import {count, duration, plural} from '../format.ts';
import {findingText} from './words.ts';

const marks: {readonly [mark in Exclude<Cell['mark'], 'failed'>]: string} = {
  passed: '·',
  slow: '~',
  unreached: '-',
  undecided: '?',
};
const untried = ' ';
/** The worst first: what is shown where several episodes share a place of the map. */
const order: readonly Cell['mark'][] = ['failed', 'undecided', 'slow', 'passed', 'unreached'];

/** A digit is the number of a finding. */
const markOf = (cells: readonly Cell[]): string => {
  const [worst] = cells.toSorted((a, b) => order.indexOf(a.mark) - order.indexOf(b.mark));
  if (!worst) return untried;
  if (worst.mark !== 'failed') return marks[worst.mark];
  return worst.finding !== null && worst.finding < 10 ? String(worst.finding) : '✗';
};

export const exploreReport = (exploration: Exploration): string => {
  const {scenario, variant, findings, unconfirmed, leftOut, cells, command} = exploration;
  const pairs = cells.filter(({strikes}) => strikes.length > 1);
  const failedPairs = pairs.filter(({mark}) => mark === 'failed').length;
  return [
    `# What breaks ${scenario}`,
    '',
    `${summaryOf(exploration)}`,
    '',
    `Variant \`${variant}\`. Repeat it with \`${command}\`.`,
    '',
    '## Findings',
    '',
    ...(findings.length === 0
      ? ['None.', '']
      : findings.flatMap(finding => findingLines(finding, exploration))),
    '## The map',
    '',
    'Each mark is a place where a fault was tried: before, within and after an exchange. A digit is the number of a finding; `·` passed, `~` failed in a batch but not on its own, `-` was not reached, and `?` is undecided. What is blank was not tried.',
    '',
    ...mapLines(exploration),
    ...(pairs.length === 0
      ? []
      : [`Pairs of faults: ${count(pairs.length)} tried, ${count(failedPairs)} with a finding.`, '']),
    ...listed(
      '## Not confirmed',
      unconfirmed.map(
        ({id, signal}) =>
          `\`${id}\` (${signal}): it failed in a batch; there was no time to confirm it on its own.`,
      ),
    ),
    ...listed(
      '## Not searched',
      leftOut.map(({reason, count: number}) => `${plural(number, 'episode')}: ${reason}.`),
    ),
  ].join('\n');
};

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

const findingLines = (
  finding: Exploration['findings'][number],
  {groups, data}: Exploration,
): readonly string[] => {
  const {number, symptom, others, statement, moments, run, reproducer} = finding;
  return [
    `### ${number}. \`${symptom}\``,
    '',
    findingText(finding, groups),
    '',
    `${statement}${others.length === 0 ? '' : ` Also seen: ${others.map(other => `\`${other}\``).join(', ')}.`}`,
    '',
    ...(moments.length > 1
      ? [`The same at ${plural(moments.length, 'moment')}: ${shown(moments)}.`, '']
      : []),
    ...(reproducer === null ? [] : [`Reproducer: \`${reproducer}\``, '']),
    `Saved run: \`npx foulweather report ${run} --data ${data}\``,
    '',
  ];
};

const momentsShown = 8;

const shown = (moments: readonly string[]): string => {
  const more = moments.length - momentsShown;
  return `${moments
    .slice(0, momentsShown)
    .map(id => `\`${id}\``)
    .join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const listed = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, '', ...lines.map(line => `- ${line}`), ''];

/** A suite with a case for each finding, and one for the search. */
export const exploreJunit = ({scenario, findings, groups, elapsedMs}: Exploration): string => {
  const cases = findings.map(finding =>
    element(
      'testcase',
      {classname: scenario, name: finding.id},
      '',
      element(
        'failure',
        {message: findingText(finding, groups), type: finding.symptom},
        '',
        escapeXml(finding.statement),
      ),
    ),
  );
  const attributes = {
    name: `explore ${scenario}`,
    tests: String(findings.length + 1),
    failures: String(findings.length),
    time: (elapsedMs / 1000).toFixed(3),
  };
  const search = element('testcase', {classname: scenario, name: 'the search'});
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element('testsuites', {}, '', element('testsuite', attributes, '', search, ...cases)),
    '',
  ].join('\n');
};

type Row = {readonly title: string; readonly fits: (strike: MomentStrike) => boolean};

const mapLines = ({cells, groups}: Exploration): readonly string[] => {
  const singles = cells.filter(({strikes}) => strikes.length === 1);
  const connects = singles.filter(({strikes: [strike]}) => strike.kind !== 'moment');
  const rows: readonly Row[] = [
    ...(['upstream', 'downstream'] as const).map(direction => ({
      title: `the next ${direction === 'upstream' ? 'request' : 'reply'}`,
      fits: (strike: MomentStrike) => strike.since === 'fault' && strike.direction === direction,
    })),
    ...[
      ...new Set(singles.flatMap(({strikes: [strike]}) => (strike.kind === 'moment' ? strike.position : []))),
    ]
      .sort((a, b) => a - b)
      .flatMap(position => groupRows(position, groups)),
  ];
  const lines = rows.flatMap(({title, fits}) => {
    const row = momentActions.map(action =>
      cuts
        .map((cut: Cut) =>
          markOf(
            singles.filter(
              ({strikes: [strike]}) =>
                strike.kind === 'moment' && strike.action === action && strike.cut === cut && fits(strike),
            ),
          ),
        )
        .join(''),
    );
    return row.every(cell => cell.trim() === '')
      ? []
      : [`| ${[title, ...row.map(cell => `\`${cell}\``)].join(' | ')} |`];
  });
  return [
    ...(connects.length === 0
      ? []
      : [
          '| Connects | |',
          '|---|---|',
          ...connects.map(cell => `| ${cell.id.replaceAll('-', ' ')} | \`${markOf([cell])}\` |`),
          '',
        ]),
    ...(lines.length === 0
      ? []
      : [
          `| Exchange | ${momentActions.map(action => action.replaceAll('-', ' ')).join(' | ')} |`,
          '|---|---|---|---|---|---|',
          ...lines,
          '',
        ]),
  ];
};

const groupRows = (position: number, groups: readonly ConversationGroup[]): readonly Row[] => {
  const longest = Math.max(0, ...groups.map(({exchanges}) => exchanges.length));
  return Array.from({length: longest}, (_, index) => {
    const known = groups.find(({exchanges}) => exchanges[index]);
    const {direction = 'upstream', bytes = 0} = known?.exchanges[index] ?? {};
    const which = position === 1 ? '' : `connection ${position}: `;
    return {
      title: `${which}${index + 1}, ${direction === 'upstream' ? 'request' : 'reply'} (${bytes} B)`,
      fits: (strike: MomentStrike) =>
        strike.since === 'connect' && strike.position === position && strike.exchange === index + 1,
    };
  });
};
