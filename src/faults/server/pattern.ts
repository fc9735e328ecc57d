// Patterns of paths and of hosts: `*` stands for any characters but `/`, `**` for any at all, everything else for itself.

/** Patterns and texts are compared up to these lengths, so that no pattern can take long. */
export const longestPattern = 256;
export const longestText = 2048;

/** Whether the whole text fits the pattern. An empty pattern fits every text. */
export const fitsPattern = (pattern: string, text: string): boolean => {
  if (pattern === '') return true;
  const steps = pattern.match(/\*\*+|./gs) ?? [];
  // All positions in the pattern at which the text read so far can be: no backtracking.
  let places = closure(new Set([0]), steps);
  for (const character of text.slice(0, longestText)) {
    const next = new Set<number>();
    for (const place of places) {
      const step = steps[place] ?? '';
      if (step.startsWith('*')) {
        if (step !== '*' || character !== '/') next.add(place);
      } else if (step === character) next.add(place + 1);
    }
    places = closure(next, steps);
  }
  return places.has(steps.length);
};

/** A star may also stand for nothing. */
const closure = (places: Set<number>, steps: readonly string[]): Set<number> => {
  for (const place of places) if (steps[place]?.startsWith('*') === true) places.add(place + 1);
  return places;
};
