// A row of numbers as a row of blocks.

const blocks = '▁▂▃▄▅▆▇█';

/** From `low` to `high`; null is a gap. Nothing but zeroes is a flat line. */
export const sparkline = (
  values: readonly (number | null)[],
  {low, high}: {readonly low: number; readonly high: number},
): string =>
  values
    .map(value => {
      if (value === null) return ' ';
      const share = high > low ? (value - low) / (high - low) : 0;
      const level = Math.round(Math.min(1, Math.max(0, share)) * (blocks.length - 1));
      return blocks[level];
    })
    .join('');
