// When the library was closed: on a calm network after the load, or under the load and the faults of the last phase.
import type {FaultKind} from '../model/fault-defaults.ts';
import type {Phase} from '../model/plan.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {phaseName} from './evidence.ts';

/** The phase that what close() does belongs to. */
export const closingPhaseName = (trial: Trial): string =>
  trial.closing?.underLoad ? phaseName(trial, trial.plan.phases.length - 1) : 'drain';

/** Whoever waits for an answer or a connect learns at once that there will be none. */
const plain: readonly FaultKind[] = [
  'refuse',
  'flap',
  'resetPeer',
  'resetAfter',
  'closeAfter',
  'limitData',
  'httpStatus',
  'dropKeepAlive',
  'tlsClose',
  'tlsAlert',
  'wrongCertificate',
  'serverStop',
  'serverKill',
];

/** Whether faults of this phase may keep from the library what its close() waits for. */
export const isSilent = ({faults}: Pick<Phase, 'faults'>): boolean =>
  faults.some(({kind}) => !plain.includes(kind));

/** Whether those of the last phase may. */
export const leavesServerSilent = ({plan}: Trial): boolean => {
  const last = plan.phases.at(-1);
  return last !== undefined && isSilent(last);
};

/** How long the faults of a phase act: those of the last one go on while the library is closed under them. */
export const faultWindow = (
  trial: Trial,
  phase: number,
): {readonly startMs: number; readonly endMs: number} | null => {
  const window = phaseWindow(trial, phase);
  const calmMs = trial.closing?.underLoad?.calmMs;
  if (window === null || calmMs === undefined || phase < trial.plan.phases.length - 1) return window;
  return {...window, endMs: Math.max(window.endMs, calmMs)};
};

/** From when on nothing but the library's own doing keeps a connection: it is closed, and nothing was in flight any more. */
export const idleSinceMs = ({closing, driver}: Trial): number | null => {
  if (!closing) return null;
  const closedMs = closing.startMs + closing.durationMs;
  const {inFlight = 0} = closing.underLoad ?? {};
  return inFlight === 0 ? closedMs : Math.max(closedMs, driver.drained?.atMs ?? closedMs);
};
