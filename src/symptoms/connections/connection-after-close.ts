// Connections that outlive close(): made after it had settled, or not closed by it; of clients that come and go, of any of them.

import {closingPhaseName, idleSinceMs} from '../../measures/closing.ts';
import {counted, duration, type Found, found, phaseAt} from '../../measures/evidence.ts';
import {type LeftConnections, leftConnections} from '../../measures/left-connections.ts';
import {lostPackets} from '../../measures/network-aftermath.ts';
import type {Detector} from '../../model/finding.ts';
import type {Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

/** The injector's clock and the subject's agree to this much. */
const clockSlackMs = 50;

const connectionsShown = 3;

export const connectionAfterClose: Detector<'connection-after-close'> = (
  trial,
  {connectionCount: threshold, openMs},
) => {
  const {closing, end, injectorLog, originEpochMs} = trial;
  if (!injectorLog)
    return inconclusive('connection-after-close', 'this injector does not record individual connections');
  if (!closing || end.kind !== 'completed') {
    return inconclusive('connection-after-close', 'the trial did not run to its end');
  }
  if (end.close === 'hung') return inconclusive('connection-after-close', 'close() never returned');
  const settledMs = closing.startMs + closing.durationMs;
  const closedMs = idleSinceMs(trial) ?? settledMs;
  const {connections} = injectorLog;
  const openedAfter = (atMs: number): typeof connections =>
    connections.filter(({openedMs}) => openedMs - originEpochMs > atMs + clockSlackMs);
  const late = openedAfter(closedMs);
  const kept = connections.filter(
    record =>
      !lostPackets(record) &&
      record.openedMs - originEpochMs <= closedMs + clockSlackMs &&
      record.closedMs !== null &&
      record.closedMs - originEpochMs > closedMs + openMs + clockSlackMs,
  );
  const told = (those: typeof connections, statement: string): Found[] =>
    those.length <= threshold
      ? []
      : [
          found(closingPhaseName(trial), {
            witness: 'injector',
            statement,
            value: those.length,
            threshold,
            unit: 'count',
            count: connections.length,
            connections: those.slice(0, connectionsShown).map(({id}) => id),
          }),
        ];
  const made = told(late, `${counted(late.length, 'connection')} opened after close() had returned.`);
  const stayed = told(
    kept,
    `${counted(kept.length, 'connection')} still open ${duration(openMs)} after close() had returned.`,
  );
  const left = leftConnections(trial, openMs);
  const leftCount = left?.count ?? 0;
  const leaks =
    left && leftCount > threshold + left.sharedCount ? [foundLeft(trial, left, openMs, threshold)] : [];
  const certain = [...made, ...leaks, ...stayed];
  if (certain.length === 0 && leftCount > threshold) {
    return inconclusive(
      'connection-after-close',
      `${counted(leftCount, 'connection')} outlived the clients that had been opened before by more than ${duration(openMs)}, but clients may share a pool, which keeps one for each of the ${counted(left?.sharedCount ?? 0, 'operation')} that had been in flight at once`,
    );
  }
  const doubtful = openedAfter(settledMs).length;
  if (certain.length === 0 && doubtful > threshold) {
    return inconclusive(
      'connection-after-close',
      `${counted(doubtful, 'connection')} opened after close() had returned, but ${counted(closing.underLoad?.inFlight ?? 0, 'operation')} still in flight may have needed one`,
    );
  }
  if (certain.length === 0 && injectorLog.connectionsLeftOut > 0) {
    return inconclusive(
      'connection-after-close',
      `the injector had no room to record ${counted(injectorLog.connectionsLeftOut, 'connection')}`,
    );
  }
  // What stays open may be waiting for the process to end, and that may still be exporting its telemetry.
  const isSure = made.length + leaks.length > 0;
  return presentIf('connection-after-close', isSure ? 'fail' : 'warn', certain);
};

const foundLeft = (
  trial: Trial,
  {count, atMs, connections}: LeftConnections,
  openMs: number,
  threshold: number,
): Found =>
  found(phaseAt(trial, atMs), {
    witness: 'injector',
    statement: `${counted(count, 'connection')} open at the same time more than ${duration(openMs)} after the last client that may have opened them was closed.`,
    value: count,
    threshold,
    unit: 'count',
    count: trial.injectorLog?.connections.length ?? count,
    connections: connections.slice(0, connectionsShown),
  });
