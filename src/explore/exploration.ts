// The result of a search: which moments were tried, what came of each, and what was found.
import type {SymptomId} from '../model/symptoms.ts';
import type {ConversationGroup} from './conversations.ts';
import type {Episode} from './episodes.ts';
import type {Filter, Proving, Signal} from './search.ts';

/**
 * `failed`: it shows a finding · `slow`: it looked wrong among others, and was not confirmed alone · `unreached`: its fault did not act ·
 * `undecided`: it looked wrong, and there was no time to try it alone, or the target was in trouble.
 */
export type Mark = 'passed' | 'failed' | 'slow' | 'unreached' | 'undecided';

export type Cell = {
  readonly id: string;
  readonly strikes: Episode['strikes'];
  readonly mark: Mark;
  /** The number of the finding; null without one. */
  readonly finding: number | null;
};

export type ExploredFinding = {
  /** From 1 on. */
  readonly number: number;
  /** The worst; and what was seen besides. */
  readonly symptom: SymptomId;
  readonly others: readonly SymptomId[];
  /** The smallest plan that shows it. */
  readonly id: string;
  readonly strikes: Episode['strikes'];
  readonly faults: Episode['faults'];
  /** How many of its tries alone showed it, each with a fresh client. */
  readonly shownCount: number;
  readonly triedCount: number;
  /** The evidence of one of them, as a sentence. */
  readonly statement: string;
  /** What the client's process said where it ended; null otherwise. */
  readonly error: string | null;
  /** Ids of all episodes that show the same. */
  readonly moments: readonly string[];
  /** The name of a saved run that shows it. */
  readonly run: string;
  /** Its case study, as a path from the report of the search; null where it was not written. */
  readonly caseStudy: string | null;
  /** How long it must be watched to be seen. */
  readonly proving: Proving;
  /** Whether other versions show it, too, tried once each; empty where none were compared. */
  readonly elsewhere: readonly {readonly variant: string; readonly isShown: boolean}[];
  /** The file of its reproducer; null where none was written. */
  readonly reproducer: string | null;
};

export type Unconfirmed = {readonly id: string; readonly signal: Signal};

/** Why most of what is left was not searched. */
export const outOfTime = 'the budget was used up';

export type LeftOut = {readonly reason: string; readonly count: number};

/** Why a search ended: all was tried; there was no time left; the user interrupted it. */
export type SearchEnd = 'complete' | 'budget' | 'interrupted' | 'running';

export type Exploration = {
  readonly schemaVersion: 1;
  readonly id: string;
  /** The folder of its runs, from where the user was. */
  readonly data: string;
  readonly scenario: string;
  readonly variant: string;
  /** Of the packages that the client's process loaded. */
  readonly versions: {readonly [name: string]: string};
  readonly command: string;
  readonly startedAt: string;
  readonly end: SearchEnd;
  readonly elapsedMs: number;
  readonly budgetMs: number;
  readonly seed: number;
  readonly maxDepth: 1 | 2;
  readonly only: readonly Filter[];
  readonly groups: readonly ConversationGroup[];
  /** Tries of episodes, repeated ones included, and the time that the search for them took. */
  readonly episodeCount: number;
  readonly searchMs: number;
  /** What the library takes to be back after its connections were closed. */
  readonly backMs: number;
  readonly cells: readonly Cell[];
  /** What the library shows without any fault: of no fault is it told as a finding. */
  readonly calm: readonly {readonly symptom: SymptomId; readonly statement: string}[];
  readonly findings: readonly ExploredFinding[];
  readonly unconfirmed: readonly Unconfirmed[];
  readonly leftOut: readonly LeftOut[];
};
