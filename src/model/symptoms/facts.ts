// What is known of a symptom before any run: what a user sees, when it counts, where it comes from, what fixes it.
import type {NonEmpty} from '../non-empty.ts';
import type {Need} from './needs.ts';

/** How bad a symptom is for those who use the library, the worst first. */
export const weights = ['crash', 'untrue', 'wedged', 'hung', 'late', 'wasteful'] as const;

export type SymptomFacts = {
  readonly weight: (typeof weights)[number];
  /** What a user sees, as part of a sentence. */
  readonly summary: string;
  /** Its name in the plural, as in "no more …". */
  readonly noun: string;
  /** When it counts as present; refers to thresholds by name. */
  readonly criterion: string;
  /** Defaults by name; each name ends in its unit. A scenario can change them by name. */
  readonly thresholds: {readonly [name: string]: number};
  /** What a trial must have shown before it can be called clear of it. */
  readonly needs: NonEmpty<Need>;
  /** What usually causes it, as a sentence. */
  readonly cause: string;
  /** The usual fix, as a sentence. */
  readonly remedy: string;
  /** The source. */
  readonly source: Source;
};

/** A page with more about it. */
export type Source = {
  /** Its title. */
  readonly title: string;
  /** Its address. */
  readonly url: string;
};
