// The texts for a running trial, the same on a terminal and in a log.
import type {FirstOperation, PhaseFigures} from '../model/driver-witness.ts';
import type {TrialEvent} from '../model/event.ts';
import {withPhases} from '../model/fresh-start.ts';
import type {Plan} from '../model/plan.ts';
import type {RunRecord} from '../model/run.ts';

export const startText = (record: RunRecord, folder: string): string =>
  `scenario ${record.plan.name} · seed ${record.seed} · injector ${record.environment.injector}\ndata ${folder}\n`;

/** The part of a run's plan that the subject of this trial runs. */
export const planOf = (plan: Plan, {phases}: Extract<TrialEvent, {kind: 'trial'}>): Plan =>
  phases === undefined ? plan : withPhases(plan, phases);

export const failedOf = ({outcomes}: PhaseFigures): number =>
  outcomes.failed + outcomes.unknown + outcomes.rejected + outcomes.wrong;

export const countsOf = (figures: PhaseFigures | undefined): string =>
  figures
    ? `${figures.outcomes.ok} ok · ${failedOf(figures)} failed · ${figures.outcomes.hung} hung${figures.dropped > 0 ? ` · ${figures.dropped} dropped` : ''}`
    : '';

export const unsettledText = ({afterMs}: Extract<FirstOperation, {status: 'unsettled'}>): string =>
  `the operation tried before the load has not settled after ${(afterMs / 1000).toFixed(1)} s; the load starts all the same`;

/** Empty for a process that ended as it should. */
export const endOf = (event: Extract<TrialEvent, {kind: 'exit'}>): string => {
  const {exitCode, signal, killedFor} = event.exit;
  if (killedFor === null && exitCode === 0) return '';
  return killedFor ?? (signal === null ? `exit code ${exitCode}` : signal);
};
