// Connections that outlive close(): made after it had settled, or not closed by it.

import {closingPhaseName, idleSinceMs} from '../../measures/closing.ts';
import {counted, duration, type Found, found} from '../../measures/evidence.ts';
import {lostPackets} from '../../measures/network-aftermath.ts';
import type {Detector} from '../../model/finding.ts';
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
  const doubtful = openedAfter(settledMs).length;
  if (made.length + stayed.length === 0 && doubtful > threshold) {
    return inconclusive(
      'connection-after-close',
      `${counted(doubtful, 'connection')} opened after close() had returned, but ${counted(closing.underLoad?.inFlight ?? 0, 'operation')} still in flight may have needed one`,
    );
  }
  if (made.length + stayed.length === 0 && injectorLog.connectionsLeftOut > 0) {
    return inconclusive(
      'connection-after-close',
      `the injector had no room to record ${counted(injectorLog.connectionsLeftOut, 'connection')}`,
    );
  }
  // What stays open may be waiting for the process to end, and that may still be exporting its telemetry.
  return presentIf('connection-after-close', made.length > 0 ? 'fail' : 'warn', [...made, ...stayed]);
};
