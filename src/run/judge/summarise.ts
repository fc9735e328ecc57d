// One phase of one trial as a row of figures, all witnesses side by side.
import {faultName, isProxyState} from '../../faults/toxics.ts';
import {countDeliveries} from '../../measures/deliveries.ts';
import {measureIntegrity} from '../../measures/effects.ts';
import {attemptsOf, DriverMeasure, measureConnections, p99Ms} from '../../measures/measure.ts';
import {measureProcess, residentMaxBytes} from '../../measures/process-measure.ts';
import {type Outing, outingsOf} from '../../measures/server-outings.ts';
import type {Fault} from '../../model/fault.ts';
import type {Phase} from '../../model/plan.ts';
import type {FaultWitness} from '../../model/proxy-witness.ts';
import type {FaultSummary, PhaseSummary, ServerAway} from '../../model/run.ts';
import {isServerFault} from '../../model/server-fault.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {percentileMs} from '../../stats/histogram.ts';

/** The phases that the trial reached. */
export const summarisePhases = (trial: Trial): PhaseSummary[] =>
  trial.plan.phases.flatMap((phase, index) => {
    const window = phaseWindow(trial, index);
    return window ? [summarise(trial, phase, index, window)] : [];
  });

const summarise = (
  trial: Trial,
  phase: Phase,
  index: number,
  window: {startMs: number; endMs: number},
): PhaseSummary => {
  const driver = new DriverMeasure(trial, [index]);
  const started = driver.total('started');
  const outcomes = driver.outcomes;
  const responseOk = driver.responseOk();
  const serviceOk = driver.serviceOk();
  const settled = driver.responseSettled();
  const attempts = attemptsOf(trial, [index]);
  const integrity = measureIntegrity(trial, [index]);
  const deliveries = countDeliveries(trial, [index]);
  const connections = measureConnections(trial, index);
  const resources = trial.phaseResources.find(candidate => candidate.phase === index);
  const process = measureProcess(trial, index);
  const durationMs = window.endMs - window.startMs;
  const outsideCpuMs = trial.plan.program && process ? process.cpuRatio * durationMs : null;
  const cpuMs = resources?.cpuMs ?? outsideCpuMs;
  return {
    phase: phase.name,
    role: phase.role,
    startMs: window.startMs,
    durationMs,
    faults: summariseFaults(trial, phase),
    offered: driver.total('offered'),
    started,
    dropped: driver.total('dropped'),
    late: driver.total('late'),
    inFlight: started - driver.settled - outcomes.hung,
    outcomes,
    overrun: driver.total('overrun'),
    successRatio: driver.successRatio,
    goodputPerSecond: durationMs === 0 ? 0 : (driver.okWithin * 1000) / durationMs,
    startLagP99Ms: p99Ms(driver.startLag()),
    responseP50Ms: percentileMs(responseOk, 50),
    responseP90Ms: percentileMs(responseOk, 90),
    responseP99Ms: p99Ms(responseOk),
    serviceP50Ms: percentileMs(serviceOk, 50),
    serviceP99Ms: p99Ms(serviceOk),
    settleP99Ms: p99Ms(settled),
    settleMaxMs: percentileMs(settled, 100),
    attempts,
    attemptsPerOperationRatio: attempts === null || started === 0 ? null : attempts / started,
    duplicateCount: integrity.duplicates.value,
    lostCount: integrity.lost.value,
    ...clientsIn(trial, index),
    deliveredCount: deliveries?.delivered ?? null,
    redeliveredCount: deliveries?.repeated ?? null,
    connectionsOpened: connections?.opened ?? null,
    connectionsOpenMax: connections?.openMax ?? null,
    cpuUsPerOperation: cpuMs === null || started === 0 ? null : (cpuMs * 1000) / started,
    cpuRatio: process?.cpuRatio ?? null,
    rssMaxBytes: residentMaxBytes(trial, index),
    heapMaxBytes: process?.heapMaxBytes ?? null,
    externalMaxBytes: process?.externalMaxBytes ?? null,
    loopDelayP99Ms: resources?.loopDelayP99Ms ?? null,
    gcRatio: process?.gcShare ?? null,
  };
};

const clientsIn = ({clients}: Trial, index: number): Pick<PhaseSummary, 'clients'> => {
  const figures = clients?.phases.find(({phase}) => phase === index);
  if (!figures) return {};
  const {phase: _, ...counts} = figures;
  return {clients: counts};
};

const withoutDice = {askedRatio: null, decisions: null, applied: null};

const summariseFaults = (trial: Trial, phase: Phase): FaultSummary[] => {
  const last = trial.injector.at(-1)?.witness ?? null;
  return phase.faults.map((fault, position) => {
    const name = faultName(phase.name, position, fault);
    if (isServerFault(fault)) return {name, kind: fault.kind, ...withoutDice, ...outages(trial, phase, name)};
    if (isProxyState(fault)) return {name, kind: fault.kind, ...withoutDice, ...refusals(trial, phase)};
    const witness = last?.faults[name];
    return {
      name,
      kind: fault.kind,
      connectionsHit: last === null ? null : (witness?.connectionsHit ?? 0),
      actions: last === null ? null : actionsOf(trial, phase, fault, witness),
      askedRatio: fault.probability,
      decisions: last === null ? null : (witness?.decisions ?? 0),
      applied: last === null ? null : (witness?.applied ?? 0),
    };
  });
};

/** A server that was away with nobody there to see it has hit nothing: no connection was open, and no operation started. */
const outages = (
  trial: Trial,
  phase: Phase,
  name: string,
): Pick<FaultSummary, 'connectionsHit' | 'actions' | 'server'> => {
  const outings = outingsOf(trial, name).filter(({awayMs}) => awayMs !== null);
  const connectionsHit = trial.injectorLog === null ? null : openDuring(trial, outings);
  const {length: count} = outings;
  const started = new DriverMeasure(trial, [trial.plan.phases.indexOf(phase)]).total('started');
  const times = outings.flatMap(({awayMs, returningMs, backMs}): ServerAway[] =>
    awayMs === null || returningMs === null || backMs === null
      ? []
      : [{awayMs: returningMs - awayMs, startMs: backMs - returningMs}],
  );
  return {
    connectionsHit,
    actions: connectionsHit === 0 && started === 0 ? 0 : count,
    ...(times.length > 0 && {
      server: {
        awayMs: Math.max(...times.map(({awayMs}) => awayMs)),
        startMs: Math.max(...times.map(({startMs}) => startMs)),
      },
    }),
  };
};

/** Connections that were open when the server was taken away, or opened while it was. */
const openDuring = ({injectorLog, originEpochMs}: Trial, outings: readonly Outing[]): number =>
  (injectorLog?.connections ?? []).filter(({openedMs, closedMs}) =>
    outings.some(
      ({leftMs, backMs}) =>
        openedMs - originEpochMs < (backMs ?? Number.POSITIVE_INFINITY) &&
        (closedMs === null || closedMs - originEpochMs >= leftMs),
    ),
  ).length;

/** While a proxy is down the kernel refuses connects without a trace: that it was down is no proof of a hit. */
const letsProxyBeDown = (fault: Fault): boolean =>
  fault.kind === 'flap' || fault.kind === 'refuse' || (fault.kind === 'blackhole' && fault.syn === true);

/** Null where it cannot be known: connects met a proxy that was down, or there were none, and no live connection was cut. */
const actionsOf = (
  trial: Trial,
  phase: Phase,
  fault: Fault,
  witness: FaultWitness | undefined,
): number | null => {
  const {actions = 0, connectionsHit = 0} = witness ?? {};
  if (actions === 0 || connectionsHit > 0 || !letsProxyBeDown(fault)) return actions;
  const index = trial.plan.phases.indexOf(phase);
  return new DriverMeasure(trial, [index]).total('started') > 0 ? null : 0;
};

/**
 * Connections that the kernel refuses are not counted: `actions` is null. It is 0, a fault that hit nothing, where no
 * live connection was cut, and new ones were let in or not attempted.
 */
const refusals = (trial: Trial, phase: Phase): Pick<FaultSummary, 'connectionsHit' | 'actions'> => {
  const index = trial.plan.phases.indexOf(phase);
  const window = phaseWindow(trial, index);
  if (!window || trial.injector.length === 0) return {connectionsHit: null, actions: null};
  const {injector, edges} = trial;
  const closesAtMs = edges.find(edge => edge.phase === index)?.beforeMs ?? window.startMs;
  const before = injector.findLast(sample => sample.atMs <= closesAtMs);
  // Until the listener is really closed connections may come in, while the faults of the previous phase are removed.
  const closed = injector.find(sample => sample.atMs > window.startMs) ?? before;
  const last = injector.findLast(sample => sample.atMs <= window.endMs) ?? before;
  const cut = (last?.witness.cutConnections ?? 0) - (before?.witness.cutConnections ?? 0);
  const opened = (last?.witness.openedConnections ?? 0) - (closed?.witness.openedConnections ?? 0);
  const refused = opened <= 0 && new DriverMeasure(trial, [index]).total('started') > 0;
  return {connectionsHit: cut, actions: cut > 0 || refused ? null : 0};
};
