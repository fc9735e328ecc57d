// One sentence for each kind of run, literally.
import test from 'ava';
import type {Finding, SymptomId} from '../../../src/model/finding.ts';
import type {GoalResult, Verdict} from '../../../src/model/goal.ts';
import type {Gate, JudgedRun, PhaseSummary, RunRecord, TrialJudgement} from '../../../src/model/run.ts';
import type {SubjectEnd} from '../../../src/model/trial.ts';
import {headlineOf} from '../../../src/report/case-study/headline.ts';
import {runStory} from '../../../src/report/case-study/run-story.ts';
import {redactRun} from '../../../src/report/redact.ts';
import {judgedRun, type Options} from '../../helpers/judged-run.ts';

/** What is judged of each trial of a variant. */
type Judged = {
  readonly findings?: {readonly [symptom in SymptomId]?: Finding['verdict']};
  /** Of those that are present: the others fail. */
  readonly warned?: readonly SymptomId[];
  /** In each of the seven phases. */
  readonly hung?: number;
  readonly late?: number;
  readonly wrong?: number;
  /** In each phase but the first, in which they were not counted. */
  readonly duplicates?: number;
  readonly goodputPerSecond?: number;
  /** The trial's process was gone before the first phase. */
  readonly withoutPhases?: boolean;
  readonly end?: SubjectEnd;
  readonly goals?: readonly Verdict[];
  readonly gates?: readonly Gate[];
};

const allClear: NonNullable<Judged['findings']> = {'hung-operation': 'clear', 'slow-recovery': 'clear'};

type Run = {
  readonly options?: Options;
  readonly status?: RunRecord['status'];
  readonly verdict?: Verdict;
  readonly gates?: readonly Gate[];
  readonly defaults?: Judged;
  readonly bounded?: Judged;
};

const findingOf = (
  symptom: SymptomId,
  verdict: Finding['verdict'],
  warned: readonly SymptomId[],
): Finding => {
  if (verdict === 'clear') return {symptom, verdict};
  if (verdict === 'inconclusive') return {symptom, verdict, reason: 'not looked at'};
  const evidence = {
    phase: 'stall',
    witness: 'driver',
    statement: 'So it was.',
    value: 1,
    threshold: 0,
    unit: 'count',
    count: 1,
    operations: [],
  } as const;
  const severity = warned.includes(symptom) ? 'warn' : 'fail';
  return {symptom, verdict, severity, phase: 'stall', evidence: [evidence]};
};

const goalOf = (verdict: Verdict, index: number): GoalResult => ({
  phase: `phase ${index}`,
  metric: 'hungCount',
  limit: {max: 0},
  verdict,
  value: 0,
  count: 1,
  reason: null,
});

const phaseOf = (phase: PhaseSummary, index: number, judged: Judged): PhaseSummary => ({
  ...phase,
  outcomes: {...phase.outcomes, hung: judged.hung ?? 0, wrong: judged.wrong ?? 0},
  overrun: judged.late ?? 0,
  duplicateCount: index === 0 ? null : (judged.duplicates ?? 0),
  goodputPerSecond: judged.goodputPerSecond ?? 100,
});

const judgementOf = (trial: TrialJudgement, judged: Judged): TrialJudgement => ({
  ...trial,
  findings: Object.entries(judged.findings ?? allClear).map(([symptom, verdict]) =>
    findingOf(symptom as SymptomId, verdict, judged.warned ?? []),
  ),
  phases: judged.withoutPhases ? [] : trial.phases.map((phase, index) => phaseOf(phase, index, judged)),
  goals: (judged.goals ?? ['met', 'met']).map(goalOf),
  gates: judged.gates ?? [],
});

const runOf = ({options, status = 'complete', verdict = 'met', gates = [], ...variants}: Run): JudgedRun => {
  const run = judgedRun(options);
  const judgedOf = (variant: string): Judged => variants[variant as 'defaults' | 'bounded'] ?? {};
  return {
    record: {...run.record, status},
    trials: run.trials.map(trial => ({...trial, end: judgedOf(trial.variant).end ?? trial.end})),
    judgement: {
      ...run.judgement,
      verdict,
      gates,
      trials: run.judgement.trials.map(trial => judgementOf(trial, judgedOf(trial.variant))),
    },
  };
};

const reads = test.macro({
  title: (_title, sentence: string) => sentence,
  exec(t, sentence: string, run: Run) {
    t.is(headlineOf(runStory(redactRun(runOf(run)))), `undici-stall: ${sentence}`);
  },
});

// One variant: what it does.
const alone = (defaults: Judged, options: Options = {}): Run => ({
  options: {oneVariant: true, ...options},
  defaults,
});
const hung = {'hung-operation': 'present'} as const;

test(reads, 'defaults shows none of 2 symptoms; both goals met', alone({}));
test(
  reads,
  'defaults could not be judged for any symptom; goal met',
  alone({findings: {'hung-operation': 'inconclusive'}, goals: ['met']}),
);
test(reads, 'defaults shows hung operations (1,400); both goals met', alone({findings: hung, hung: 200}));
test(reads, 'defaults shows hung operations; both goals met', alone({findings: hung}));
test(
  reads,
  'defaults shows hung operations; no goals set',
  alone({findings: hung, hung: 200, withoutPhases: true, goals: []}),
);
test(
  reads,
  'defaults shows hung operations (14), late operations (7) and slow recovery; both goals met',
  alone({
    findings: {'slow-recovery': 'present', ...hung, 'deadline-overrun': 'present', 'no-jitter': 'clear'},
    hung: 2,
    late: 1,
  }),
);
test(
  reads,
  'defaults shows hung operations (14), late operations and 2 more symptoms; both goals met',
  alone({
    findings: {
      'slow-recovery': 'present',
      ...hung,
      'deadline-overrun': 'present',
      'retry-amplification': 'present',
    },
    hung: 2,
  }),
);
const crashed = (outOfMemory: boolean): SubjectEnd => ({
  kind: 'crashed',
  exitCode: null,
  signal: 'SIGABRT',
  outOfMemory,
  error: null,
});
test(
  reads,
  'defaults crashes in 2 of 2 trials and shows slow recovery; both goals met',
  alone(
    {findings: {'slow-recovery': 'present', 'process-crash': 'present'}, end: crashed(false)},
    {trialsPerVariant: 2},
  ),
);
test(
  reads,
  'defaults runs out of memory and shows slow recovery; both goals met',
  alone({findings: {'slow-recovery': 'present', 'out-of-memory': 'present'}, end: crashed(true)}),
);
test(
  reads,
  'defaults stops responding and shows none of 2 symptoms; both goals met',
  alone({end: {kind: 'unresponsive'}}),
);

test(
  reads,
  'defaults shows duplicated effects (12); both goals met',
  alone({findings: {'duplicate-effect': 'present'}, duplicates: 2}),
);
test(
  reads,
  'defaults shows none of 1 symptom (1 not judged); both goals met',
  alone({findings: {'hung-operation': 'clear', 'slow-recovery': 'inconclusive'}}),
);

// Goals.
test(
  reads,
  'defaults shows none of 2 symptoms; 1 of 3 goals missed',
  alone({goals: ['met', 'missed', 'inconclusive']}),
);
test(
  reads,
  'defaults shows none of 2 symptoms; 1 of 2 goals not evaluated',
  alone({goals: ['met', 'inconclusive']}),
);
test(reads, 'defaults shows none of 2 symptoms; goal missed', alone({goals: ['missed']}));

// Baseline and candidate: what changed.
test(reads, 'bounded shows none of 2 symptoms, as before; both goals met (1 trial each)', {});
test(reads, 'with bounded, hung operations drop from 14 to 0; both goals met (1 trial each)', {
  defaults: {findings: hung, hung: 2},
});
test(reads, 'with bounded, hung operations rise from 14 to 21; both goals met (1 trial each)', {
  defaults: {findings: hung, hung: 2},
  bounded: {findings: hung, hung: 3},
});
test(reads, 'with bounded, still hung operations; both goals met (1 trial each)', {
  defaults: {findings: hung, hung: 2},
  bounded: {findings: hung, hung: 3, withoutPhases: true},
});
test(reads, 'with bounded, new: late operations (7); both goals met (1 trial each)', {
  bounded: {findings: {'deadline-overrun': 'present'}, late: 1},
});
test(
  reads,
  'with bounded, the process stops responding; hung operations drop from 14 to 0; still slow recovery; 1 of 2 goals missed (1 trial each). Trade-off: retry amplification',
  {
    defaults: {findings: {...hung, 'slow-recovery': 'present'}, hung: 2},
    bounded: {
      findings: {'hung-operation': 'clear', 'slow-recovery': 'present', 'retry-amplification': 'present'},
      end: {kind: 'unresponsive'},
      goals: ['met', 'missed'],
    },
  },
);
test(
  reads,
  'with bounded, hung operations (14 before) could not be judged; new: retry amplification; both goals met (1 trial each)',
  {
    // Whether hung operations are gone is not known.
    defaults: {findings: hung, hung: 2},
    bounded: {findings: {'hung-operation': 'inconclusive', 'retry-amplification': 'present'}},
  },
);

test(reads, 'with bounded, slow recovery could not be judged; both goals met (1 trial each)', {
  defaults: {findings: {'slow-recovery': 'present'}},
  bounded: {findings: {'slow-recovery': 'inconclusive'}},
});

// Goodput, of five pairs that are all alike, so that the interval is as narrow as can be.
const goodput = (after: number, before: Judged = {}): Run => ({
  options: {trialsPerVariant: 5},
  defaults: {...before, goodputPerSecond: 100},
  bounded: {goodputPerSecond: after},
});
test(
  reads,
  'with bounded, goodput is 1.10× that of defaults (95% interval 1.10–1.10, n = 5 pairs); both goals met',
  goodput(110),
);
test(
  reads,
  'with bounded, goodput is 0.900× that of defaults (95% interval 0.900–0.900, n = 5 pairs); both goals met',
  goodput(90),
);
test(
  reads,
  'with bounded, goodput is 2.00× that of defaults before its process ended (95% interval 2.00–2.00, n = 5 pairs); both goals met',
  goodput(200, {end: crashed(false)}),
);

const saysNothingOfGoodput = test.macro({
  title: (_title, after: number) => `nothing is said of ${after} % of the goodput`,
  exec(t, after: number) {
    t.is(
      headlineOf(runStory(redactRun(runOf(goodput(after))))),
      'undici-stall: bounded shows none of 2 symptoms, as before; both goals met',
    );
  },
});
test(saysNothingOfGoodput, 109);
test(saysNothingOfGoodput, 91);

// Runs that conclude nothing.
const gate = (reason: string): Gate => ({name: 'fault-without-effect', reason, advice: 'Raise the load.'});
test(reads, 'not finished, so nothing can be concluded', {status: 'running'});
test(reads, 'interrupted, so only part of it was observed', {status: 'interrupted'});
test(reads, 'the run was aborted, so nothing can be concluded', {status: 'failed'});
test(reads, 'inconclusive: the machine was busy. Twice', {
  verdict: 'inconclusive',
  gates: [gate('the machine was busy. Twice.'), gate('another.')],
  bounded: {gates: [gate('refuse hit nothing.')]},
});
test(reads, 'inconclusive for bounded: refuse hit nothing', {
  verdict: 'inconclusive',
  defaults: {gates: [gate('of no concern.')]},
  bounded: {gates: [gate('refuse hit nothing.'), gate('another.')]},
});
test(reads, 'bounded shows none of 2 symptoms, as before; goal not evaluated (1 trial each)', {
  verdict: 'inconclusive',
  bounded: {goals: ['inconclusive']},
});
test(reads, 'bounded shows none of 2 symptoms, as before; goal missed (1 trial each)', {
  verdict: 'missed',
  gates: [gate('of no concern here.')],
  bounded: {goals: ['missed'], gates: [gate('of no concern here.')]},
});

// What happened once in one trial.
const dead = {
  findings: {'process-crash': 'present', 'hung-operation': 'clear'},
  end: crashed(false),
} as const;
const alive = {findings: {'process-crash': 'clear', 'hung-operation': 'clear'}} as const;
test(reads, 'with bounded, no crashes; both goals met (1 trial each)', {
  defaults: dead,
  bounded: alive,
});
test(reads, 'with bounded, hung operations drop from 14 to 0; both goals met', {
  options: {trialsPerVariant: 2},
  defaults: {findings: hung, hung: 2},
});
test(reads, 'with bounded, no crashes in 2 trials; both goals met', {
  options: {trialsPerVariant: 2},
  defaults: dead,
  bounded: alive,
});
test(reads, 'with bounded, no more crashes; both goals met', {
  options: {trialsPerVariant: 3},
  defaults: dead,
  bounded: alive,
});
test(reads, 'bounded shows none of 1 symptom (1 not judged); both goals met (1 trial each)', {
  defaults: {findings: {'no-default-timeout': 'present', 'hung-operation': 'clear'}},
  bounded: {findings: {'no-default-timeout': 'inconclusive', 'hung-operation': 'clear'}},
});

// Numbers of both, and the limits of what is named.
test(reads, 'with bounded, hung operations stay at 14; both goals met (1 trial each)', {
  defaults: {findings: hung, hung: 2},
  bounded: {findings: hung, hung: 2},
});
test(reads, 'with bounded, still hung operations (14); both goals met (1 trial each)', {
  defaults: {findings: hung},
  bounded: {findings: hung, hung: 2},
});
test(reads, 'with bounded, no hung operations; both goals met (1 trial each)', {
  defaults: {findings: hung},
});
const four = {
  ...hung,
  'deadline-overrun': 'present',
  'duplicate-effect': 'present',
  'crossed-response': 'present',
} as const;
const fourCounts = {hung: 1, late: 1, wrong: 1, duplicates: 1};
test(
  reads,
  'with bounded, duplicated effects drop from 6 to 0; crossed responses drop from 7 to 0; hung operations drop from 7 to 0; no late operations; both goals met (1 trial each)',
  {
    defaults: {findings: four, ...fourCounts},
    bounded: {findings: Object.fromEntries(Object.keys(four).map(symptom => [symptom, 'clear']))},
  },
);
test(
  reads,
  'with bounded, duplicated effects stay at 6; crossed responses stay at 7; hung operations stay at 7; still late operations (7); both goals met (1 trial each)',
  {defaults: {findings: four, ...fourCounts}, bounded: {findings: four, ...fourCounts}},
);
test(reads, 'with bounded, no more slow recovery; both goals met', {
  options: {trialsPerVariant: 2},
  defaults: {findings: {'slow-recovery': 'present'}},
});
test(reads, 'with bounded, no more slow recovery or retry amplification; both goals met', {
  options: {trialsPerVariant: 2},
  defaults: {findings: {'slow-recovery': 'present', 'retry-amplification': 'present'}},
  bounded: {findings: {'slow-recovery': 'clear', 'retry-amplification': 'clear'}},
});
test(
  reads,
  'with bounded, goodput is 1.50× that of defaults (95% interval 1.50–1.50, n = 5 pairs); both goals met. Trade-off: slow recovery',
  {...goodput(150), bounded: {goodputPerSecond: 150, findings: {'slow-recovery': 'present'}}},
);
test(reads, 'with bounded, new: slow recovery; both goals met', {
  ...goodput(100),
  bounded: {goodputPerSecond: 100, findings: {'slow-recovery': 'present'}},
});
test(
  reads,
  'defaults shows hung operations, late operations and slow recovery; fails because of hung operations and slow recovery',
  {
    ...alone({
      findings: {'slow-recovery': 'present', 'deadline-overrun': 'present', ...hung},
      warned: ['deadline-overrun'],
    }),
    verdict: 'missed',
  },
);
test(reads, 'defaults shows hung operations (7); both goals met', {
  ...alone({findings: hung, hung: 1, warned: ['hung-operation']}),
  verdict: 'missed',
});
test(reads, 'defaults shows hung operations; 1 of 2 goals missed', {
  ...alone({findings: hung, goals: ['met', 'missed']}),
  verdict: 'missed',
});
test(
  reads,
  'defaults crashes; both goals met',
  alone({findings: {'process-crash': 'present'}, end: crashed(false)}),
);
