// What is known of a symptom before any run: what a user sees, when it counts, where it comes from, what mends it.
import type {NonEmpty} from '../non-empty.ts';
import type {Need} from './needs.ts';

/** How bad a symptom is for those who use the library, the worst first. */
export const weights = ['crash', 'untrue', 'wedged', 'hung', 'late', 'wasteful'] as const;

export type SymptomFacts = {
  readonly weight: (typeof weights)[number];
  /** What a user sees, in the middle of a sentence. */
  readonly summary: string;
  /** How it is called in "no more …". */
  readonly noun: string;
  /** When it counts as present; thresholds stand in it by their names. */
  readonly criterion: string;
  /** Defaults by name; each name ends in its unit. A scenario can change them by name. */
  readonly thresholds: {readonly [name: string]: number};
  /** What must have been there for a trial to be clear of it. */
  readonly needs: NonEmpty<Need>;
  /** What usually causes it, as a sentence. */
  readonly cause: string;
  /** What usually mends it, as a sentence. */
  readonly remedy: string;
  /** Where that is from. */
  readonly source: Source;
};

/** A page that tells more. */
export type Source = {
  /** Its title. */
  readonly title: string;
  /** Its address. */
  readonly url: string;
};
