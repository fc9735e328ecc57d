// Leaks that no single trial can show, and the pairs do.
import test from 'ava';
import type {JudgedRun} from '../../../src/model/run.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {progressOf} from '../../../src/report/case-study/progress.ts';
import {type RunStory, runStory} from '../../../src/report/case-study/run-story.ts';
import {smallLeaks} from '../../../src/report/case-study/small-leaks.ts';
import {redactRun} from '../../../src/report/redact.ts';
import {judgedRun} from '../../helpers/judged-run.ts';

const mib = 1024 * 1024;
const baselinePhase = judgedRun().record.plan.phases.findIndex(({role}) => role === 'baseline');

type Kept = {readonly [variant: string]: readonly number[]};

/** Memory that is kept after the load, in MiB, by variant and trial. */
const keeping = (kept: Kept, change: (trial: Trial) => Partial<Trial> = () => ({})): RunStory => {
  const count = Math.max(...Object.values(kept).map(({length}) => length));
  const run = judgedRun({trialsPerVariant: count});
  const trials = run.trials.map(trial => {
    const grownMib = kept[trial.variant]![trial.number - 1]!;
    const calm = {atMs: 4000, phase: baselinePhase, heapUsedBytes: 20 * mib, externalBytes: 0};
    const after = {atMs: 60_000, phase: null, heapUsedBytes: (20 + grownMib) * mib, externalBytes: 0};
    return {
      ...trial,
      heaps: [calm, after],
      injector: [],
      end: {kind: 'completed', close: 'resolved', error: null} as const,
      driver: {...trial.driver, drained: {atMs: 59_000, inFlight: 0}},
      ...change(trial),
    };
  });
  const judgement: JudgedRun['judgement'] = run.judgement;
  return runStory(redactRun({...run, trials, judgement}));
};

const tells = test.macro({
  title: (_title, kept: Kept) => JSON.stringify(kept),
  exec(t, kept: Kept, expected: readonly RegExp[]) {
    const leaks = smallLeaks(keeping(kept));
    t.is(leaks.length, expected.length, JSON.stringify(leaks));
    for (const [index, pattern] of expected.entries()) {
      t.regex(`${leaks[index]!.leaking}: ${leaks[index]!.statement}`, pattern);
    }
  },
});

test(tells, {defaults: [2, 2.2, 1.9], bounded: [0.1, 0.2, 0]}, [
  /^baseline: after the load, defaults still holds 2(\.0*)? MiB of memory .* bounded .* \(medians of 3 pairs; .*3 cycles would show whether .*$/,
]);
test(tells, {defaults: [0.1, 0.2, 0], bounded: [2, 2.2, 1.9]}, [
  /^candidate: after the load, bounded still holds /,
]);
// Two pairs are too few, a trial that overlaps is chance, and so is half a mebibyte.
test(tells, {defaults: [2, 2.2], bounded: [0.1, 0.2]}, []);
test(tells, {defaults: [2, 2.2, 0.6], bounded: [0.1, 0.7, 0]}, []);
test(tells, {defaults: [0.5, 0.5, 0.5], bounded: [0, 0, 0]}, []);
// What both keep is the harness's, or no difference.
test(tells, {defaults: [3, 3.1, 3.2], bounded: [2.9, 3, 3.1]}, []);

test('what the baseline leaks has got better, and what the candidate leaks has not', t => {
  const textOf = (texts: readonly unknown[]): string => JSON.stringify(texts);
  const better = progressOf(keeping({defaults: [2, 2, 2], bounded: [0, 0, 0]}));
  t.regex(textOf(better.better), /leak below the detection limit/);
  const worse = progressOf(keeping({defaults: [0, 0, 0], bounded: [2, 2, 2]}));
  t.regex(textOf(worse.notBetter), /leak below the detection limit/);
});

test('operations that have not settled hold memory of their own', t => {
  const story = keeping({defaults: [2, 2, 2], bounded: [0, 0, 0]}, trial => ({
    driver: {...trial.driver, drained: {atMs: 59_000, inFlight: 1}},
  }));
  t.deepEqual(smallLeaks(story), []);
});

const rises = test.macro((t, sizesMib: readonly number[], count: number) => {
  const story = keeping({defaults: [2, 2, 2], bounded: [0, 0, 0]}, trial => {
    const [first, second] = trial.plan.phases.flatMap(({role}, index) =>
      role === 'recovery' ? [index] : [],
    );
    const at = (phase: number | null, sizeMib: number) => ({
      atMs: 0,
      phase,
      heapUsedBytes: sizeMib * mib,
      externalBytes: 0,
    });
    const isLeaking = trial.variant === 'defaults';
    return {
      heaps: [
        at(baselinePhase, 20),
        ...sizesMib.map(size => at(second ?? first ?? null, isLeaking ? size : 20)),
        at(null, isLeaking ? 22 : 20),
      ],
    };
  });
  const statement = smallLeaks(story)[0]?.statement ?? '';
  t.true(statement.endsWith(`; it kept growing with each fault in ${count} of 3 trials`), statement);
});

test('where there are cycles it says whether it kept rising', rises, [20.5, 21, 21.5], 3);
test('one dip hides no leak', rises, [20.3, 20.8, 20.7, 21.3, 21.8, 22], 3);
test('a rise that is none but noise is not told as one', rises, [21.9, 22, 22.01], 0);
