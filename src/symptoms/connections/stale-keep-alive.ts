// An idle connection that the server has closed is used once more, and the operation fails because of it.

import {counted, found, grouped, phaseName, worstFirst} from '../../measures/evidence.ts';
import {DriverMeasure} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {inconclusive, presentIf} from '../finding.ts';

/** What a client sees when it writes to a connection that the other side has closed. */
const closedUnderway = /ECONNRESET|EPIPE|UND_ERR_SOCKET|socket hang up|other side closed/;

export const staleKeepAlive: Detector<'stale-keep-alive'> = (
  trial,
  {failedShare: threshold, failedCount},
) => {
  const phases = trial.plan.phases.flatMap(({faults, role}, phase) =>
    role === 'baseline' || (faults.length > 0 && faults.every(({kind}) => kind === 'dropKeepAlive'))
      ? [phase]
      : [],
  );
  const dropped = phases.filter(phase => trial.plan.phases[phase]?.role === 'fault');
  if (dropped.length === 0) {
    return inconclusive(
      'stale-keep-alive',
      'no phase closes idle connections and does nothing else (dropKeepAlive)',
    );
  }
  const counts = phases.map(phase => ({
    phase,
    started: new DriverMeasure(trial, [phase]).total('started'),
    failed: trial.driver.failures
      .filter(({error}) => closedUnderway.test(`${error.code} ${error.message}`))
      .reduce((sum, {countByPhase}) => sum + (countByPhase[phase] ?? 0), 0),
  }));
  const shares = counts
    .map(one => ({...one, value: one.failed / Math.max(1, one.started)}))
    .filter(({value}) => value > threshold);
  // A request may cross the server's FIN on the wire, whatever the client does: one may have met just that.
  const sure = shares.filter(({failed}) => failed > failedCount);
  if (sure.length === 0 && shares.length > 0) {
    return inconclusive(
      'stale-keep-alive',
      'only one operation failed on a connection the server had closed, and the two may have crossed on the wire',
    );
  }
  const failing = sure.map(({phase, started, failed, value}) => {
    const name = phaseName(trial, phase);
    const statement = `${grouped(failed)} of ${counted(started, 'operation')} in phase ${name} failed on a connection that the server had closed.`;
    return found(name, {witness: 'driver', statement, value, threshold, unit: 'share', count: started});
  });
  return presentIf('stale-keep-alive', 'warn', worstFirst(failing));
};
