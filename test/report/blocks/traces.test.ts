// Traces that are chosen on purpose, and what is told of them.
import test from 'ava';
import {found} from '../../../src/measures/evidence.ts';
import {type Span, traceIdOfOperation} from '../../../src/model/telemetry.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {traceBlocks} from '../../../src/report/blocks/traces.ts';
import type {RunStory} from '../../../src/report/case-study/run-story.ts';
import {presentIf} from '../../../src/symptoms/finding.ts';
import {RepeatedTraces} from '../../../src/telemetry/repeated-traces.ts';
import {baseline, booksOf, fault, presentOf, telemetryOf, trialWith} from '../../helpers/trial-believable.ts';

const prefix = trialWith().tracePrefix;

const span = (
  operation: number,
  startMs: number,
  durationMs: number,
  errorType: string | null = null,
): Span => ({
  traceId: traceIdOfOperation(prefix, operation),
  spanId: `${startMs}`.padStart(16, '0'),
  parentSpanId: null,
  scope: 'client',
  name: 'GET',
  kind: 'client',
  startMs,
  endMs: startMs + durationMs,
  status: errorType === null ? 'unset' : 'error',
  statusMessage: null,
  attributes: errorType === null ? {'http.response.status_code': 200} : {'error.type': errorType},
  events: [],
});

const storyOf = (trial: Trial): RunStory =>
  ({
    variants: [{variant: {name: 'defaults'}, trials: [{trial}], symptoms: []}],
  }) as unknown as RunStory;

/** As the fence of a markdown file has it, block by block. */
const textsOf = (story: RunStory): string[] =>
  traceBlocks(story).flatMap(block =>
    block.kind === 'traces' ? [block.traces.map(({head, text}) => `${head}\n${text}`).join('\n\n')] : [],
  );

const textOf = (trial: Trial): string => {
  const [text = ''] = textsOf(storyOf(trial));
  return text.replaceAll('\u00A0', ' ');
};

test('of a phase the slowest, the first that failed for its caller, the one sent most often, and a typical one', t => {
  const {driver} = booksOf([
    {phase: baseline},
    {phase: fault},
    {phase: fault},
    {phase: fault},
    {phase: fault},
    {phase: fault},
    {phase: fault, status: 'failed'},
  ]);
  const exemplars = [
    span(0, 10, 9000),
    span(1, 5000, 20),
    span(2, 5010, 22),
    span(3, 5020, 900),
    // Its span tells an error, and its caller got an answer.
    span(4, 5030, 26, 'ECONNRESET'),
    span(5, 5040, 5, 'ECONNRESET'),
    span(5, 5050, 5, 'ETIMEDOUT'),
    span(5, 5060, 7),
    span(6, 5070, 30, 'ECONNRESET'),
  ];
  const hit = {
    toxic: 'cut',
    connection: 1,
    request: 1,
    method: 'GET',
    path: '/',
    operationId: 'defaults-1-5',
    atMs: 5042,
    action: 'response-abort',
    bodyBytes: null,
  };
  const injectorLog = {connections: [], connectionsLeftOut: 0, hits: [hit], hitsLeftOut: 0};
  const {ledger} = booksOf([1, 1, 1, 1, 1, 3, 1].map(attempts => ({phase: fault, attempts})));
  const attemptTimes = [[5, 5041, 5051, 5061]];
  const text = textOf(
    trialWith({
      driver,
      injectorLog,
      ledger: {...ledger!, attemptTimes},
      telemetry: {...telemetryOf([]), exemplars},
    }),
  );
  const heads = text.split('\n').filter(line => line.startsWith('defaults-1-'));
  t.deepEqual(
    heads.map(line => line.replace(/; trace .*/, '')),
    [
      'defaults-1-3: slowest; ok',
      'defaults-1-6: first failure; failed',
      'defaults-1-5: most attempts; ok',
      'defaults-1-2: typical; ok',
    ],
  );
  const attempts = text.slice(text.indexOf('defaults-1-5')).split('\n').slice(1, 8);
  t.regex(attempts[0]!, /^GET +\+0 ms \|x+ +\| 5\.00 ms, error ECONNRESET$/);
  t.regex(attempts[1]!, /^GET .*ETIMEDOUT$/);
  t.regex(attempts[2]!, /^GET .*\| 7\.00 ms, 200$/);
  t.regex(attempts[3]!, /^ {2}target +\+1\.00 ms \| \^ +\| attempt 1$/);
  t.regex(attempts[4]!, /^ {2}injector +\+2\.00 ms \| +! +\| cut: response-abort$/);
  t.regex(attempts[5]!, /attempt 2$/);
  t.regex(attempts[6]!, /attempt 3$/);
});

test('a finding leads to a trace of its own, in whatever phase it is', t => {
  const {driver} = booksOf([{phase: baseline}, {phase: baseline}, {phase: fault}]);
  const trial = trialWith({
    driver,
    telemetry: {...telemetryOf([]), exemplars: [span(0, 1000, 9), span(1, 1100, 5), span(2, 5000, 5)]},
  });
  const finding = presentOf(
    presentIf('hidden-attempts', 'warn', [
      found('baseline', {
        witness: 'telemetry',
        statement: 'One.',
        value: 1,
        threshold: 0,
        unit: 'count',
        count: 1,
        operations: ['defaults-1-1'],
      }),
    ]),
  );
  const story = {
    variants: [
      {
        variant: {name: 'defaults'},
        trials: [{trial, judgement: {findings: [finding]}}],
        symptoms: [{symptom: 'hidden-attempts', present: [finding]}],
      },
    ],
  } as unknown as RunStory;
  const texts = textsOf(story);
  // Behind the first fault, which is shown in any case.
  t.is(texts.length, 2);
  t.regex(texts[0]!, /^defaults-1-2: slowest, typical; ok/m);
  t.regex(texts[1]!, /^defaults-1-1: shows hidden-attempts/m);
  t.false(texts[1]!.includes('defaults-1-2'));
});

test('without spans nothing is shown', t => {
  t.deepEqual(traceBlocks(storyOf(trialWith())), []);
  t.deepEqual(traceBlocks(storyOf(trialWith({telemetry: telemetryOf([])}))), []);
});

test('the longest traces of each phase are kept whole, of all that come', t => {
  const traces = new RepeatedTraces();
  for (let operation = 0; operation < 5000; operation++) {
    traces.add(span(operation, operation, 1), 1);
    if (operation % 1000 !== 0) continue;
    for (let again = 0; again <= operation / 1000; again++)
      traces.add(span(operation, operation + again + 1, 1), 1);
  }
  traces.add(span(0, 9999, 1), 1);
  const counts = Map.groupBy(traces.toSpans(), ({traceId}) => traceId);
  t.deepEqual(
    [...counts].map(([traceId, spans]) => [traceId, spans.length]),
    [
      [traceIdOfOperation(prefix, 4000), 6],
      [traceIdOfOperation(prefix, 3000), 5],
    ],
  );
});
