// One operation is tried before the load, and faults begin when their phase has.
import test from 'ava';
import type {TrialEvent} from '../../src/model/event.ts';
import {renderTerminalSummary} from '../../src/report/formats/terminal-summary.ts';
import {runOnce} from '../helpers/run-once.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const ran = sharedRun(t => runOnce(t, 'starting'));

const eventOf = <Kind extends TrialEvent['kind']>(
  variant: string,
  kind: Kind,
): Extract<TrialEvent, {kind: Kind}> | undefined =>
  ran()
    .events.get(`${variant}-1`)
    ?.find((event): event is Extract<TrialEvent, {kind: Kind}> => event.kind === kind);

test('a perform() that throws stops its trial within seconds, with the line of the scenario', t => {
  const {trial, judgement} = ran().trial('throws');
  t.like(trial.end, {kind: 'first-operation-failed', triedCount: 3, error: {name: 'TypeError'}});
  t.deepEqual(trial.edges, []);
  t.true((eventOf('throws', 'exit')?.exit.atMs ?? Number.POSITIVE_INFINITY) < 30_000);
  t.is(judgement.verdict, 'inconclusive');
  const [gate] = judgement.gates;
  t.is(gate?.name, 'first-operation-failed');
  t.regex(gate?.stack?.[0] ?? '', /starting\.ts:\d+:\d+\)$/);
  const plan = {...trial.plan, variants: [{...trial.plan.variants[1]!}] as const};
  const alone = {
    record: {...ran().run.record, plan},
    trials: [{...trial, plan}],
    judgement: {...ran().run.judgement, verdict: judgement.verdict, candidate: 'throws', trials: [judgement]},
  };
  t.regex(
    renderTerminalSummary(alone, 'report.md'),
    /client\.foo is not a function\.\n {6}at Object\.perform \(scenarios\/starting\.ts:\d+:\d+\)\n {2}Fix perform\(\)/,
  );
});

test('a process that dies before the load is no result of the library', t => {
  const {trial, judgement} = ran().trial('dies');
  t.like(trial.end, {
    kind: 'crashed',
    exitCode: 1,
    error: {message: 'this version does not run on this Node'},
  });
  t.is(judgement.verdict, 'inconclusive');
  t.deepEqual(
    judgement.gates.map(({name}) => name),
    ['died-before-load'],
  );
  t.regex(judgement.gates[0]!.stack![0]!, /starting\.ts:\d+:\d+\)$/);
});

const begins = test.macro({
  title: (_, variant: string) => `the load begins with a client that ${variant.replaceAll('-', ' ')}`,
  exec(t, variant: string, status: 'answered' | 'unsettled', triedCount: number) {
    t.like(eventOf(variant, 'tried')?.first, {status, triedCount});
    const {trial} = ran().trial(variant);
    t.like(trial.end, {kind: 'completed'});
    t.is(trial.edges.length, 5);
    t.true(trial.driver.outcomes.length > 200);
    t.is(trial.firstUnsettled === null, status === 'answered');
  },
});

test(begins, 'works', 'answered', 1);
test(begins, 'connects-in-the-background', 'answered', 3);
test(begins, 'begins-slowly', 'answered', 1);
test(begins, 'never-answers-the-first', 'unsettled', 1);
test(begins, 'calls-thrice', 'answered', 1);
test(begins, 'says-no-at-first', 'answered', 1);

test('what is tried is in no account, in no ledger and in no trace of an operation', t => {
  for (const variant of ['works', 'connects-in-the-background', 'calls-thrice']) {
    const {trial, judgement} = ran().trial(variant);
    t.false(judgement.gates.some(({name}) => name === 'accounting-mismatch'));
    t.is(trial.ledger!.unattributedCount, 0);
    t.is(trial.ledger!.attempts[0], variant === 'calls-thrice' ? 3 : 1);
    const spans = Buffer.from(trial.telemetry!.spansPerOperation, 'base64');
    t.true((spans[0] ?? 0) <= (variant === 'calls-thrice' ? 3 : 1));
  }
});

test('no fault acts on what a calm phase counts', t => {
  for (const variant of ['works', 'connects-in-the-background', 'begins-slowly']) {
    const {trial, judgement} = ran().trial(variant);
    const {outcomes} = judgement.phases.find(({phase}) => phase === 'baseline')!;
    t.like(outcomes, {rejected: 0, wrong: 0, hung: 0}, variant);
    t.true(outcomes.ok > 20);
    const events = ran().events.get(trial.id) ?? [];
    const [enteredMs = 0] = events.flatMap(event =>
      event.kind === 'entered' && event.phase === 1 ? event.atMs : [],
    );
    t.true(enteredMs > 0);
    // What is under way when the phase of the faults begins may be hit by them, and nothing before; by clocks of two processes.
    const hitBefore = trial.driver.failures
      .flatMap(({examples}) => examples)
      .filter(({phase, startMs, durationMs}) => phase === 0 && startMs + durationMs < enteredMs - 2);
    t.deepEqual(hitBefore, [], variant);
  }
});

test('each phase is entered before its faults are put in place', t => {
  const events = ran().events.get('works-1') ?? [];
  const entered = events.flatMap(event => (event.kind === 'entered' ? event : []));
  const edges = events.flatMap(event => (event.kind === 'edge' ? event.edge : []));
  t.deepEqual(
    entered.map(({phase}) => phase),
    [0, 1, 2, 3, 4],
  );
  const {phases} = ran().trial('works').trial.plan;
  // Where there is no fault to come nobody waits for it.
  for (const {phase, afterMs} of edges.slice(1)) {
    if (phases[phase]!.faults.length > 0) t.true(entered[phase]!.atMs <= afterMs);
  }
});

test('a first operation that fails ends the run, where that is asked for', async t => {
  const {run} = await runOnce(t, 'starting', {variants: ['works', 'throws', 'dies'], withoutLoad: 'stop'});
  t.deepEqual(run.record.trialIds, ['works-1', 'throws-1']);
  t.is(run.record.status, 'complete');
  t.is(run.judgement.verdict, 'inconclusive');
  t.like(run.judgement.gates[0], {name: 'first-operation-failed'});
  t.regex(
    run.judgement.gates[0]!.reason,
    /^throws: The operation tried before the load failed 3 out of 3 times/,
  );
});

test('there is a load all the same, where that is asked for', async t => {
  const once = await runOnce(t, 'starting', {variants: ['throws'], withoutLoad: 'load'});
  const {trial} = once.trial('throws');
  t.like(trial.end, {kind: 'completed'});
  t.is(trial.edges.length, 5);
  t.true(trial.driver.outcomes.length > 200);
});
