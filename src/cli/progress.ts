// The progress of a run: live lines on a terminal, a line per phase elsewhere.
import type {PhaseFigures} from '../model/driver-witness.ts';
import type {Plan} from '../model/plan.ts';
import type {CliIo} from './cli-io.ts';
import {liveProgress, type Progress} from './live-progress.ts';
import {countsOf, endOf, planOf, startText, unsettledText} from './progress-words.ts';

export const quietProgress: Progress = {runStarted() {}, trialStarted() {}, trialEvent() {}, end() {}};

export const createProgress = (io: CliIo): Progress =>
  io.stderr.isTTY === true && io.env['TERM'] !== 'dumb' ? liveProgress(io) : plainProgress(io);

/** A line when a trial starts, one when the operations of a phase are accounted for, one when the process ends badly. */
const plainProgress = ({stderr, cwd}: CliIo): Progress => {
  let plan: Plan | null = null;
  /** Of the current trial: a fresh subject in a storm runs only a part of the plan's phases. */
  let phases: Plan['phases'] | null = null;
  let figuresOf = new Map<number, PhaseFigures>();
  const finishTrial = (): void => {
    for (const figures of figuresOf.values()) {
      const name = phases?.[figures.phase]?.name ?? '';
      stderr.write(`  ${name.padEnd(12)} ${countsOf(figures)}\n`);
    }
  };
  return {
    preparing: what => void stderr.write(`${what}\n`),
    runStarted(record, folder) {
      plan = record.plan;
      ({phases} = plan);
      stderr.write(startText(record, folder, cwd));
    },
    trialStarted(trialId, position, count) {
      figuresOf = new Map();
      stderr.write(`Trial ${position} of ${count}: ${trialId}\n`);
    },
    waiting: what => void stderr.write(`  waiting for ${what}\n`),
    trialEvent(_trialId, event) {
      if (event.kind === 'trial') phases = plan && planOf(plan, event).phases;
      if (event.kind === 'tried' && event.first.status === 'unsettled') {
        stderr.write(`  ${unsettledText(event.first)}\n`);
      }
      if (event.kind === 'phases') for (const figures of event.phases) figuresOf.set(figures.phase, figures);
      if (event.kind !== 'exit') return;
      finishTrial();
      const end = endOf(event);
      if (end !== '') stderr.write(`  process ${end}\n`);
    },
    end() {},
  };
};
