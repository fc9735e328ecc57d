// What is said of an error that came before the load.
import test from 'ava';
import type {ErrorFacts} from '../../../src/model/outcome.ts';
import type {Plan} from '../../../src/model/plan.ts';
import type {SubjectEnd} from '../../../src/model/trial.ts';
import {startGates} from '../../../src/run/judge/start-gates.ts';
import {trialWith} from '../../helpers/trial-believable.ts';

const error: ErrorFacts = {name: 'Error', code: 'E1', message: 'no', stack: ['at x'], causes: []};

const says = test.macro({
  title: (_title, end: SubjectEnd, reason: RegExp) => `${end.kind}: ${reason.source}`,
  exec(t, end: SubjectEnd, reason: RegExp, advice: RegExp, target: Plan['target'] = trialWith().plan.target) {
    const [gate, ...others] = startGates(trialWith({end, edges: [], plan: {target}}));
    t.deepEqual(others, []);
    t.regex(gate!.reason, reason);
    t.regex(gate!.advice, advice);
    t.deepEqual(gate!.stack, 'error' in end && end.error ? end.error.stack : undefined);
  },
});
const failed = (changes: Partial<ErrorFacts>): SubjectEnd => ({
  kind: 'open-failed',
  error: {...error, ...changes},
});
test(says, failed({}), /tested: Error: E1: no\.$/, /open\(\)/);
test(says, failed({code: null}), /tested: Error: no\.$/, /open\(\)/);
test(says, failed({message: ''}), /tested: Error: E1\.$/, /open\(\)/);
test(says, failed({message: 'What?'}), /tested: Error: E1: What\?$/, /open\(\)/);
test(says, failed({message: 'a \n  b'}), /tested: Error: E1: a b\.$/, /open\(\)/);
test(says, failed({causes: ['one', 'two.']}), /: no; caused by one; caused by two\.$/, /open\(\)/);
const tried: SubjectEnd = {kind: 'first-operation-failed', error, triedCount: 4};
test(says, tried, /4 out of 4/, /perform\(\).*the target responds/);
test(says, tried, /4 out/, /a server is running at redis:\/\/x/, {
  kind: 'url',
  url: 'redis://x',
} as unknown as Plan['target']);
const crashed = {kind: 'crashed', exitCode: 3, signal: null, outOfMemory: false, error: null} as const;
test(says, crashed, /exit code 3 .*nothing was tested\.$/, /Node/);
test(
  says,
  {...crashed, exitCode: null, signal: 'SIGABRT', outOfMemory: true, error},
  /signal SIGABRT .*tested: it ran out of memory\.$/,
  /Node/,
);
test(says, {...crashed, error}, /exit code 3 .*tested: Error: E1: no\.$/, /Node/);
test(says, {kind: 'unresponsive'}, /stopped responding/, /stuck/);

test('what ended after the load had begun, or was ended, is no such thing', t => {
  for (const end of [crashed, {kind: 'unresponsive'}, {kind: 'interrupted'}] as const)
    t.deepEqual(startGates(trialWith({end})), []);
  t.deepEqual(startGates(trialWith({end: {kind: 'interrupted'}, edges: []})), []);
});
