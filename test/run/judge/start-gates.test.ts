// A trial without a load: inconclusive, with the error and where it was thrown.
import test from 'ava';
import {judgeRun} from '../../../src/run/judge/judge.ts';
import {startGates} from '../../../src/run/judge/start-gates.ts';
import {type Story, trialOf} from '../../helpers/run-journal.ts';

const error = {
  name: 'TypeError',
  code: null,
  message: 'client.foo is not a function',
  stack: ['at Object.perform (file:///home/me/shop/scenario.ts:20:13)'],
  causes: [],
};
const exit = {exitCode: 1, signal: null};

const rows: readonly (readonly [title: string, story: Story, gate: string, reason: RegExp])[] = [
  [
    'open() throws',
    {cutAt: 'opened', more: [{kind: 'open-failed', atMs: 1, error}], exit: {}},
    'open-failed',
    /^open\(\) failed on a calm network, so nothing was tested: TypeError: client\.foo is not a function\.$/,
  ],
  [
    'perform() throws',
    {
      cutAt: 'edge',
      more: [
        {
          kind: 'tried',
          atMs: 1,
          first: {status: 'failed', error: {...error, causes: ['Error: no\n  way']}, triedCount: 3},
        },
        {kind: 'closed', atMs: 2, durationMs: 1, result: 'resolved', error: null},
      ],
      exit: {},
    },
    'first-operation-failed',
    /failed 3 out of 3 times on a calm network.*: TypeError: client\.foo is not a function; caused by Error: no way\.$/,
  ],
  [
    'the process dies after open()',
    {cutAt: 'edge', more: [{kind: 'uncaught', atMs: 1, error}], exit},
    'died-before-load',
    /^The process ended with exit code 1 before the load, on a calm network.*: TypeError: client\.foo/,
  ],
  [
    'it is killed',
    {cutAt: 'opened', exit: {exitCode: null, signal: 'SIGSEGV'}},
    'died-before-load',
    /^The process ended with signal SIGSEGV before the load, on a calm network, so nothing was tested\.$/,
  ],
  [
    'it stops answering',
    {cutAt: 'edge', exit: {...exit, killedFor: 'unresponsive'}},
    'unresponsive-before-load',
    /^The process stopped responding before the load/,
  ],
];

for (const [title, story, name, reason] of rows) {
  test(`before the load ${title}: inconclusive`, t => {
    const trial = trialOf(story);
    const judgement = judgeRun([trial], ['after']);
    t.is(judgement.verdict, 'inconclusive');
    const [gate, ...others] = judgement.trials[0]!.gates;
    t.deepEqual(others, []);
    t.is(gate?.name, name);
    t.regex(gate?.reason ?? '', reason);
    if (trial.end.kind !== 'unresponsive' && trial.exit?.signal !== 'SIGSEGV')
      t.deepEqual(gate?.stack, error.stack);
    t.deepEqual(
      judgement.trials[0]!.findings.filter(({verdict}) => verdict === 'present'),
      [],
    );
  });
}

test('one that dies under the load, or whose first try only failed once, is a result', t => {
  t.deepEqual(startGates(trialOf({cutAt: 'load-ended', exit})), []);
  const first = {status: 'answered', afterMs: 5, triedCount: 2} as const;
  t.deepEqual(startGates(trialOf({more: [{kind: 'tried', atMs: 1, first}]})), []);
});
