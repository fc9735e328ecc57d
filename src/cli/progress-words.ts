// The texts for a running trial, the same on a terminal and in a log.
import {relative} from 'node:path';
import type {FirstOperation, PhaseFigures} from '../model/driver-witness.ts';
import type {TrialEvent} from '../model/event.ts';
import {withPhases} from '../model/fresh-start.ts';
import {durationOf, type Plan} from '../model/plan.ts';
import type {ProcessExit} from '../model/process-witness.ts';
import type {RunRecord} from '../model/run.ts';
import {plannedTrials, roundsText} from '../report/blocks/shards.ts';
import {count, plannedDuration, plural} from '../report/format.ts';

export const startText = (record: RunRecord, folder: string, cwd: string): string => {
  const {plan, shard, seed, environment} = record;
  const {variants, phases} = plan;
  const own = plannedTrials(record);
  const trials = plural(own * variants.length, 'trial');
  const longer = phases.some(({prolongedToMs}) => prolongedToMs !== undefined);
  return [
    `Scenario ${plan.name}: ${variants.map(({name}) => name).join(', ')}`,
    `${trials} of ${plannedDuration(durationOf(phases))}, ${timeText(expectedMs(plan, own))} in all${longer ? ', longer if it does not recover' : ''}`,
    ...(shard
      ? [
          `Shard ${shard.index} of ${shard.count}: ${roundsText(shard.rounds)} of ${record.trialsPerVariant} per variant`,
        ]
      : []),
    `Seed ${seed}, injector ${environment.injector}`,
    `Data in ${shortPath(folder, cwd)}`,
    '',
  ].join('\n');
};

const shortPath = (path: string, cwd: string): string => {
  const short = relative(cwd, path);
  return short.startsWith('..') ? path : short;
};

/** What a trial takes beside its phases: its processes start, what is in flight settles, and all that was seen is collected. */
const aroundTrialMs = 3000;
/** What a run takes beside its trials: the harness measures itself, and the report is made. */
const aroundRunMs = 3000;

export const expectedMs = ({phases, variants}: Plan, trialsPerVariant: number): number =>
  aroundRunMs + trialsPerVariant * variants.length * (durationOf(phases) + aroundTrialMs);

/** As well as one can know it: `about 45 s`, `about 4 min`, `about 2 h 10 min`. */
export const timeText = (ms: number): string => {
  const seconds = Math.ceil(ms / 5000) * 5;
  if (seconds < 100) return `about ${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `about ${minutes} min`;
  return `about ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** The part of a run's plan that the subject of this trial runs. */
export const planOf = (plan: Plan, {phases}: Extract<TrialEvent, {kind: 'trial'}>): Plan =>
  phases === undefined ? plan : withPhases(plan, phases);

export const failedOf = ({outcomes}: PhaseFigures): number =>
  outcomes.failed + outcomes.unknown + outcomes.rejected + outcomes.wrong;

export const countsOf = (figures: PhaseFigures | undefined): string =>
  figures
    ? [
        `${count(figures.outcomes.ok)} ok`,
        `${count(failedOf(figures))} failed`,
        `${count(figures.outcomes.hung)} hung`,
        ...(figures.dropped > 0 ? [`${count(figures.dropped)} not started`] : []),
      ].join(' · ')
    : '';

export const unsettledText = ({afterMs}: Extract<FirstOperation, {status: 'unsettled'}>): string =>
  `the first operation is still pending after ${(afterMs / 1000).toFixed(1)} s; starting the load anyway`;

/** Empty for a process that ended as it should. */
export const endOf = (event: Extract<TrialEvent, {kind: 'exit'}>): string => {
  const {exitCode, signal, killedFor} = event.exit;
  if (killedFor === null && exitCode === 0) return '';
  if (killedFor !== null) return endWords[killedFor];
  return signal === null ? `exited with code ${exitCode}` : `killed by ${signal}`;
};

const endWords: {readonly [why in NonNullable<ProcessExit['killedFor']>]: string} = {
  interrupted: 'interrupted',
  unresponsive: 'stopped responding',
  lingering: 'did not exit after close(); killed',
};
