// One phase of one variant: the median over its trials of every figure of a phase.
import type {ClientCounts} from '../../model/client-witness.ts';
import type {OutcomeCounts} from '../../model/outcome.ts';
import type {Phase} from '../../model/plan.ts';
import type {FaultSummary, PhaseSummary, ServerAway} from '../../model/run.ts';
import {medianOf} from '../../stats/quantile.ts';
import {settledStatuses} from '../blocks/outcome-counts.ts';

/** `trialCount` says how many trials reached the phase; with one, the figures are that trial's. */
export type PhaseMedians = PhaseSummary & {readonly index: number; readonly trialCount: number};

export const medianPhase = (
  phase: Phase & {readonly index: number},
  summaries: readonly PhaseSummary[],
): PhaseMedians => {
  const known = (pick: (summary: PhaseSummary) => number | null): number | null =>
    medianOf(summaries.map(pick));
  const counted = (pick: (summary: PhaseSummary) => number): number => known(pick) ?? 0;
  return {
    phase: phase.name,
    role: phase.role,
    index: phase.index,
    trialCount: summaries.length,
    startMs: counted(summary => summary.startMs),
    durationMs: counted(summary => summary.durationMs),
    faults: medianFaults(summaries),
    offered: counted(summary => summary.offered),
    started: counted(summary => summary.started),
    dropped: counted(summary => summary.dropped),
    late: counted(summary => summary.late),
    inFlight: counted(summary => summary.inFlight),
    outcomes: medianOutcomes(summaries),
    overrun: counted(summary => summary.overrun),
    successRatio: known(summary => summary.successRatio),
    goodputPerSecond: counted(summary => summary.goodputPerSecond),
    startLagP99Ms: known(summary => summary.startLagP99Ms),
    responseP50Ms: known(summary => summary.responseP50Ms),
    responseP90Ms: known(summary => summary.responseP90Ms),
    responseP99Ms: known(summary => summary.responseP99Ms),
    serviceP50Ms: known(summary => summary.serviceP50Ms),
    serviceP99Ms: known(summary => summary.serviceP99Ms),
    settleP99Ms: known(summary => summary.settleP99Ms),
    settleMaxMs: known(summary => summary.settleMaxMs),
    attempts: known(summary => summary.attempts),
    attemptsPerOperationRatio: known(summary => summary.attemptsPerOperationRatio),
    duplicateCount: known(summary => summary.duplicateCount),
    lostCount: known(summary => summary.lostCount),
    ...medianClients(summaries),
    deliveredCount: known(summary => summary.deliveredCount),
    redeliveredCount: known(summary => summary.redeliveredCount),
    connectionsOpened: known(summary => summary.connectionsOpened),
    connectionsOpenMax: known(summary => summary.connectionsOpenMax),
    cpuUsPerOperation: known(summary => summary.cpuUsPerOperation),
    cpuRatio: known(summary => summary.cpuRatio),
    rssMaxBytes: known(summary => summary.rssMaxBytes),
    heapMaxBytes: known(summary => summary.heapMaxBytes),
    externalMaxBytes: known(summary => summary.externalMaxBytes),
    loopDelayP99Ms: known(summary => summary.loopDelayP99Ms),
    gcRatio: known(summary => summary.gcRatio),
  };
};

const medianOutcomes = (summaries: readonly PhaseSummary[]): OutcomeCounts =>
  Object.fromEntries(
    settledStatuses.map(status => [status, medianOf(summaries.map(({outcomes}) => outcomes[status])) ?? 0]),
  ) as OutcomeCounts;

const medianClients = (summaries: readonly PhaseSummary[]): Pick<PhaseSummary, 'clients'> => {
  const reported = summaries.flatMap(({clients}) => clients ?? []);
  if (reported.length === 0) return {};
  const known = (figure: keyof ClientCounts): number => medianOf(reported.map(one => one[figure])) ?? 0;
  return {
    clients: {
      opens: known('opens'),
      opened: known('opened'),
      openFailed: known('openFailed'),
      closes: known('closes'),
      closed: known('closed'),
      closeFailed: known('closeFailed'),
      closeSlow: known('closeSlow'),
      inFlightAtClose: known('inFlightAtClose'),
    },
  };
};

/** The trials of a run share one plan, so that the faults of a phase are the same ones in the same order. */
const medianFaults = (summaries: readonly PhaseSummary[]): FaultSummary[] =>
  (summaries[0]?.faults ?? []).map((fault, index) => ({
    name: fault.name,
    kind: fault.kind,
    connectionsHit: medianOf(summaries.map(({faults}) => faults[index]?.connectionsHit ?? null)),
    actions: medianOf(summaries.map(({faults}) => faults[index]?.actions ?? null)),
    askedRatio: fault.askedRatio,
    decisions: total(summaries.map(({faults}) => faults[index]?.decisions ?? null)),
    applied: total(summaries.map(({faults}) => faults[index]?.applied ?? null)),
    ...medianAway(summaries.flatMap(({faults}) => faults[index]?.server ?? [])),
  }));

const medianAway = (times: readonly ServerAway[]): Pick<FaultSummary, 'server'> => {
  const awayMs = medianOf(times.map(time => time.awayMs));
  const startMs = medianOf(times.map(time => time.startMs));
  return awayMs === null || startMs === null ? {} : {server: {awayMs, startMs}};
};

/** Decisions add up over trials: the more of them, the more certain the rate. */
const total = (values: readonly (number | null)[]): number | null => {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
};
