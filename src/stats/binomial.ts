// How certain a share is that was counted in independent trials: the exact interval of Clopper and Pearson.
import {gammaln} from 'simple-statistics';

export type ShareInterval = {readonly low: number; readonly high: number};

/** For the gate and the report: at most one honest run in a hundred lies outside. */
export const rateConfidence = 0.99;

/**
 * The interval that covers the true probability in at least `confidence` of all cases, whatever it is. It is exact for few
 * trials and for shares near 0 and 1, where the simpler intervals are too narrow.
 * Source: Clopper and Pearson, Biometrika 26 (1934); the limits are quantiles of beta distributions, found by bisection.
 */
export const binomialInterval = (
  successes: number,
  trials: number,
  confidence: number = rateConfidence,
): ShareInterval => {
  const tail = (1 - confidence) / 2;
  return {
    low: successes <= 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    high: successes >= trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
  };
};

const betaQuantile = (p: number, a: number, b: number): number => {
  let low = 0;
  let high = 1;
  // Each step halves the interval: 60 are more than a double can tell apart.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (betaCdf(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** The regularised incomplete beta function. Its fraction converges fast below the mean; above it, from the other side. */
const betaCdf = (x: number, a: number, b: number): number => {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdf(1 - x, b, a);
  const front = gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x);
  return (Math.exp(front) / a) * betaFraction(x, a, b);
};

/** The continued fraction of DLMF 8.17.22, by Lentz's method. */
const betaFraction = (x: number, a: number, b: number): number => {
  const mostRounds = 10_000;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < mostRounds; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let factor = 1;
    for (const coefficient of [even, odd]) {
      d = 1 / (1 + coefficient * d);
      c = 1 + coefficient / c;
      factor = c * d;
      fraction *= factor;
    }
    if (Math.abs(factor - 1) < 1e-14) break;
  }
  return fraction;
};
