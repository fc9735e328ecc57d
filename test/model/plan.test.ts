import test from 'ava';
import {outcomeCode, outcomeStatuses} from '../../src/model/outcome.ts';
import {
  hungAfterMs,
  operationBy,
  overrunAfterMs,
  reportEveryMs,
  sampleEveryMs,
} from '../../src/model/plan.ts';

const limits = test.macro({
  title: (_title, deadlineMs: number, overrunMs: number, hungMs: number) =>
    `a deadline of ${deadlineMs} ms is overrun from ${overrunMs} ms on, and hung from ${hungMs} ms on`,
  exec(t, deadlineMs: number, overrunMs: number, hungMs: number) {
    t.is(overrunAfterMs({deadlineMs, idempotent: true}), overrunMs);
    t.is(hungAfterMs({deadlineMs, idempotent: true}), hungMs);
  },
});

test(limits, 10, 61, 1010);
test(limits, 700, 820, 1700);
test(limits, 1500, 1700, 2500);
test(limits, 2000, 2250, 3000);
test(limits, 10_000, 11_050, 11_000);
test(limits, 60_000, 66_050, 66_000);

test('what is late, and what hangs, is as the thresholds of the scenario have it', t => {
  const operation = {deadlineMs: 1000, idempotent: true};
  t.deepEqual(operationBy(operation, undefined), operation);
  t.deepEqual(operationBy(operation, {'no-backoff': {gapMs: 1}}), operation);
  const soon = operationBy(operation, {
    'hung-operation': {graceMs: 200},
    'deadline-overrun': {slackShare: 0, slackMs: 20},
  });
  t.is(hungAfterMs(soon), 1200);
  t.is(overrunAfterMs(soon), 1020);
  t.is(hungAfterMs(operationBy(operation, {'hung-operation': {graceShare: 3}})), 4000);
});

test('codes and statuses are each other, and 0 is in flight', t => {
  t.deepEqual(
    outcomeStatuses.slice(1).map(status => outcomeStatuses[outcomeCode(status as 'ok')]),
    outcomeStatuses.slice(1),
  );
  t.is(outcomeStatuses[0], 'in-flight');
});

for (const [title, durationsMs, everyMs, toldEveryMs] of [
  ['a minute', [10_000, 50_000], 500, 1000],
  ['83 minutes', [5_000_000], 500, 1000],
  ['2 hours', [7_200_000], 720, 1440],
  ['12 hours', [21_600_000, 21_600_000], 1000, 8640],
] as const) {
  test(`a trial of ${title} is looked at every ${everyMs} ms, and told of every ${toldEveryMs} ms`, t => {
    const phases = durationsMs.map(durationMs => ({durationMs}));
    t.is(sampleEveryMs(phases), everyMs);
    t.is(reportEveryMs(phases), toldEveryMs);
  });
}
