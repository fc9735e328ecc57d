// The table of hits, from the log of the injector.

import test from 'ava';
import type {InjectorLog} from '../../../src/model/proxy-witness.ts';
import type {JudgedRun} from '../../../src/model/run.ts';
import {renderReport} from '../../../src/report/report.ts';
import {judgedRun} from '../../helpers/judged-run.ts';
import {reportText} from '../../helpers/report-text.ts';

const withLog = (logOf: (originEpochMs: number) => InjectorLog): JudgedRun => {
  const run = judgedRun({oneVariant: true});
  return {...run, trials: run.trials.map(trial => ({...trial, injectorLog: logOf(trial.originEpochMs)}))};
};

const linesOf = (run: JudgedRun): readonly string[] => {
  const report = reportText(renderReport(run));
  const [
    ,
    section = 'The first hits of each fault, as recorded by the injector. Not kept for lack of room: 1 connection and 20 hits.',
  ] = report.split('### Sample hits');
  return section
    .split(/\n(?:<a id|##+ )/)[0]!
    .replaceAll('\u00A0', ' ')
    .trim()
    .split('\n');
};

const hit = (atMs: number, connection: number, operationId: string | null) => ({
  toxic: 'dark-1-httpStatus',
  connection,
  request: 1,
  method: 'GET',
  path: '/echo/x',
  operationId,
  atMs,
  action: 'status-503',
  bodyBytes: 0,
});

test('each fault has its first hits: requests with their operations, or connections', t => {
  const run = withLog(originMs => ({
    connections: [
      {
        id: 3,
        openedMs: originMs + 100,
        closedMs: originMs + 7000,
        upstreamBytes: 1,
        downstreamBytes: 1,
        hits: ['dark-2-stall', 'dark-1-httpStatus'],
        hitsMs: [originMs + 5000, originMs + 6000],
        end: 'closed-by-fault',
      },
      {
        id: 5,
        openedMs: originMs + 100,
        closedMs: null,
        upstreamBytes: 1,
        downstreamBytes: 1,
        hits: ['dark-2-stall', 'dark-3-closeAfter'],
        hitsMs: [originMs + 5500, originMs + 6500],
        hitsAt: [
          {exchange: 4, direction: 'downstream', byte: 1096},
          {exchange: 0, direction: null, byte: 0},
        ],
        end: 'closed-by-fault',
      },
    ],
    connectionsLeftOut: 1,
    hits: [
      hit(originMs + 6000, 3, '3f2a-7'),
      hit(originMs + 6100, 4, null),
      hit(originMs + 6200, 4, '3f2a-9'),
      hit(originMs + 6300, 4, '3f2a-10'),
    ],
    hitsLeftOut: 20,
  }));
  const [said, , ...rows] = linesOf(run);
  t.is(
    said,
    'The first hits of each fault, as recorded by the injector. Not kept for lack of room: 1 connection and 20 hits.',
  );
  const cells = rows.slice(2).map(row =>
    row
      .split('|')
      .slice(2, -1)
      .map(cell => cell.trim()),
  );
  t.deepEqual(cells, [
    ['`dark-2-stall`', '5.00 s', '3', '–', '`closed-by-fault`'],
    ['`dark-2-stall`', '5.50 s', '5', '–', '`closed-by-fault`, at exchange 4 (downstream), byte 1,096'],
    ['`dark-1-httpStatus`', '6.00 s', '3', '`3f2a-7`', '`status-503`'],
    ['`dark-1-httpStatus`', '6.10 s', '4', '–', '`status-503`'],
    ['`dark-1-httpStatus`', '6.20 s', '4', '`3f2a-9`', '`status-503`'],
    ['`dark-3-closeAfter`', '6.50 s', '5', '–', '`closed-by-fault`, at the connect'],
  ]);
});

test('without a log, or hits in it, there is no table', t => {
  t.deepEqual(linesOf(judgedRun({oneVariant: true})), [
    'The first hits of each fault, as recorded by the injector. Not kept for lack of room: 1 connection and 20 hits.',
  ]);
  const empty = {connections: [], connectionsLeftOut: 0, hits: [], hitsLeftOut: 0};
  t.deepEqual(linesOf(withLog(() => empty)), [
    'The first hits of each fault, as recorded by the injector. Not kept for lack of room: 1 connection and 20 hits.',
  ]);
});
