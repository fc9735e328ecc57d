// Connections that outlive close(), which settles at 21,005 ms.
import test from 'ava';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {answers} from '../../helpers/symptom-macro.ts';
import {presentOf, type TrialChanges, trialWith} from '../../helpers/trial-believable.ts';

const id = 'connection-after-close';

const noted = (
  times: readonly (readonly [openedMs: number, closedMs: number | null])[],
  connectionsLeftOut = 0,
): TrialChanges => ({
  injectorLog: {
    connections: times.map(([openedMs, closedMs], index) => ({
      id: index + 1,
      openedMs,
      closedMs,
      upstreamBytes: 0,
      downstreamBytes: 0,
      hits: [],
      hitsMs: [],
      end: closedMs === null ? 'open' : 'client-closed',
    })),
    connectionsLeftOut,
    hits: [],
    hitsLeftOut: 0,
  },
});

test(
  'all are closed by it',
  answers,
  id,
  noted([
    [2000, 21_004],
    [9000, 21_100],
  ]),
  'clear',
);
test('one is made in the moment of it', answers, id, noted([[21_055, 21_060]]), 'clear');
test(
  'one is made afterwards',
  answers,
  id,
  noted([
    [2000, 21_004],
    [21_056, 21_060],
  ]),
  {value: 1, phase: 'drain'},
);
test('one stays for a second', answers, id, noted([[2000, 22_055]]), 'clear');
test('one stays longer', answers, id, noted([[2000, 22_056]]), {value: 1});
test('one of which the end was not seen', answers, id, noted([[2000, null]]), 'clear');
test('not all were noted', answers, id, noted([[2000, 21_004]], 5), /no room to record 5 connections/);
test('nobody notes connections', answers, id, {}, /does not record/);
test('never closed', answers, id, {...noted([]), closing: null}, /did not run to its end/);
test(
  'close() did not settle',
  answers,
  id,
  {...noted([[22_000, 23_000]]), end: {kind: 'completed', close: 'hung', error: null}},
  /never returned/,
);

test('it says both, and which connections', t => {
  const trial = trialWith(
    noted([
      [2000, 27_000],
      [21_500, 21_600],
    ]),
  );
  t.deepEqual(
    presentOf(detectOne(id, trial)).evidence.map(({statement, connections}) => [statement, connections]),
    [
      ['1 connection opened after close() had returned.', [2]],
      ['1 connection still open 1 s after close() had returned.', [1]],
    ],
  );
});
