/** With fewer pairs of trials the bootstrap sees too few different samples to say anything. */
export const minimumPairs = 5;
