// A trial while it runs, as a few lines: the phase, what is left of it, two small charts, outcomes, and what is wrong so far.
import type {Bin, PhaseFigures} from '../model/driver-witness.ts';
import type {TrialEvent} from '../model/event.ts';
import type {Plan} from '../model/plan.ts';
import type {SymptomId} from '../model/symptoms.ts';
import {longWaitMs} from '../model/with-timeout.ts';
import {count} from '../report/format.ts';
import type {Colours} from './colours.ts';
import {countsOf, failedOf, planOf} from './progress-words.ts';

const binsShown = 40;
/** Below this the latency chart is flat: one block is then about half a decade up to 10 s. */
const fastMs = 1;
const slowMs = 10_000;

/** The events that end a wait. */
const answers: readonly TrialEvent['kind'][] = [
  'loaded',
  'opened',
  'open-failed',
  'tried',
  'edge',
  'drained',
  'kept',
  'closed',
  'exit',
];

export class LiveTrial {
  #plan: Plan;
  readonly #label: string;
  readonly #now: () => number;
  readonly #figures = new Map<number, PhaseFigures>();
  /** By index: a bin is reported again when an operation of it settles. */
  readonly #bins = new Map<number, Bin>();
  #phase: number | null = null;
  #sinceMs = 0;
  /** What it has been waiting for, and since when; shown if the wait is long. */
  #waiting: {readonly what: string; readonly sinceMs: number} | null = null;

  constructor(plan: Plan, label: string, now: () => number) {
    this.#plan = plan;
    this.#label = label;
    this.#now = now;
  }

  waitFor(what: string): void {
    this.#waiting = {what, sinceMs: this.#now()};
  }

  add(event: TrialEvent): void {
    if (answers.includes(event.kind)) this.#waiting = null;
    switch (event.kind) {
      case 'trial':
        this.#plan = planOf(this.#plan, event);
        break;
      case 'phases':
        for (const figures of event.phases) this.#figures.set(figures.phase, figures);
        break;
      case 'bins':
        for (const bin of event.bins) this.#bins.set(bin.index, bin);
        break;
      case 'edge':
        this.#phase = event.edge.phase;
        this.#sinceMs = this.#now();
        break;
      case 'load-ended':
        this.#phase = this.#plan.phases.length;
        break;
    }
  }

  /** What is redrawn while it runs. */
  lines({bold, dim, green, yellow, red}: Colours): string[] {
    if (this.#waiting !== null) {
      const {what, sinceMs} = this.#waiting;
      const seconds = Math.round((this.#now() - sinceMs + longWaitMs) / 1000);
      return [`${bold(this.#label)} ${yellow(`waiting for ${what}`)} ${dim(`${seconds} s`)}`];
    }
    if (this.#phase === null) return [`${bold(this.#label)} ${dim('starting')}`];
    const phase = this.#plan.phases[this.#phase];
    const elapsedMs = this.#now() - this.#sinceMs;
    const leftS = phase ? Math.max(0, Math.ceil((phase.durationMs - elapsedMs) / 1000)) : 0;
    const left = leftS === 0 && phase?.prolongedToMs !== undefined ? 'not back yet' : `${leftS} s left`;
    const paint = phase?.role === 'fault' ? yellow : green;
    const now = this.#figures.get(this.#phase);
    const [failed, hung, dropped] = [now ? failedOf(now) : 0, now?.outcomes.hung ?? 0, now?.dropped ?? 0];
    const counts = [
      `${count(now?.outcomes.ok ?? 0)} ok`,
      failed > 0 ? yellow(`${count(failed)} failed`) : '0 failed',
      hung > 0 ? red(`${count(hung)} hung`) : '0 hung',
      ...(dropped > 0 ? [red(`${count(dropped)} not started`)] : []),
    ];
    const symptoms = this.#symptoms();
    return [
      `${bold(this.#label)} ${paint((phase?.name ?? 'drain').padEnd(10))} ${phase ? `${left}  ${counts.join(dim(' · '))}` : ''}`,
      ...this.#charts(dim),
      ...(symptoms.length > 0 ? [`  ${red('so far')} ${symptoms.join(dim(' · '))}`] : []),
    ];
  }

  /** What stays on the screen at the end. */
  finalText(end: string): string {
    return [
      `${this.#label}${end}`,
      ...[...this.#figures.values()].map(
        figures => `  ${(this.#plan.phases[figures.phase]?.name ?? '').padEnd(12)} ${countsOf(figures)}`,
      ),
    ].join('\n');
  }

  #charts(dim: (text: string) => string): string[] {
    const bins = [...this.#bins.values()].sort((a, b) => a.index - b.index).slice(-binsShown);
    const last = bins.at(-1);
    if (!last) return [];
    const rates = bins.map(bin => (bin.outcomes.ok * 1000) / bin.durationMs);
    const high = Math.max(1, ...bins.map(bin => (bin.started * 1000) / bin.durationMs));
    const logs = bins.map(({p99Ms}) => (p99Ms === null ? null : Math.log10(p99Ms)));
    const settled = bins.findLast(({p99Ms}) => p99Ms !== null);
    return [
      `  ${dim('ok/s'.padEnd(8))} ${sparkline(rates, {low: 0, high}).padEnd(binsShown)} ${Math.round(rates.at(-1) ?? 0)}/s`,
      `  ${dim('p99'.padEnd(8))} ${sparkline(logs, {low: Math.log10(fastMs), high: Math.log10(slowMs)}).padEnd(binsShown)} ${msText(settled?.p99Ms ?? null)}`,
    ];
  }

  /** Only what counts can show; the other symptoms are found at the end. */
  #symptoms(): string[] {
    const sum = (pick: (figures: PhaseFigures) => number): number =>
      [...this.#figures.values()].reduce((total, figures) => total + pick(figures), 0);
    const counted: readonly (readonly [SymptomId, number])[] = [
      ['hung-operation', sum(({outcomes}) => outcomes.hung)],
      ['deadline-overrun', sum(({overrun}) => overrun)],
      ['crossed-response', sum(({outcomes}) => outcomes.wrong)],
    ];
    return counted.filter(([, count]) => count > 0).map(([symptom, count]) => `${symptom} ${count}`);
  }
}

const msText = (ms: number | null): string => {
  if (ms === null) return '';
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
};

const blocks = '▁▂▃▄▅▆▇█';

/** A row of numbers from `low` to `high` as a row of blocks; null is a gap. Nothing but zeroes is a flat line. */
const sparkline = (
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
