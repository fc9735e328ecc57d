// "Did you mean …?"
import {distance} from 'fastest-levenshtein';
import type {z} from 'zod';

/** The known name that is nearest to a mistyped one, or null where none is near enough to be meant. */
export const nearest = (name: string, known: readonly string[]): string | null => {
  const ranked = known
    .map(candidate => ({candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase())}))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  if (!best || best.edits > Math.max(2, Math.floor(name.length / 2))) return null;
  return best.candidate;
};

export const didYouMean = (name: string, known: readonly string[]): string => {
  const suggestion = nearest(name, known);
  return suggestion === null ? `Known: ${known.join(', ')}.` : `Did you mean "${suggestion}"?`;
};

type Issue = Parameters<Exclude<z.core.$ZodErrorMap, undefined>>[0];

/** An error map for a discriminated union of `what`; other mistakes keep their messages. */
export const noSuch =
  (what: string) =>
  (issue: Issue): string | undefined => {
    if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return undefined;
    const known = (issue['options'] as readonly string[] | undefined) ?? [];
    const given = (issue.input as Readonly<Record<string, unknown>> | undefined)?.[issue.discriminator];
    if (typeof given !== 'string') return `say which ${what} is meant. Known: ${known.join(', ')}.`;
    return `there is no ${what} "${given}". ${didYouMean(given, known)}`;
  };
