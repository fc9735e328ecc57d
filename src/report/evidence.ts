// The number of a piece of evidence, in its unit.
import type {Evidence} from '../model/finding.ts';
import {bytes, count, duration, percent, plain} from './format.ts';

const formats: {readonly [unit in Evidence['unit']]: (value: number) => string} = {
  count,
  ms: duration,
  bytes,
  share: percent,
  ratio: plain,
};

/** `value` is the evidence's own, or its threshold. */
export const evidenceFigure = ({unit}: Evidence, value: number): string => formats[unit](value);
