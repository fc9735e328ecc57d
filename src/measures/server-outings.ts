// When faults had taken the real server away, and what that explains.
import {isServerFault, type ServerChange} from '../model/server-fault.ts';
import {forgetful} from '../model/service.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {duration} from './evidence.ts';

/** What had not happened when the trial ended is null. */
export type Outing = {
  readonly fault: string;
  readonly leftMs: number;
  readonly awayMs: number | null;
  readonly returningMs: number | null;
  readonly backMs: number | null;
};

/** In order; those of one fault where it is given, by its name. */
export const outingsOf = ({serverEvents}: Trial, fault?: string): Outing[] => {
  const events = serverEvents.filter(event => fault === undefined || event.fault === fault);
  return events.flatMap(({fault: name, change, atMs: leftMs}, index) => {
    if (change !== 'leaving') return [];
    const rest = events.slice(index + 1);
    const next = rest.findIndex(event => event.change === 'leaving');
    const own = next < 0 ? rest : rest.slice(0, next);
    const timeOf = (wanted: ServerChange): number | null =>
      own.find(event => event.change === wanted)?.atMs ?? null;
    return [
      {
        fault: name,
        leftMs,
        awayMs: timeOf('away'),
        returningMs: timeOf('returning'),
        backMs: timeOf('back'),
      },
    ];
  });
};

/** How long the server itself took to come back, for a recovery that follows on that; empty for all others. */
export const ownStartNote = (trial: Trial, recoveryPhase: number): string => {
  const before = phaseWindow(trial, recoveryPhase - 1);
  const last = outingsOf(trial).findLast(({backMs}) => before !== null && (backMs ?? 0) >= before.startMs);
  const {returningMs = null, backMs = null} = last ?? {};
  if (!before || returningMs === null || backMs === null || returningMs > before.endMs) return '';
  return ` (the server was ready again ${duration(backMs - returningMs)} after it was to come back, which is not counted)`;
};

/** Why what was acknowledged may be gone from the server by its own doing; null where it may not. */
export const forgottenBy = ({plan, serverEvents}: Trial): string | null => {
  const {target} = plan;
  const when = target.kind === 'service' ? forgetful[target.service] : undefined;
  if (target.kind !== 'service' || when === undefined || serverEvents.length === 0) return null;
  const isForgotten = plan.phases.some(({faults}) =>
    faults.some(
      fault =>
        isServerFault(fault) &&
        (fault.kind === 'serverKill' || (fault.kind === 'serverStop' && when === 'always')),
    ),
  );
  if (!isForgotten) return null;
  return when === 'always'
    ? `${target.service} starts empty, and was restarted`
    : `${target.service} may lose what it has in memory, and was killed`;
};
