// Reads an option that is a whole number.
import {InvalidArgumentError} from 'commander';

/** Parses decimal digits within limits, both included. Throws commander's error, which names the option. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
