// The scenario's own code outside of the load: it is told its own names, its errors are its own, and what it sends by the
// channels of its processes disturbs nobody.
import test from 'ava';
import type {Plan, Variant} from '../../src/model/plan.ts';
import {renderTerminalSummary} from '../../src/report/formats/terminal-summary.ts';
import {reopenRun} from '../../src/run/reopen.ts';
import {runOnce} from '../helpers/run-once.ts';
import {sharedRun} from '../helpers/shared-run.ts';

/** As `--against` does it: the same variant under a name that the scenario does not know. */
const renamed = (plan: Plan): Plan => {
  const variants = plan.variants.map(
    (variant): Variant => ({...variant, name: `other-${variant.name}`, madeOf: variant.name}),
  );
  return {...plan, variants: variants as unknown as Plan['variants']};
};

const ran = sharedRun(t => runOnce(t, 'hooks', {reshape: renamed}));

test('open, prepare and verify are told the name that the scenario knows', t => {
  const {trial, judgement} = ran().trial('other-well');
  t.like(trial.end, {kind: 'completed', close: 'resolved'});
  t.truthy(trial.verified);
  t.deepEqual(trial.hookFailures, []);
  t.false(judgement.gates.some(({name}) => name.startsWith('verify')));
});

test('messages that are not ours are ignored, counted, and told', t => {
  const {trial, judgement} = ran().trial('other-well');
  t.true(trial.driver.outcomes.length > 0);
  t.deepEqual(trial.troubles, []);
  const counts = Object.fromEntries(trial.foreignMessages.map(({process, count}) => [process, count]));
  t.is(counts['prepare'], 7);
  t.is(counts['verify'], 7);
  const [started] = judgement.phases.map(phase => phase.started);
  // Besides those of open(), and of the operation that is tried before the load.
  t.is(counts['subject'], 7 * (started! + 2));
  t.true(
    ran()
      .reportOf('other-well')
      .includes(`sent ${counts['subject']!.toLocaleString('en')} messages with`),
  );
});

test('what verify() throws is its own error, with file, line and stack', t => {
  const {trial, judgement} = ran().trial('other-throws');
  t.deepEqual(trial.troubles, []);
  const gate = judgement.gates.find(({name}) => name === 'verify-failed');
  t.regex(
    gate!.reason,
    /^verify\(\) of the scenario failed at hooks\.ts:\d+: Error: relation "orders" does not exist\.$/,
  );
  t.regex(gate!.stack![0]!, /^at .*verify \(hooks\.ts:\d+\)$/);
  for (const text of [ran().reportOf('other-throws'), renderTerminalSummary(ran().run, 'report.md')]) {
    t.regex(text, /failed at hooks\.ts:\d+: Error: relation "orders" does not exist/);
    t.regex(text, /^\s*at .*verify \(hooks\.ts:\d+\)$/m);
    t.notRegex(text, /defect of foulweather/);
  }
  t.is(judgement.verdict, 'inconclusive');
});

test('a process of verify() that dies is told apart from one that throws', t => {
  const {gates} = ran().trial('other-dies').judgement;
  const gate = gates.find(({name}) => name === 'verify-failed');
  t.regex(
    gate!.reason,
    /^The process of the scenario's verify\(\) ended early \(exit code 1\) at hooks\.ts:\d+: Error: no connection to the server\.$/,
  );
  t.regex(gate!.stack![0]!, /^at Immediate.* \(hooks\.ts:\d+\)$/);
});

test('the saved run says the same', async t => {
  const reopened = await reopenRun(ran().folder);
  t.deepEqual(
    reopened.trials.map(({hookFailures, foreignMessages}) => ({hookFailures, foreignMessages})),
    ran().run.trials.map(({hookFailures, foreignMessages}) => ({hookFailures, foreignMessages})),
  );
  t.deepEqual(reopened.judgement.verdict, ran().run.judgement.verdict);
});
