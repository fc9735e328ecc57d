// Every operation accounted for, or the run judges nothing.
import test from 'ava';
import type {PhaseFigures} from '../../../src/model/driver-witness.ts';
import type {TrialEvent} from '../../../src/model/event.ts';
import {outcomeCode} from '../../../src/model/outcome.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {accountGates, accountOf} from '../../../src/run/judge/accounts.ts';
import {judgeRun} from '../../../src/run/judge/judge.ts';
import {journalOf, type Story, trialOf} from '../../helpers/run-journal.ts';

const story: Story = {
  calm: {outcomes: {ok: 90, failed: 7, hung: 3}, dropped: 5},
  slow: {outcomes: {ok: 60, unknown: 20, rejected: 15, wrong: 5}},
};

const withFigures = (trial: Trial, change: Partial<PhaseFigures>): Trial => {
  const [calm, ...others] = trial.driver.phases;
  return {...trial, driver: {...trial.driver, phases: [{...calm!, ...change}, ...others]}};
};

const inFlight: TrialEvent = {kind: 'operations', fromIndex: 200, outcomes: 'AAA=', phases: 'AQE='};
const slowFigures = (change: Partial<PhaseFigures>): TrialEvent => {
  const told = journalOf(story).find(event => event.kind === 'phases');
  return {kind: 'phases', phases: [{...told!.phases[0]!, ...change}]};
};

test('a trial tells where every operation went, over all phases', t => {
  const trial = trialOf(story);
  t.deepEqual(accountGates(trial), []);
  t.deepEqual(accountOf(trial), {
    offered: 205,
    started: 200,
    dropped: 5,
    outcomes: {ok: 150, failed: 7, unknown: 20, rejected: 15, wrong: 5, hung: 3},
    inFlight: 0,
  });
});

test('what is still in flight is part of the sum', t => {
  const trial = trialOf({...story, more: [inFlight, slowFigures({offered: 102, started: 102})]});
  t.deepEqual(accountGates(trial), []);
  t.like(accountOf(trial), {started: 202, inFlight: 2});
});

const wrong: readonly (readonly [title: string, trial: Trial, statement: string])[] = [
  [
    'an operation that was neither started nor dropped',
    withFigures(trialOf(story), {offered: 106}),
    'in phase calm, 106 were offered, but 100 started and 5 dropped',
  ],
  [
    'more ends than starts',
    withFigures(trialOf({...story, cutAt: 'closed', exit: {exitCode: 1}}), {offered: 104, started: 99}),
    'in phase calm, 99 started, but 100 ended',
  ],
  [
    'an outcome that was counted and not noted',
    withFigures(trialOf(story), {outcomes: {ok: 91, failed: 6, unknown: 0, rejected: 0, wrong: 0, hung: 3}}),
    'in phase calm, 91 were counted as ok, but 90 recorded; in phase calm, 6 were counted as failed, but 7 recorded',
  ],
  [
    'an operation that was noted and not counted',
    trialOf({...story, more: [inFlight]}),
    'in phase slow, 0 were counted as in-flight, but 2 recorded',
  ],
  [
    'an operation of a phase without figures',
    trialOf({...story, more: [{kind: 'operations', fromIndex: 200, outcomes: 'AQ==', phases: 'Bw=='}]}),
    'in phase number 7, 0 were counted as ok, but 1 recorded',
  ],
];

for (const [title, trial, statement] of wrong) {
  test(`a run is inconclusive for ${title}`, t => {
    const [gate, ...others] = accountGates(trial);
    t.deepEqual(others, []);
    t.is(gate?.name, 'accounting-mismatch');
    t.is(gate?.reason, `Not every operation is accounted for: ${statement}.`);
    const judgement = judgeRun([trial], ['after']);
    t.is(judgement.verdict, 'inconclusive');
    t.true(judgement.trials[0]?.gates.some(({name}) => name === 'accounting-mismatch'));
  });
}

test('the last page of a book may be missing where a trial was cut short', t => {
  const cut = trialOf({...story, cutAt: 'closed', exit: {exitCode: 1}});
  const missing = outcomeCode('ok');
  const driver = {...cut.driver, outcomes: cut.driver.outcomes.map((code, index) => (index < 9 ? 0 : code))};
  t.is(cut.driver.outcomes[0], missing);
  t.deepEqual(accountGates({...cut, driver}), []);
  t.is(accountGates({...trialOf(story), driver}).length, 1);
});
