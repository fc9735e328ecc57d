// The live lines on a terminal: redrawn in place, and cut to its width, since a wrapped line could not be erased.
import {stripVTControlCharacters} from 'node:util';
import {createLogUpdate} from 'log-update';
import type {Plan} from '../model/plan.ts';
import type {RunObserver} from '../run/run-options.ts';
import type {CliIo} from './cli-io.ts';
import {colours} from './colours.ts';
import {LiveTrial} from './live-trial.ts';
import {endOf, startText} from './progress-words.ts';

export type Progress = RunObserver & {readonly end: () => void};

const redrawEveryMs = 200;

export const liveProgress = (io: CliIo): Progress => {
  const paint = colours(io, io.stderr);
  const screen = createLogUpdate(io.stderr as NodeJS.WriteStream);
  let plan: Plan | null = null;
  let trial: LiveTrial | null = null;
  const draw = (): void => {
    if (!plan) screen(paint.dim('loading the scenario'));
    if (trial) screen(trial.lines(paint).map(fitting(io)).join('\n'));
  };
  const timer = setInterval(draw, redrawEveryMs);
  return {
    preparing(what) {
      screen.clear();
      io.stderr.write(paint.dim(`${what}\n`));
    },
    runStarted(record, folder) {
      plan = record.plan;
      screen.clear();
      io.stderr.write(paint.dim(startText(record, folder, io.cwd)));
    },
    trialStarted(trialId, position, count) {
      if (plan) trial = new LiveTrial(plan, `${trialId} (${position}/${count})`, () => performance.now());
    },
    waiting(what) {
      if (trial) trial.waitFor(what);
      else screen(paint.dim(`waiting for ${what}`));
    },
    trialEvent(_trialId, event) {
      if (!trial) return;
      trial.add(event);
      if (event.kind !== 'exit') return;
      const end = endOf(event);
      screen(trial.finalText(end === '' ? '' : paint.red(`  process ${end}`)));
      screen.done();
      trial = null;
    },
    end() {
      clearInterval(timer);
      // What was waited for before the run had begun is no news when it is over.
      if (!plan) screen.clear();
      screen.done();
    },
  };
};

/** A line that is too long loses its colours, and then its end. */
const fitting =
  ({stderr}: CliIo) =>
  (line: string): string => {
    const width = stderr.columns ?? 80;
    const plain = stripVTControlCharacters(line);
    return plain.length <= width ? line : `${plain.slice(0, width - 1)}…`;
  };
