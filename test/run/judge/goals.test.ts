// Every figure that a goal can limit, held against its limit.
import test from 'ava';
import {type GoalMetric, type GoalResult, goalMetrics, type Limit} from '../../../src/model/goal.ts';
import type {TerminatedBy} from '../../../src/model/process-witness.ts';
import {judgeGoals} from '../../../src/run/judge/goals.ts';
import {type Story, trialOf} from '../../helpers/run-journal.ts';
import {trialWith} from '../../helpers/trial-believable.ts';

const mixed: Story = {
  slow: {outcomes: {ok: 60, failed: 10, unknown: 10, wrong: 15, hung: 5}, okMs: 40, overrun: 7, dropped: 3},
};
const many: Story = {slow: {outcomes: {ok: 400}, okMs: 40}};

type Row = {
  readonly metric: GoalMetric;
  readonly story?: Story;
  readonly phase?: string;
  readonly limit?: Limit;
  readonly value: number | null;
  readonly count?: number;
  readonly verdict: GoalResult['verdict'];
  readonly reason?: RegExp;
};

const sample = {
  atMs: 1500,
  cpuMs: 0,
  rssBytes: 60,
  heapUsedBytes: 20,
  externalBytes: 0,
  loopDelayMaxMs: 0,
  loopUtilisationRatio: 0,
  gcMs: 0,
  gcCount: 0,
};

/** A process with 100 operations in its slow phase: 300 ms of CPU, and some memory. */
const used: Story = {
  more: [
    {
      kind: 'phase-resources',
      resources: {
        phase: 1,
        durationMs: 1000,
        cpuMs: 300,
        loopDelayP50Ms: 0,
        loopDelayP99Ms: 0,
        loopDelayMaxMs: 0,
        loopUtilisationRatio: 0,
        gcMs: 0,
        gcCount: 0,
      },
    },
    {kind: 'resources', sample},
    {
      kind: 'system',
      sample: {
        atMs: 1500,
        cpuMs: 0,
        rssBytes: 70,
        threadCount: 1,
        fileDescriptorCount: null,
        socketCount: null,
      },
    },
  ],
};

/** Of the 100 operations of the slow phase the first 25 came to the consumer, some of them twice. */
const consumer: Story = {
  more: [
    {
      kind: 'deliveries',
      fromIndex: 100,
      counts: Buffer.from(Array<number>(25).fill(1)).toString('base64'),
    },
    {
      kind: 'delivered',
      binMs: 500,
      bins: [
        [2, 25],
        [3, 20],
      ],
    },
    {kind: 'delivered', binMs: 500, bins: [[3, 5]]},
  ],
};

const rows: readonly Row[] = [
  {metric: 'successRatio', limit: {min: 0.6}, value: 0.6, count: 100, verdict: 'met'},
  {metric: 'successRatio', limit: {min: 0.61}, value: 0.6, verdict: 'missed'},
  {metric: 'successRatio', phase: 'run', limit: {min: 0.8}, value: 0.8, count: 200, verdict: 'met'},
  {metric: 'goodputPerSecond', limit: {min: 60}, value: 60, verdict: 'met'},
  {metric: 'goodputPerSecond', phase: 'run', limit: {min: 90}, value: 80.2, verdict: 'missed'},
  {metric: 'responseP50Ms', limit: {max: 41}, value: 40, count: 60, verdict: 'met'},
  {metric: 'responseP90Ms', limit: {max: 39}, value: 40, verdict: 'missed'},
  {
    metric: 'responseP99Ms',
    value: 40,
    count: 60,
    verdict: 'inconclusive',
    reason:
      /^too few samples for a p99 \(60 of the 300 needed\): make the phase 5× as long, or raise the rate$/,
  },
  {
    metric: 'responseP90Ms',
    story: {slow: {outcomes: {ok: 29}, okMs: 40}},
    value: 40,
    verdict: 'inconclusive',
    reason: /^too few samples for a p90 \(29 of the 30 needed\): make the phase 2× as long/,
  },
  {
    metric: 'responseP90Ms',
    story: {slow: {outcomes: {ok: 30}, okMs: 40}},
    limit: {max: 41},
    value: 40,
    verdict: 'met',
  },
  {
    metric: 'responseP50Ms',
    story: {slow: {outcomes: {ok: 5}, okMs: 40}},
    value: 40,
    verdict: 'inconclusive',
    reason: /^too few samples for a p50 \(5 of the 6 needed\)/,
  },
  {metric: 'responseP99Ms', story: many, limit: {max: 41}, value: 40, count: 400, verdict: 'met'},
  {metric: 'settleP99Ms', story: many, limit: {max: 39}, value: 40, verdict: 'missed'},
  {metric: 'serviceP50Ms', story: {slow: {okMs: 40}}, limit: {max: 41}, value: 40, verdict: 'met'},
  {metric: 'serviceP99Ms', story: many, limit: {max: 39}, value: 40, verdict: 'missed'},
  {metric: 'cpuUsPerOperation', story: used, limit: {max: 2999}, value: 3000, verdict: 'missed'},
  {metric: 'rssMaxBytes', story: used, limit: {max: 70}, value: 70, verdict: 'met'},
  {metric: 'heapMaxBytes', story: used, limit: {max: 19}, value: 20, verdict: 'missed'},
  {metric: 'heapMaxBytes', value: null, verdict: 'inconclusive', reason: /nothing to measure/},
  {metric: 'hungCount', limit: {max: 5}, value: 5, count: 100, verdict: 'met'},
  {metric: 'hungCount', limit: {max: 4}, value: 5, verdict: 'missed'},
  {metric: 'overrunCount', limit: {max: 6}, value: 7, verdict: 'missed'},
  {metric: 'droppedCount', limit: {max: 3}, value: 3, verdict: 'met'},
  {metric: 'wrongCount', limit: {max: 0}, value: 15, verdict: 'missed'},
  {metric: 'duplicateCount', value: 0, verdict: 'met'},
  {metric: 'duplicateCount', story: {ledger: {attempts: 2, effects: 2}}, value: 100, verdict: 'missed'},
  {
    metric: 'lostCount',
    story: {ledger: {attempts: 1, effects: 0}},
    value: null,
    verdict: 'inconclusive',
    reason: /reported no effects/,
  },
  {metric: 'lostCount', story: {ledger: {attempts: 1, effects: 1}}, value: 0, verdict: 'met'},
  {
    metric: 'attemptsPerOperationRatio',
    story: {ledger: {attempts: 3, effects: 1}},
    limit: {max: 3},
    value: 3,
    verdict: 'met',
  },
  {
    metric: 'attemptsPerOperationRatio',
    story: {ledger: null},
    value: null,
    count: 100,
    verdict: 'inconclusive',
    reason: /keeps no ledger/,
  },
  {
    metric: 'duplicateCount',
    story: {ledger: null},
    value: null,
    verdict: 'inconclusive',
    reason: /keeps no ledger/,
  },
  {
    metric: 'lostCount',
    story: {ledger: null},
    value: null,
    verdict: 'inconclusive',
    reason: /keeps no ledger/,
  },
  {
    metric: 'deliveriesPerSecond',
    story: consumer,
    limit: {min: 50},
    value: 50,
    count: 100,
    verdict: 'met',
  },
  {metric: 'deliveredRatio', story: consumer, limit: {min: 0.3}, value: 0.25, verdict: 'missed'},
  {metric: 'backlogCount', story: consumer, limit: {max: 74}, value: 75, verdict: 'missed'},
  {metric: 'backlogCount', value: null, verdict: 'inconclusive', reason: /reported no deliveries/},
  {metric: 'timeToRecoverMs', value: null, verdict: 'inconclusive', reason: /no recovery phase/},
  {metric: 'timeToExitMs', value: null, verdict: 'inconclusive', reason: /was not sent SIGTERM/},
  {
    metric: 'responseP50Ms',
    story: {slow: {outcomes: {ok: 0, failed: 100}}},
    value: null,
    count: 0,
    verdict: 'inconclusive',
    reason: /nothing to measure/,
  },
  {
    metric: 'hungCount',
    story: {cutAt: 'edge'},
    value: null,
    count: 0,
    verdict: 'inconclusive',
    reason: /did not reach this phase/,
  },
  {metric: 'successRatio', limit: {min: 0.5, max: 0.55}, value: 0.6, verdict: 'missed'},
];

for (const [index, row] of rows.entries()) {
  const {metric, story = mixed, phase = 'slow', limit = {max: 0}, value, count, verdict, reason} = row;
  test(`goal ${index + 1}: ${metric} of ${phase}, ${JSON.stringify(limit)}, is ${verdict}`, t => {
    const [result] = judgeGoals(trialOf({...story, goals: {[phase]: {[metric]: limit}}}));
    t.like(result, {phase, metric, limit, verdict});
    if (value === null) t.is(result!.value, null);
    // Histograms keep three digits.
    else t.true(Math.abs(result!.value! - value) <= value * 0.001, String(result!.value));
    if (count !== undefined) t.is(result!.count, count);
    if (reason) t.regex(result!.reason!, reason);
    else t.is(result!.reason, null);
  });
}

const ends = test.macro((t, sigterm: TerminatedBy | null, limit: Limit, expected: Partial<GoalResult>) => {
  const [result] = judgeGoals(
    trialWith({
      plan: {goals: {stall: {timeToExitMs: limit}}},
      closing: {startMs: 9000, durationMs: 4000, underLoad: {calmMs: 13_000, inFlight: 0}, sigterm},
    }),
  );
  t.like(result, {metric: 'timeToExitMs', value: 4000, ...expected});
});

const inOrder = {exitCode: 0, signal: null};
test('a program that ends in time after SIGTERM', ends, inOrder, {max: 4000}, {verdict: 'met'});
test('one that takes longer', ends, inOrder, {max: 3999}, {verdict: 'missed'});
test('one that does not end at all', ends, null, {max: 3999}, {verdict: 'missed'});
test(
  'one that was killed before its limit',
  ends,
  null,
  {max: 5000},
  {
    verdict: 'inconclusive',
    reason: 'the program had not ended when it was killed',
  },
);

test('every figure has a row', t => {
  t.deepEqual(
    [...new Set(rows.map(({metric}) => metric))].sort(),
    (Object.keys(goalMetrics) as GoalMetric[]).sort(),
  );
});

test('goals are answered in the order of the scenario', t => {
  const goals = {
    slow: {hungCount: {max: 0}, successRatio: {min: 1}},
    run: {wrongCount: {max: 0}},
    calm: {successRatio: {min: 1}},
  };
  t.deepEqual(
    judgeGoals(trialOf({goals})).map(({phase, metric}) => `${phase}.${metric}`),
    ['slow.hungCount', 'slow.successRatio', 'run.wrongCount', 'calm.successRatio'],
  );
});
