// The exit code of a command that judges: that of the verdict, of several runs the worst.
import {exitCodes} from '../model/errors.ts';
import type {Verdict} from '../model/goal.ts';

export const exitCodeOf: {readonly [verdict in Verdict]: number} = {
  met: exitCodes.met,
  missed: exitCodes.missed,
  inconclusive: exitCodes.inconclusive,
};

/** Of several scenarios the worst decides: a missed goal before an inconclusive run before a met one. */
const severity: readonly number[] = [exitCodes.met, exitCodes.inconclusive, exitCodes.missed];

export const worseOf = (a: number, b: number): number => (severity.indexOf(b) > severity.indexOf(a) ? b : a);
