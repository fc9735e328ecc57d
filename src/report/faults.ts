// Faults, loads and phases in a few words.
import type {Direction, Fault} from '../model/fault.ts';
import type {Load, Phase, Plan, TargetPlan} from '../model/plan.ts';
import {bytes, count, percent, plannedDuration} from './format.ts';

/** `latency of 300 ms ± 50 ms, server to client, on 20.0 % of the connections`. */
export const describeFault = (fault: Fault): string => {
  if (fault.kind === 'refuse') return 'connections refused, live ones cut';
  const share = fault.probability < 1 ? `, on ${percent(fault.probability)} of the connections` : '';
  return `${effectOf(fault)}, ${directions[fault.direction]}${share}`;
};

const directions: {readonly [direction in Direction]: string} = {
  upstream: 'client to server',
  downstream: 'server to client',
};

const effectOf = (fault: Exclude<Fault, {kind: 'refuse'}>): string => {
  switch (fault.kind) {
    case 'latency':
      return `latency of ${plannedDuration(fault.latencyMs)}${fault.jitterMs > 0 ? ` ± ${plannedDuration(fault.jitterMs)}` : ''}`;
    case 'bandwidth':
      return `at most ${bytes(fault.bytesPerSecond)}/s`;
    case 'slowClose':
      return `close delayed by ${plannedDuration(fault.delayMs)}`;
    case 'timeout':
      return `data dropped, closed after ${plannedDuration(fault.timeoutMs)}`;
    case 'stall':
      return 'no answer, connection left open';
    case 'resetPeer':
      return `connection reset${fault.afterMs > 0 ? ` ${plannedDuration(fault.afterMs)} after its first data` : ''}`;
    case 'slicer':
      return `data cut into pieces of about ${bytes(fault.averageSizeBytes)}`;
    case 'limitData':
      return `closed after ${bytes(fault.limitBytes)}`;
  }
};

export const describeFaults = (phase: Phase): string =>
  phase.faults.length === 0 ? 'none' : phase.faults.map(describeFault).join('; ');

export const describeLoad = (load: Load): string =>
  load.model === 'open'
    ? `${count(load.ratePerSecond)} operations/s at a constant arrival rate (open load), at most ${count(load.maxInFlight)} in flight`
    : `${count(load.concurrency)} operations in flight at all times (closed load)`;

export const describeTarget = (target: TargetPlan): string => {
  if (target.kind === 'url') return `the server at ${target.url}`;
  if (target.kind === 'custom') return 'a server that the scenario starts';
  return `the embedded HTTP server${target.thinkTimeMs > 0 ? `, which thinks for ${plannedDuration(target.thinkTimeMs)}` : ''}`;
};

export const describePlan = ({load, target, operation}: Plan): string =>
  `Tried with ${describeLoad(load)}, against ${describeTarget(target)}; a caller is ready to wait ${plannedDuration(operation.deadlineMs)} for an operation that is ${operation.idempotent ? '' : 'not '}idempotent.`;
