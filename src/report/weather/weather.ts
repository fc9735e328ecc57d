// The weather report as data: what each library did under each fault of a storm, one row a library and variant; and by which
// mark each cell is shown, on the page and in markdown alike.
import type {Severity, SymptomId} from '../../model/finding.ts';
import type {Verdict} from '../../model/goal.ts';
import type {Environment, Shard} from '../../model/run.ts';
import {telemetrySymptoms} from '../../model/symptoms/telemetry.ts';
import {symptoms} from '../../model/symptoms.ts';
import {percent} from '../format.ts';

/** Grows by new fields without a new number; the number changes when a field goes or means something else. */
export const weatherSchemaVersion = 1;

/** What was seen of a library in one phase. */
export type WeatherCell = (
  | {
      /** Nothing that counts as a symptom. */
      readonly kind: 'clear';
      /** Of the operations that started in the phase; null in the column of the rest of the run. */
      readonly successRatio: number | null;
    }
  | {
      /** `symptom` is the worst, `others` are what else was seen, worst first. */
      readonly kind: 'symptom';
      readonly symptom: SymptomId;
      readonly severity: Severity;
      readonly others: readonly SymptomId[];
      readonly successRatio: number | null;
    }
  /** The fault hit no connection of this library, or no operation began under it. */
  | {readonly kind: 'not-hit'}
  /** The process had ended before. */
  | {readonly kind: 'not-reached'}
) & {
  /** The heading of the case study that is about it, in report.html and in details.md; null where none is. */
  readonly anchor: string | null;
};

/** What faults have in common, as a client sees them; the order is that of the columns. */
export const faultGroups = {
  slow: 'Slow',
  silent: 'Silent',
  cut: 'Cut off',
  unreachable: 'No connection',
  wrong: 'Wrong answer',
  rest: 'Rest',
} as const;

export type FaultGroup = keyof typeof faultGroups;

export type ColumnFacts = {
  readonly group: FaultGroup;
  /** What the fault is, in a few words; null for what is no fault, and where scenarios differ in it. */
  readonly fault: string | null;
};

export type WeatherRow = {
  readonly scenario: string;
  /** The package that it is about; null where the scenario does not say which versions it supports. */
  readonly library: string | null;
  /** That it is written in; null where its program did not get as far as to say so. */
  readonly language: string | null;
  /** The protocol by which it talks to its server, as its makers write it; null where that is not known. */
  readonly speaks: string | null;
  readonly variant: string;
  /** The library's default options, or what the documentation recommends beside them. */
  readonly role: 'default' | 'changed';
  readonly change: string | null;
  /** What the scenario says of its set-up: whose default it is, and where that is promised. */
  readonly remarks: readonly string[];
  /** Versions of the packages that the scenario imports. */
  readonly versions: {readonly [name: string]: string};
  /** Which server it was; null for the embedded HTTP target. */
  readonly server: string | null;
  /** By the name of the column; a scenario with faults of its own has not all of them. */
  readonly cells: {readonly [column: string]: WeatherCell};
  readonly verdict: Verdict;
  /** Why the run could not judge, where it could not. */
  readonly gates: readonly string[];
  /** How many operations started, over all trials. */
  readonly operationCount: number;
  /** The folder of the case study, relative to the weather report. */
  readonly folder: string;
};

/** A library that was not driven, and what its user can do about it. */
export type LeftOut = {
  readonly scenario: string;
  readonly code: string;
  readonly reason: string;
  readonly hint: string;
};

export type Weather = {
  readonly schemaVersion: typeof weatherSchemaVersion;
  /** `interrupted`: some libraries were not reached, see `leftOut`. */
  readonly status: 'complete' | 'interrupted';
  /** Which part of the series this is; absent where it is whole. */
  readonly shard?: Pick<Shard, 'index' | 'count'>;
  /** Null where each scenario had its own faults; `auto` where each had the storm for its server. */
  readonly storm: string | null;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seed: number;
  readonly command: string;
  /** Null where nothing was driven. */
  readonly environment: Environment | null;
  /** Fault phases, recoveries that follow several faults, and the run as a whole: by group, and within it in their order. */
  readonly columns: readonly string[];
  /** By the name of the column. */
  readonly about: {readonly [column: string]: ColumnFacts};
  /** As they were driven. */
  readonly rows: readonly WeatherRow[];
  readonly leftOut: readonly LeftOut[];
};

/** The column of what belongs to no fault: leaks, crashes at the end, the calm phases. */
export const wholeRun = 'rest of the run';

/** From this share on a phase without symptoms is fine; below `nothingRatio` nothing got through but what was on its way. */
const fineRatio = 0.99;
const nothingRatio = 0.01;

type Mark = {readonly icon: string; readonly title: string; readonly meaning: string};

/** The worst first. Each has a shape of its own, so that nothing depends on colour alone. */
export const marks = {
  unsafe: {
    icon: '‼',
    title: 'unsafe',
    meaning: 'A crash, or a result that is not true: lost, duplicated or crossed operations.',
  },
  fail: {
    icon: '✖',
    title: 'fails',
    meaning: 'Another symptom that fails a run: operations hang, or the client does not recover.',
  },
  warn: {
    icon: '▲',
    title: 'warns',
    meaning: 'A symptom worth knowing about: late operations, hasty retries.',
  },
  telemetry: {
    icon: '◆',
    title: 'telemetry',
    meaning: 'Only the library’s own spans or metrics are wrong.',
  },
  nothing: {
    icon: '⊘',
    title: 'nothing got through',
    meaning:
      'Under 1% succeeded, and the others failed in time with an error: no symptom. Some faults let nothing through.',
  },
  partial: {
    icon: '◐',
    title: 'some failed',
    meaning: 'Under 99% succeeded, and the others failed in time with an error: no symptom.',
  },
  fine: {icon: '✔', title: 'fine', meaning: 'No symptom was found, and at least 99% succeeded.'},
  'not-hit': {
    icon: '○',
    title: 'not hit',
    meaning: 'The fault hit nothing, so nothing is known.',
  },
  'not-reached': {icon: '–', title: 'not reached', meaning: 'The process had ended by then.'},
} as const satisfies {readonly [mark: string]: Mark};

export type MarkName = keyof typeof marks;

export const markNames = Object.keys(marks) as readonly MarkName[];

/** Those that say that a library does something wrong under a fault. */
const failing: readonly MarkName[] = ['unsafe', 'fail'];

/** How a cell is shown, wherever it is. */
export type CellLook = {
  readonly mark: MarkName;
  /** The worst symptom in a word or three; empty where there is none. */
  readonly words: string;
  /** The share of the operations that succeeded; empty where that is not known. */
  readonly figure: string;
  /** How many more symptoms there are. */
  readonly moreCount: number;
  /** All of it as a sentence. */
  readonly says: string;
};

/** Of nouns that are too long for a cell, where the mark says the rest. */
const shortWords: {readonly [symptom in SymptomId]?: string} = {
  'telemetry-contradicts': 'contradicts',
  'error-type-malformed': 'error types',
  'duration-misreported': 'durations',
  'pool-gauge-wrong': 'gauges',
  'gc-pressure': 'garbage collection',
};

const wordsOf = (symptom: SymptomId): string =>
  shortWords[symptom] ?? symptoms[symptom].noun.replace(/ (?:operations|effects|responses|answers)$/, '');

export const lookOf = (cell: WeatherCell): CellLook => {
  const ratio = 'successRatio' in cell ? cell.successRatio : null;
  const figure = ratio === null ? '' : percent(ratio);
  const mark = markOf(cell);
  const found = cell.kind === 'symptom' ? [cell.symptom, ...cell.others] : [];
  const nouns = found.map(symptom => symptoms[symptom].noun);
  const what = nouns.length > 0 ? nouns.join(', ') : marks[mark].title;
  return {
    mark,
    words: found[0] === undefined ? '' : wordsOf(found[0]),
    figure,
    moreCount: Math.max(0, found.length - 1),
    says: figure === '' ? what : `${what}; ${figure} succeeded`,
  };
};

const markOf = (cell: WeatherCell): MarkName => {
  switch (cell.kind) {
    case 'symptom':
      return markOfSymptom(cell.symptom, cell.severity);
    case 'clear': {
      const {successRatio} = cell;
      if (successRatio === null || successRatio >= fineRatio) return 'fine';
      return successRatio < nothingRatio ? 'nothing' : 'partial';
    }
    default:
      return cell.kind;
  }
};

const markOfSymptom = (symptom: SymptomId, severity: Severity): MarkName => {
  if (symptom in telemetrySymptoms) return 'telemetry';
  if (severity === 'warn') return 'warn';
  return ['crash', 'untrue'].includes(symptoms[symptom].weight) ? 'unsafe' : 'fail';
};

/** Libraries that are compared with each other, and the faults that any of them met. */
export type WeatherTable = Pick<Weather, 'columns' | 'about' | 'rows'> & {
  /** What they speak; null where all libraries are in one table. */
  readonly title: string | null;
};

/**
 * Of libraries in several languages those that speak one protocol are side by side, and last are the protocols that only
 * libraries of one language speak. Libraries in one language have one table.
 */
export const tablesOf = ({columns, about, rows}: Weather): readonly WeatherTable[] => {
  if (countLanguages(rows) < 2) return [{title: null, columns, about, rows}];
  const bySpeech = [...Map.groupBy(rows, ({speaks}) => speaks ?? '')];
  const shared = bySpeech
    .filter(([speaks, own]) => speaks !== '' && countLanguages(own) > 1)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const rest = rows.filter(row => !shared.some(([, own]) => own.includes(row)));
  const others = shared.length === 0 ? 'All protocols' : 'Other protocols';
  return [...shared, [others, rest] as const]
    .filter(([, own]) => own.length > 0)
    .map(([title, own]) => ({
      title,
      columns: columns.filter(column => own.some(({cells}) => cells[column] !== undefined)),
      about,
      rows: own,
    }));
};

const countLanguages = (rows: readonly WeatherRow[]): number =>
  new Set(rows.flatMap(({language}) => language ?? [])).size;

/** How many of the rows fail in a column. */
export const failingCount = (rows: readonly WeatherRow[], column: string): number =>
  rows.filter(({cells}) => {
    const cell = cells[column];
    return cell !== undefined && failing.includes(lookOf(cell).mark);
  }).length;

/**
 * The worst first: by how many faults show the worst mark, then the next, and so on. What else was driven of a scenario
 * follows its default options.
 */
export const byWhatMatters = (rows: readonly WeatherRow[]): WeatherRow[] =>
  [...Map.groupBy(rows, ({scenario}) => scenario).values()]
    .map(own => ({own, counts: markCounts(own[0]!)}))
    .toSorted((a, b) => compareCounts(b.counts, a.counts))
    .flatMap(({own}) => own);

const markCounts = ({cells}: WeatherRow): number[] => {
  const looks = Object.values(cells).map(cell => lookOf(cell).mark);
  return markNames.map(name => looks.filter(mark => mark === name).length);
};

const compareCounts = (a: readonly number[], b: readonly number[]): number => {
  const differing = a.findIndex((count, index) => count !== b[index]);
  return differing < 0 ? 0 : a[differing]! - b[differing]!;
};
