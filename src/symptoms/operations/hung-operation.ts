// Operations that never settle: not by their deadline and its grace of max(1 s, 10 %).

import {
  counted,
  duration,
  type Found,
  found,
  grouped,
  inRunFolder,
  operationsWith,
  phaseName,
} from '../../measures/evidence.ts';
import type {Detector} from '../../model/finding.ts';
import {hungAfterMs} from '../../model/plan.ts';
import type {Trial} from '../../model/trial.ts';
import {presentIf} from '../finding.ts';

export const hungOperation: Detector<'hung-operation'> = (trial, {hungCount: threshold}) => {
  const limitMs = hungAfterMs(trial.plan.operation);
  const hung = trial.driver.phases
    .filter(figures => figures.outcomes.hung > threshold)
    .sort((a, b) => b.outcomes.hung - a.outcomes.hung)
    .map(figures => {
      const {hung: count} = figures.outcomes;
      const phase = phaseName(trial, figures.phase);
      const later =
        figures.settledAfterHung === 0
          ? 'None of them settled later.'
          : `${figures.settledAfterHung === count ? (count === 1 ? 'It' : `All ${grouped(count)}`) : `${grouped(figures.settledAfterHung)} of them`} settled later.`;
      const before = movedText(figures.hungMoved ?? 0, count);
      return {
        phase,
        evidence: {
          witness: 'driver' as const,
          statement: `${grouped(count)} of ${counted(figures.started, 'operation')} in phase ${phase} ${count === 1 ? 'was' : 'were'} still pending ${duration(limitMs)} after ${count === 1 ? 'its' : 'their'} scheduled start${before}. ${later}`,
          value: count,
          threshold,
          unit: 'count' as const,
          count: figures.started,
          operations: operationsWith(trial, figures.phase, 'hung'),
        },
      };
    });
  return presentIf('hung-operation', 'fail', hung.length === 0 ? [] : [...hung, ...reported(trial)]);
};

/** What was under way before the phase may have waited in the client all along, and never met the fault. */
const movedText = (moved: number, count: number): string =>
  moved === 0 ? '' : ` (${moved === count ? 'all' : grouped(moved)} had started before the phase)`;

/** Where to look in the process itself. */
const reported = (trial: Trial): Found[] => {
  const kept = trial.kept.find(({what, bytes}) => what === 'process-report' && bytes !== null);
  const inFlight = trial.driver.drained?.inFlight ?? 0;
  if (!kept || inFlight === 0) return [];
  const statement = `${counted(inFlight, 'operation')} had not settled when the drain ended; Node's diagnostic report (${kept.file}) shows what the process held open at that time.`;
  return [
    found('drain', {
      witness: 'system',
      statement,
      value: inFlight,
      threshold: 0,
      unit: 'count',
      count: inFlight,
      files: [inRunFolder(trial, kept.file)],
    }),
  ];
};
