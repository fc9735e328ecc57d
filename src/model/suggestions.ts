// "Did you mean …?"
import {distance} from 'fastest-levenshtein';

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
