// What is seen of a run while it runs: a live line on a terminal, a line per phase elsewhere.
import {createLogUpdate} from 'log-update';
import type {PhaseFigures, TrialEvent} from '../model/event.ts';
import type {Plan} from '../model/plan.ts';
import type {RunRecord} from '../model/run.ts';
import type {RunObserver} from '../run/run-scenario.ts';
import {colours} from './colours.ts';
import type {World} from './world.ts';

const redrawEveryMs = 200;

type Current = {
  readonly trialId: string;
  readonly label: string;
  phase: number | null;
  sinceMs: number;
  readonly figures: Map<number, PhaseFigures>;
};

export type Progress = RunObserver & {readonly end: () => void};

export const quietProgress: Progress = {runStarted() {}, trialStarted() {}, trialEvent() {}, end() {}};

const failedOf = ({outcomes}: PhaseFigures): number =>
  outcomes.failed + outcomes.unknown + outcomes.rejected + outcomes.wrong;

export const createProgress = (world: World): Progress =>
  world.stderr.isTTY === true && world.env['TERM'] !== 'dumb' ? liveProgress(world) : plainProgress(world);

const countsOf = (figures: PhaseFigures | undefined): string =>
  figures
    ? `${figures.outcomes.ok} ok · ${failedOf(figures)} failed · ${figures.outcomes.hung} hung${figures.dropped > 0 ? ` · ${figures.dropped} dropped` : ''}`
    : '';

const endOf = (event: Extract<TrialEvent, {kind: 'exit'}>): string => {
  const {exitCode, signal, killedFor} = event.exit;
  if (killedFor === null && exitCode === 0) return '';
  return killedFor ?? (signal === null ? `exit code ${exitCode}` : signal);
};

/** A line when a trial starts, one when a phase's operations are accounted for, one when the process ends badly. */
const plainProgress = ({stderr}: World): Progress => {
  let plan: Plan | null = null;
  let current: Current | null = null;
  const finishTrial = (): void => {
    for (const figures of current?.figures.values() ?? []) {
      const name = plan?.phases[figures.phase]?.name ?? '';
      stderr.write(`  ${name.padEnd(12)} ${countsOf(figures)}\n`);
    }
  };
  return {
    runStarted(record, folder) {
      plan = record.plan;
      stderr.write(startText(record, folder));
    },
    trialStarted(trialId, position, count) {
      current = {trialId, label: '', phase: null, sinceMs: 0, figures: new Map()};
      stderr.write(`trial ${trialId} (${position} of ${count})\n`);
    },
    trialEvent(_trialId, event) {
      if (event.kind === 'phases')
        for (const figures of event.phases) current?.figures.set(figures.phase, figures);
      if (event.kind !== 'exit') return;
      finishTrial();
      const end = endOf(event);
      if (end !== '') stderr.write(`  ended: ${end}\n`);
    },
    end() {},
  };
};

const startText = (record: RunRecord, folder: string): string =>
  `scenario ${record.plan.name} · seed ${record.seed} · injector ${record.environment.injector}\ndata ${folder}\n`;

const liveProgress = (world: World): Progress => {
  const {bold, dim, green, yellow, red} = colours(world, world.stderr);
  const line = createLogUpdate(world.stderr as NodeJS.WriteStream);
  let plan: Plan | null = null;
  let current: Current | null = null;
  const draw = (): void => {
    if (!plan) line(dim('reading the scenario'));
    if (!current || !plan) return;
    const {phase: index, figures, label, sinceMs} = current;
    if (index === null) {
      line(`${bold(label)} ${dim('starting')}`);
      return;
    }
    const phase = plan.phases[index];
    const now = figures.get(index);
    const elapsedMs = performance.now() - sinceMs;
    const leftS = phase ? Math.max(0, Math.ceil((phase.durationMs - elapsedMs) / 1000)) : 0;
    const rate = now && elapsedMs > 0 ? Math.round((now.started * 1000) / elapsedMs) : 0;
    const name = phase ? phase.name : 'drain';
    const paintName = phase?.role === 'fault' ? yellow : green;
    const hung = now?.outcomes.hung ?? 0;
    const failed = now ? failedOf(now) : 0;
    line(
      [
        `${bold(label)} ${paintName(name.padEnd(10))} ${phase ? `${leftS} s left` : ''}`,
        `${rate}/s`,
        `${now?.outcomes.ok ?? 0} ok`,
        failed > 0 ? yellow(`${failed} failed`) : '0 failed',
        hung > 0 ? red(`${hung} hung`) : '0 hung',
      ].join(dim('  ·  ')),
    );
  };
  const timer = setInterval(draw, redrawEveryMs);
  return {
    runStarted(record, folder) {
      plan = record.plan;
      line.clear();
      world.stderr.write(dim(startText(record, folder)));
    },
    trialStarted(trialId, position, count) {
      current = {
        trialId,
        label: `${trialId} (${position}/${count})`,
        phase: null,
        sinceMs: 0,
        figures: new Map(),
      };
    },
    trialEvent(_trialId, event) {
      if (!current || !plan) return;
      switch (event.kind) {
        case 'phases':
          for (const figures of event.phases) current.figures.set(figures.phase, figures);
          break;
        case 'edge':
          current.phase = event.edge.phase;
          current.sinceMs = performance.now();
          break;
        case 'load-ended':
          current.phase = plan.phases.length;
          break;
        case 'exit': {
          const end = endOf(event);
          line(trialText(plan, current, end === '' ? '' : red(`  ended: ${end}`)));
          line.done();
          current = null;
          break;
        }
      }
    },
    end() {
      clearInterval(timer);
      line.done();
    },
  };
};

/** What stays on the screen of a trial that is over. */
const trialText = (plan: Plan, {label, figures}: Current, end: string): string =>
  [
    `${label}${end}`,
    ...[...figures.values()].map(
      phase => `  ${(plan.phases[phase.phase]?.name ?? '').padEnd(12)} ${countsOf(phase)}`,
    ),
  ].join('\n');
