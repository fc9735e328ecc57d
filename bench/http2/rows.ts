// The rows of the HTTP/2 part: foulweather beside other proxies, and beside a plain relay.
import {type Figure, figureOf, type Row, ratioOf, verdictOf} from '../part.ts';

/** A round's figures of one load. */
export type Taken = {
  readonly perSecond: number;
  /** Of the proxy, per request; null where there is none. */
  readonly cpuUs: number | null;
};

/** By column, round by round. */
export type AllTaken = ReadonlyMap<string, readonly Taken[]>;

/** Columns. Those of other proxies are their names with their versions. */
export const own = 'foulweather';
export const direct = 'no proxy';
export const relay = 'plain relay';

/** What foulweather is compared with, where it is there, and by how much it should be faster. */
const comparisons = [
  {other: 'mitmproxy', least: 2},
  {other: relay, least: 1},
] as const;

type Figures = ReadonlyMap<string, Figure>;

/** Of the columns that have such figures. */
const figuresOf = (title: string, taken: AllTaken, of: (taken: Taken) => number | null): Figures =>
  new Map(
    [...taken].flatMap(([name, rounds]): [string, Figure][] => {
      const values = rounds.flatMap(round => of(round) ?? []);
      return values.length === 0 ? [] : [[name, figureOf(`${title}, ${name}`, values)]];
    }),
  );

export const rowsOf = (title: string, taken: AllTaken): readonly Row[] => [
  rowOf(
    {title: `${title}: requests`, unit: '/s', digits: 0},
    figuresOf(title, taken, ({perSecond}) => perSecond),
    true,
  ),
  rowOf(
    {title: `${title}: CPU of the proxy per request`, unit: 'µs', digits: 1},
    figuresOf(title, taken, ({cpuUs}) => cpuUs),
    false,
  ),
];

const rowOf = (head: Pick<Row, 'title' | 'unit' | 'digits'>, figures: Figures, isJudged: boolean): Row => {
  const figure = figures.get(own)!;
  const others = [...figures].filter(([name]) => name !== own);
  const row = {...head, figure, beside: Object.fromEntries(others), ratio: null, wanted: null};
  for (const {other, least} of comparisons) {
    const [, compared] = others.find(([name]) => name.startsWith(other)) ?? [];
    const ratio = compared === undefined ? null : ratioOf(figure, compared);
    if (ratio === null) continue;
    const verdict = verdictOf(ratio.median, {atLeast: least}, ratio.high - ratio.median);
    return {...row, ratio, wanted: isJudged ? {text: `≥ ${least}× ${other}`, verdict} : null};
  }
  return row;
};

/** Which proxy passes most requests, and how foulweather compares with it; null where there is no other. */
export const fastestOf = (title: string, taken: AllTaken): string | null => {
  const figures = figuresOf(title, taken, ({perSecond}) => perSecond);
  const proxies = [...figures].filter(([name]) => name !== direct);
  if (proxies.length < 2) return null;
  const [name, figure] = proxies.reduce((best, next) => (next[1].median > best[1].median ? next : best));
  const ratio = name === own ? null : ratioOf(figures.get(own)!, figure);
  if (ratio === null) return `${title}: foulweather is the fastest.`;
  const {median, low, high} = ratio;
  const quartiles = `${low.toFixed(2)}–${high.toFixed(2)}`;
  return `${title}: the fastest is ${name}; foulweather passes ${median.toFixed(2)} times (${quartiles}) as many requests.`;
};
