// Sockets pile up while a fault lasts: more than were open before and one for each operation under way. Counted in the
// process, not at the injector: there a connection that the client has left stays open for as long as a fault holds it.

import {counted, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const connectionPileUp: Detector<'connection-pile-up'> = (trial, {socketCount: threshold}) => {
  const gap = (reason: string) => inconclusive('connection-pile-up', reason);
  const samples = socketSamples(trial);
  if (samples.length === 0) return gap('the sockets of the process were not counted');
  const within = (phase: number): number[] => {
    const window = phaseWindow(trial, phase);
    if (!window) return [];
    return samples
      .filter(({atMs}) => atMs > window.startMs && atMs <= window.endMs)
      .map(({sockets}) => sockets);
  };
  const calm = phasesOf(trial, 'baseline').flatMap(within);
  if (calm.length === 0) return gap('no baseline to compare with');
  const faults = phasesOf(trial, 'fault').filter(phase => within(phase).length > 1);
  if (faults.length === 0) return gap('no fault lasted long enough to count its sockets twice');
  const unknown = trial.driver.phases.some(({inFlightMax}) => inFlightMax === undefined);
  if (unknown) return gap('this run did not record how many operations were in flight at once');
  const calmMax = Math.max(...calm);
  const piled = faults.flatMap(phase => {
    const counts = within(phase);
    const [half, last] = [counts[Math.floor((counts.length - 1) / 2)]!, counts.at(-1)!];
    // A pool may keep a connection for each operation that was under way at once, in this phase or in one before.
    const underWay = Math.max(
      0,
      ...trial.driver.phases.filter(figures => figures.phase <= phase).map(({inFlightMax}) => inFlightMax!),
    );
    const beyond = last - calmMax - underWay;
    if (beyond <= threshold || last <= half) return [];
    const name = phaseName(trial, phase);
    return [
      found(name, {
        witness: 'system',
        statement: `${counted(last, 'socket')} were open at the end of phase ${name}, up from ${half} halfway through it; the peak of the baseline was ${calmMax}, and at most ${counted(underWay, 'operation')} had been in flight at once.`,
        value: beyond,
        threshold,
        unit: 'count',
        count: counts.length,
      }),
    ];
  });
  return presentIf('connection-pile-up', 'warn', worstFirst(piled));
};

type SocketSample = {readonly atMs: number; readonly sockets: number};

/**
 * As the operating system counts them; where it does not report them, those that keep the event loop alive, as Node
 * counts them.
 */
const socketSamples = ({system, resources}: Trial): SocketSample[] => {
  const counted = system.flatMap(({atMs, socketCount}) =>
    socketCount === null ? [] : [{atMs, sockets: socketCount}],
  );
  if (counted.length > 0) return counted;
  return resources.flatMap(({atMs, activeResources}) =>
    activeResources ? [{atMs, sockets: activeResources['TCPSocketWrap'] ?? 0}] : [],
  );
};
