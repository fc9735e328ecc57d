// A phase of an exploration: as short as it can be. It is over when its faults have acted and operations that began after
// that succeed, while none that began before is still under way.
import {isKick} from '../../explore/episodes.ts';
import type {FaultyLink} from '../../faults/control.ts';
import {faultName} from '../../faults/toxics.ts';
import type {Fault} from '../../model/fault.ts';
import type {Phase} from '../../model/plan.ts';
import type {SubjectChild} from '../processes/start-subject.ts';
import type {ComebackWatch} from './comeback-watch.ts';
import type {SubjectDialogue} from './subject-dialogue.ts';

export type WellOptions = {
  readonly subject: SubjectChild;
  readonly link: FaultyLink;
  readonly comeback: ComebackWatch;
  readonly now: () => number;
};

type Explored = Pick<Phase, 'name' | 'durationMs' | 'faults'> & {readonly untilWellMs: number};

const pollMs = 40;
/** A fault that has not acted by then, on a client that is well, does not reach it. */
const reachMs = 600;
/** Where others succeed for so long without a fault, an operation that still waits does not wait for the client to be back. */
const mostPendingMs = 4000;

/** Whether all was well in time. @throws TrialStopped */
export const untilWell = async (
  dialogue: SubjectDialogue,
  {subject, link, comeback, now}: WellOptions,
  {name, durationMs, faults, untilWellMs}: Explored,
): Promise<boolean> => {
  const beganMs = now();
  const shortestMs = Math.max(durationMs, ...faults.map(windowOf));
  /** When all of them were first seen to have acted. */
  let actedMs = faults.length === 0 ? beganMs : null;
  let goodSinceMs: number | null = null;
  await dialogue.waitFor(shortestMs);
  while (now() - beganMs < untilWellMs && now() - (goodSinceMs ?? now()) < mostPendingMs) {
    subject.send({kind: 'pulse'});
    actedMs ??= (await haveActed(link, name, faults)) ? now() : null;
    await dialogue.waitFor(pollMs);
    const sinceMs = actedMs ?? beganMs + reachMs;
    if (hasSucceededSince(comeback, sinceMs)) {
      if (!isWaitingSince(comeback, sinceMs)) return true;
      if (faults.length === 0) goodSinceMs ??= now();
    }
  }
  return false;
};

/** Until when a fault that lasts for a while may still act. */
const windowOf = ({startAfterMs = 0, durationMs}: Fault): number =>
  durationMs === undefined ? 0 : startAfterMs + durationMs;

const haveActed = async (link: FaultyLink, phase: string, faults: readonly Fault[]): Promise<boolean> => {
  const witness = await link.witness();
  return faults.every(
    (fault, position) =>
      isKick(fault) || (witness?.faults[faultName(phase, position, fault)]?.actions ?? 0) > 0,
  );
};

const hasSucceededSince = ({pulse}: ComebackWatch, sinceMs: number): boolean =>
  pulse !== null && pulse.succeededStartMs !== null && pulse.succeededStartMs >= sinceMs;

/** Whether an operation waits that was begun before. */
const isWaitingSince = ({pulse}: ComebackWatch, sinceMs: number): boolean =>
  pulse !== null && pulse.waitingStartMs !== null && pulse.waitingStartMs < sinceMs;
