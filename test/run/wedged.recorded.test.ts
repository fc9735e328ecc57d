// Clients that do not come back, and consumers that get nothing any more, each beside a healthy twin.

import test, {type ExecutionContext} from 'ava';
import type {Finding, SymptomId} from '../../src/model/finding.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {TrialJudgement} from '../../src/model/run.ts';
import {renderReport} from '../../src/report/report.ts';
import {isClear} from '../helpers/machine-doubt.ts';
import {recordedRun, runsMode} from '../helpers/recorded-run.ts';
import {reportText} from '../helpers/report-text.ts';
import {fixture} from '../helpers/run-folders.ts';
import type {JudgedOnce} from '../helpers/run-once.ts';

const findingOf = ({findings}: TrialJudgement, symptom: SymptomId): Finding =>
  findings.find(finding => finding.symptom === symptom)!;

const isHealthy = (t: ExecutionContext, judgement: TrialJudgement, symptom: SymptomId): void => {
  if (runsMode === 'live') isClear(t, judgement, symptom);
  else t.is(findingOf(judgement, symptom).verdict, 'clear', symptom);
};

const phaseNames = ['warm-up', 'baseline', 'reset', 'after-reset', 'refused', 'recovery'];

const partsOf = ({run}: JudgedOnce, variant: string) =>
  run.trials
    .filter(trial => trial.variant === variant)
    .map(({id, cut, plan}) => ({id, cut, phases: plan.phases.map(({name}) => name)}));

test('a storm goes on with a fresh subject where one is wedged, or has died', async t => {
  t.timeout(300_000);
  const ran = await recordedRun(t, 'wedging');
  t.deepEqual(partsOf(ran, 'wedged'), [
    {id: 'wedged-1', cut: 'wedged', phases: ['warm-up', 'baseline', 'reset', 'after-reset']},
    {id: 'wedged-1-part2', cut: null, phases: ['warm-up', 'baseline', 'refused', 'recovery']},
  ]);
  t.deepEqual(partsOf(ran, 'dying'), [
    {id: 'dying-1', cut: 'died', phases: ['warm-up', 'baseline', 'reset']},
    {id: 'dying-1-part2', cut: null, phases: ['warm-up', 'baseline', 'refused', 'recovery']},
  ]);
  t.deepEqual(partsOf(ran, 'healthy'), [{id: 'healthy-1', cut: null, phases: phaseNames}]);

  const {judgement: wedged} = ran.trial('wedged');
  t.deepEqual(
    wedged.phases.map(({phase}) => phase),
    phaseNames,
    'one row for each phase of the storm',
  );
  t.true(wedged.phases.find(({phase}) => phase === 'after-reset')!.durationMs > 4000, 'it was prolonged');
  const finding = findingOf(wedged, 'wedged-client');
  t.like(finding, {verdict: 'present', severity: 'fail', phase: 'reset'});
  t.deepEqual(
    finding.verdict === 'present' && finding.evidence.map(({phase}) => phase),
    ['reset', 'refused'],
    'each fault has it by itself',
  );
  t.deepEqual(
    wedged.gates.filter(({name}) => name.startsWith('fault-')),
    [],
  );
  t.is(
    wedged.account.started,
    wedged.phases.reduce((sum, {started}) => sum + started, 0),
  );

  const dying = findingOf(ran.trial('dying').judgement, 'process-crash');
  t.is(dying.verdict === 'present' && dying.evidence.length, 2, 'both processes died');

  const {judgement: healthy} = ran.trial('healthy');
  for (const symptom of ['wedged-client', 'silent-consumer', 'process-crash'] as const) {
    isHealthy(t, healthy, symptom);
  }
  const {durationMs} = healthy.phases.find(({phase}) => phase === 'after-reset')!;
  t.true(durationMs < 8500, 'it came back before the longest time');

  const report = reportText(renderReport(ran.run)).replaceAll('\u00A0', ' ');
  t.regex(
    report,
    /the client was wedged by the end of after-reset; .*a fresh process met the remaining faults/,
  );
});

const closed = (plan: Plan): Plan => ({
  ...plan,
  load: {model: 'closed', concurrency: 5},
  phases: plan.phases
    .slice(0, 4)
    .map(({prolongedToMs: _, ...phase}) =>
      phase.role === 'recovery' ? {...phase, durationMs: 6000} : phase,
    ) as unknown as Plan['phases'],
});

test('a closed load whose callers all hang shows that the client is wedged', async t => {
  t.timeout(300_000);
  const ran = await recordedRun(t, 'wedging-closed', {
    scenarioFile: fixture('wedging'),
    variants: ['wedged', 'healthy'],
    reshape: closed,
  });
  const {trial, judgement} = ran.trial('wedged');
  t.is(trial.cut, null, 'there is nothing left to try');
  for (const symptom of ['wedged-client', 'silent-consumer'] as const) {
    t.like(findingOf(judgement, symptom), {verdict: 'present', phase: 'reset'});
    isHealthy(t, ran.trial('healthy').judgement, symptom);
  }
});

test('a consumer that gets nothing is seen by what stays in its queue', async t => {
  t.timeout(300_000);
  const ran = await recordedRun(t, 'consuming');
  const {judgement: dead} = ran.trial('dead');
  const finding = findingOf(dead, 'silent-consumer');
  t.like(finding, {verdict: 'present', severity: 'fail', phase: 'reset'});
  t.regex(
    finding.verdict === 'present' ? finding.evidence[0].statement : '',
    /messages are still in its queue\.$/,
  );
  const verdicts = ({goals}: TrialJudgement) => goals.map(({metric, verdict}) => `${metric} ${verdict}`);
  t.deepEqual(verdicts(dead), ['deliveriesPerSecond missed', 'deliveredRatio missed', 'backlogCount missed']);

  const {judgement: healthy} = ran.trial('healthy');
  isHealthy(t, healthy, 'silent-consumer');
  isHealthy(t, healthy, 'lost-acknowledged');
  t.deepEqual(verdicts(healthy), ['deliveriesPerSecond met', 'deliveredRatio met', 'backlogCount met']);
});
