// The map of a search: what came of a fault at each place of the conversations.
import type {ConversationGroup} from '../../explore/conversations.ts';
import {cuts, type MomentStrike, momentActions, type Strike} from '../../explore/episodes.ts';
import type {Cell, Mark} from '../../explore/exploration.ts';
import {plural} from '../format.ts';
import {textTable} from '../text-table.ts';

/** What came of the episodes of one place, the worst of them; `blank`: none was tried. */
export type Look = Mark | 'blank';

export type MapMark = {
  readonly look: Look;
  /** One character: the number of a finding, or a sign. */
  readonly sign: string;
  /** The number of the finding; null without one. */
  readonly finding: number | null;
};

export type MapRow = {
  readonly title: string;
  /** By action, and within it before, within and after the exchange. */
  readonly marks: readonly (readonly MapMark[])[];
};

export type SearchMap = {
  readonly connects: readonly {readonly title: string; readonly mark: MapMark}[];
  readonly actions: readonly string[];
  readonly rows: readonly MapRow[];
  /** Of two faults, which have no place on it. */
  readonly pairs: {readonly triedCount: number; readonly failedCount: number};
};

export const signs: {readonly [look in Exclude<Look, 'failed'>]: string} = {
  passed: '·',
  slow: '~',
  unreached: '-',
  undecided: '?',
  blank: '_',
};

/** The worst first: what is shown where several episodes share a place of the map. */
const order: readonly Mark[] = ['failed', 'undecided', 'slow', 'passed', 'unreached'];

const markOf = (cells: readonly Cell[]): MapMark => {
  const [worst] = cells.toSorted((a, b) => order.indexOf(a.mark) - order.indexOf(b.mark));
  if (!worst) return {look: 'blank', sign: signs.blank, finding: null};
  const {mark, finding} = worst;
  if (mark !== 'failed') return {look: mark, sign: signs[mark], finding: null};
  return {look: mark, sign: finding !== null && finding < 10 ? String(finding) : '✗', finding};
};

type Place = {readonly title: string; readonly fits: (strike: MomentStrike) => boolean};

export const mapOf = (cells: readonly Cell[], groups: readonly ConversationGroup[]): SearchMap => {
  const singles = cells.filter(({strikes}) => strikes.length === 1);
  const pairs = cells.filter(({strikes}) => strikes.length > 1);
  return {
    connects: [...byTitle(singles)].map(([title, same]) => ({title, mark: markOf(same)})),
    actions: momentActions.map(action => action.replaceAll('-', ' ')),
    rows: placesOf(singles, groups).flatMap(({title, fits}) => {
      const marks = momentActions.map(action =>
        cuts.map(cut =>
          markOf(
            singles.filter(
              ({strikes: [strike]}) =>
                strike.kind === 'moment' && strike.action === action && strike.cut === cut && fits(strike),
            ),
          ),
        ),
      );
      return marks.flat().every(({look}) => look === 'blank') ? [] : [{title, marks}];
    }),
    pairs: {
      triedCount: pairs.length,
      failedCount: pairs.filter(({mark}) => mark === 'failed').length,
    },
  };
};

const connectTitles = {
  refused: 'new connections refused',
  'syn-unanswered': 'new connections unanswered',
  'accepted-and-closed': 'accepted, then closed',
  'accepted-and-silent': 'accepted, then silent',
  flapping: 'reset soon after they open',
} as const;

/** Null for those that have a place among the exchanges. */
const titleOf = (strike: Strike): string | null => {
  switch (strike.kind) {
    case 'live':
      return 'open connections closed';
    case 'connect':
      return connectTitles[strike.action];
    case 'said':
      return strike.action === 'withheld' ? 'no reply' : `error ${strike.error}`;
    case 'moment':
      return null;
  }
};

/** An error that is said once, and one that is said to all, are one row. */
const byTitle = (singles: readonly Cell[]): ReadonlyMap<string, readonly Cell[]> => {
  const rows = new Map<string, readonly Cell[]>();
  for (const cell of singles) {
    const title = titleOf(cell.strikes[0]);
    if (title !== null) rows.set(title, [...(rows.get(title) ?? []), cell]);
  }
  return rows;
};

const placesOf = (singles: readonly Cell[], groups: readonly ConversationGroup[]): readonly Place[] => {
  const positions = new Set(
    singles.flatMap(({strikes: [strike]}) => (strike.kind === 'moment' ? strike.position : [])),
  );
  return [
    ...(['upstream', 'downstream'] as const).map(direction => ({
      title: `the next ${direction === 'upstream' ? 'request' : 'reply'}`,
      fits: (strike: MomentStrike) => strike.since === 'fault' && strike.direction === direction,
    })),
    ...[...positions].sort((a, b) => a - b).flatMap(position => exchangesOf(position, groups)),
  ];
};

const exchangesOf = (position: number, groups: readonly ConversationGroup[]): readonly Place[] => {
  const longest = Math.max(0, ...groups.map(({exchanges}) => exchanges.length));
  return Array.from({length: longest}, (_, index) => {
    const known = groups.find(({exchanges}) => exchanges[index]);
    const {direction = 'upstream', bytes = 0} = known?.exchanges[index] ?? {};
    const which = position === 1 ? '' : `connection ${position}: `;
    return {
      title: `${which}${index + 1}, ${direction === 'upstream' ? 'request' : 'reply'} (${plural(bytes, 'byte')})`,
      fits: (strike: MomentStrike) =>
        strike.since === 'connect' && strike.position === position && strike.exchange === index + 1,
    };
  });
};

/** For a terminal: a line of heads, and one for each row; signs beside each other are before, within and after the exchange. */
export const mapLines = (cells: readonly Cell[], groups: readonly ConversationGroup[]): readonly string[] => {
  const {connects, actions, rows} = mapOf(cells, groups);
  const signsOf = (marks: readonly MapMark[]): string =>
    marks.map(({look, sign}) => (look === 'blank' ? ' ' : sign)).join('');
  return textTable([
    ['', ...actions],
    ...connects.map(({title, mark}) => [title, mark.sign]),
    ...rows.map(({title, marks}) => [title, ...marks.map(signsOf)]),
  ]);
};
