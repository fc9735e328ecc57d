// The sums over all operations, as text.
import test from 'ava';
import {accountText} from '../../../src/report/blocks/accounts.ts';

const outcomes = {ok: 980, failed: 0, unknown: 12, rejected: 0, wrong: 0, hung: 3};
const account = {offered: 1010, started: 1000, dropped: 10, outcomes, inFlight: 5};

for (const [title, change, text] of [
  [
    'sums that hold',
    {},
    '1,010 offered = 1,000 started + 10 dropped; 1,000 started = 980 ok + 12 unknown + 3 hung + 5 in flight',
  ],
  [
    'sums that do not hold',
    {offered: 1011, inFlight: 0},
    '1,011 offered ≠ 1,000 started + 10 dropped; 1,000 started ≠ 980 ok + 12 unknown + 3 hung',
  ],
  [
    'nothing at all',
    {offered: 0, started: 0, dropped: 0, inFlight: 0, outcomes: {...outcomes, ok: 0, unknown: 0, hung: 0}},
    '0 offered = 0 started + 0 dropped; 0 started = 0',
  ],
] as const) {
  test(title, t => {
    t.is(accountText({...account, ...change}), text);
  });
}
