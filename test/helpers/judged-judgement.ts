// What might have been judged of a trial that never took place.
import type {Finding, Measured, SymptomId} from '../../src/model/finding.ts';
import type {GoalMetric, GoalResult, Limit, Verdict} from '../../src/model/goal.ts';
import type {OutcomeCounts, OutcomeStatus} from '../../src/model/outcome.ts';
import type {Phase} from '../../src/model/plan.ts';
import type {Account, PhaseSummary, TrialJudgement} from '../../src/model/run.ts';
import {isServerFault} from '../../src/model/server-fault.ts';
import type {Trial} from '../../src/model/trial.ts';
import {picturesOf} from '../../src/symptoms/diagnoses.ts';
import {
  behaviours,
  countsOf,
  type Options,
  phases,
  ratePerSecond,
  startOf,
  wobble,
} from './judged-behaviour.ts';

const summaryOf = (
  variant: string,
  phase: Phase,
  index: number,
  seed: number,
  options: Options,
): PhaseSummary => {
  const behaviour = behaviours[variant]![index]!;
  const started = (phase.durationMs / 1000) * ratePerSecond;
  const outcomes = countsOf(behaviour, started);
  const times = (ms: number | null): number | null => (ms === null ? null : ms * wobble(seed + index));
  const bounded = variant === 'bounded';
  const succeeded = outcomes.ok > 0;
  return {
    phase: phase.name,
    role: phase.role,
    startMs: startOf(index),
    durationMs: phase.durationMs,
    faults: phase.faults.map(fault => ({
      name: `${fault.kind}_${index}`,
      kind: fault.kind,
      connectionsHit: options.uncounted ? null : options.inconclusive && index === 5 ? 0 : 50,
      actions: options.uncounted ? null : fault.kind === 'latency' ? started : 50,
      askedRatio: fault.kind === 'refuse' || isServerFault(fault) ? null : fault.probability,
      decisions: options.uncounted || fault.kind === 'refuse' ? null : 50,
      applied: options.uncounted || fault.kind === 'refuse' ? null : 50,
    })),
    offered: started,
    started,
    dropped: 0,
    late: 1,
    inFlight: 0,
    outcomes,
    overrun: 0,
    successRatio: outcomes.ok / started,
    goodputPerSecond: (outcomes.ok / (phase.durationMs / 1000)) * wobble(seed),
    startLagP99Ms: 1.1,
    responseP50Ms: succeeded ? times(behaviour.p50Ms) : null,
    responseP90Ms: succeeded ? times((behaviour.p50Ms ?? 0) * 1.1) : null,
    responseP99Ms: succeeded ? times(behaviour.p99Ms) : null,
    serviceP50Ms: succeeded ? times(behaviour.p50Ms) : null,
    serviceP99Ms: succeeded ? times(behaviour.p99Ms) : null,
    settleP99Ms: times(behaviour.settleP99Ms),
    settleMaxMs: times(behaviour.settleP99Ms),
    attempts: Math.round(behaviour.attempts * started),
    attemptsPerOperationRatio: behaviour.attempts,
    duplicateCount: 0,
    lostCount: 0,
    deliveredCount: null,
    redeliveredCount: null,
    connectionsOpened: options.uncounted ? null : index === 4 ? 560 : 50,
    connectionsOpenMax: options.uncounted ? null : 50,
    cpuUsPerOperation: (bounded ? 310 : 290) * wobble(seed + index),
    cpuRatio: 0.06,
    rssMaxBytes: 92 * 1024 ** 2,
    heapMaxBytes: 31 * 1024 ** 2,
    externalMaxBytes: 4 * 1024 ** 2,
    loopDelayP99Ms: 11.2,
    gcRatio: 0.004,
  };
};

const goalLimits: readonly (readonly [string, GoalMetric, Limit])[] = [
  ['baseline', 'successRatio', {min: 0.999}],
  ['stall', 'settleP99Ms', {max: 2000}],
  ['stall', 'hungCount', {max: 0}],
  ['recovery', 'successRatio', {min: 0.99}],
  ['recovery', 'timeToRecoverMs', {max: 3000}],
  ['run', 'attemptsPerOperationRatio', {max: 2}],
];

const goalsOf = (summaries: readonly PhaseSummary[], timeToRecoverMs: number | null): GoalResult[] =>
  goalLimits.map(([phase, metric, limit]) => {
    const summary = summaries.find(candidate => candidate.phase === phase);
    const total = (pick: (summary: PhaseSummary) => number) =>
      summaries.reduce((sum, each) => sum + pick(each), 0);
    const value =
      metric === 'timeToRecoverMs'
        ? timeToRecoverMs
        : metric === 'attemptsPerOperationRatio'
          ? total(({attempts}) => attempts ?? 0) / total(({started}) => started)
          : metric === 'hungCount'
            ? (summary?.outcomes.hung ?? null)
            : metric === 'settleP99Ms'
              ? (summary?.settleP99Ms ?? null)
              : (summary?.successRatio ?? null);
    const known = value !== null;
    const missed = known && (value > (limit.max ?? Infinity) || value < (limit.min ?? -Infinity));
    const verdict: Verdict = missed ? 'missed' : known ? 'met' : 'inconclusive';
    const reason = known ? null : summary ? 'nothing settled in the phase' : 'the phase was not reached';
    return {
      phase,
      metric,
      limit,
      verdict,
      value,
      count: summary?.started ?? (phase === 'run' ? total(({started}) => started) : 0),
      reason,
    };
  });

const looked: readonly SymptomId[] = [
  'hung-operation',
  'deadline-overrun',
  'retry-amplification',
  'duplicate-effect',
  'crossed-response',
  'slow-recovery',
  'connection-leak',
  'process-crash',
  'out-of-memory',
  'event-loop-stall',
];

const present = (symptom: SymptomId, phase: string, evidence: Measured): Finding => ({
  symptom,
  verdict: 'present',
  severity: symptom === 'retry-amplification' ? 'warn' : 'fail',
  phase,
  evidence: [{phase, ...evidence}],
});

const findingOf = (symptom: SymptomId, variant: string, options: Options): Finding => {
  const operations = ['3f2a-2004', '3f2a-2011', '3f2a-2012'];
  const base = variant === 'defaults';
  if (options.outOfMemory && base) {
    if (symptom === 'out-of-memory') {
      const statement = 'V8 gave up with a heap of 256 MiB while 412 operations were in flight.';
      return present(symptom, 'stall', {
        witness: 'system',
        statement,
        value: 1,
        threshold: 0,
        unit: 'count',
        count: 1,
        operations: [],
      });
    }
    if (symptom === 'slow-recovery')
      return {symptom, verdict: 'inconclusive', reason: 'the recovery was not reached'};
  }
  if (symptom === 'hung-operation' && base) {
    const statement = '800 of 800 operations had not settled 1 s after their deadline.';
    return present(symptom, 'stall', {
      witness: 'driver',
      statement,
      value: 800,
      threshold: 0,
      unit: 'count',
      count: 800,
      operations,
    });
  }
  if (symptom === 'slow-recovery' && base) {
    const statement = 'No three good seconds in a row within the 6 s of the recovery.';
    return present(symptom, 'recovery', {
      witness: 'driver',
      statement,
      value: 6000,
      threshold: 5000,
      unit: 'ms',
      count: 1200,
      operations: [],
    });
  }
  if (symptom === 'retry-amplification' && !base) {
    const statement = 'The target saw 2.98 attempts for each operation.';
    return present(symptom, 'reset', {
      witness: 'target',
      statement,
      value: 2.98,
      threshold: 1.1,
      unit: 'ratio',
      count: 600,
      operations: [],
    });
  }
  if (symptom === 'connection-leak' && options.uncounted) {
    return {symptom, verdict: 'inconclusive', reason: 'the injector does not count connections'};
  }
  return {symptom, verdict: 'clear'};
};

const accountOf = (summaries: readonly PhaseSummary[]): Account => {
  const sum = (pick: (summary: PhaseSummary) => number): number =>
    summaries.reduce((total, summary) => total + pick(summary), 0);
  const statuses: readonly OutcomeStatus[] = ['ok', 'failed', 'unknown', 'rejected', 'wrong', 'hung'];
  return {
    offered: sum(({offered}) => offered),
    started: sum(({started}) => started),
    dropped: sum(({dropped}) => dropped),
    outcomes: Object.fromEntries(
      statuses.map(status => [status, sum(({outcomes}) => outcomes[status])]),
    ) as OutcomeCounts,
    inFlight: sum(({inFlight}) => inFlight),
  };
};

export const judge = (trial: Trial, options: Options): TrialJudgement => {
  const summaries = phases
    .slice(0, trial.edges.length)
    .map((phase, index) => summaryOf(trial.variant, phase, index, trial.seed, options));
  const findings = looked.map(symptom => findingOf(symptom, trial.variant, options));
  const timeToRecoverMs = trial.variant === 'bounded' && trial.edges.length === phases.length ? 1180 : null;
  const goals = goalsOf(summaries, timeToRecoverMs);
  const gate = {
    name: 'fault-without-effect',
    reason: 'refuse_5 hit no connection in refused.',
    advice: 'Let the phase last longer, or raise the load.',
  };
  const worst = goals.some(({verdict}) => verdict === 'missed')
    ? 'missed'
    : goals.some(({verdict}) => verdict === 'inconclusive')
      ? 'inconclusive'
      : 'met';
  return {
    trialId: trial.id,
    variant: trial.variant,
    verdict: options.inconclusive ? 'inconclusive' : worst,
    phases: summaries,
    account: accountOf(summaries),
    timeToRecoverMs,
    goals,
    findings,
    diagnoses: picturesOf(findings, summaries),
    conventions: null,
    gates: options.inconclusive ? [gate] : [],
  };
};
