// A judged run and the files of its report, made once however many tests of a file look at them.
import type {JudgedRun} from '../../src/model/run.ts';
import {renderReport} from '../../src/report/report.ts';
import {judgedRun, type Options} from './judged-run.ts';

export type Rendered = {
  readonly run: JudgedRun;
  readonly files: Readonly<Record<string, string>>;
};

const made = new Map<string, Rendered>();

export const rendered = (options: Options = {}): Rendered => {
  const key = JSON.stringify(options);
  const known = made.get(key);
  if (known) return known;
  const run = judgedRun(options);
  const fresh = {run, files: renderReport(run).files};
  made.set(key, fresh);
  return fresh;
};
