// A judged run that never took place: undici's pool, defaults against bounded, with numbers as they might have been.
import type {Bin, FailureClass, OperationExample} from '../../src/model/event.ts';
import {latency, refuse, resetPeer, stall} from '../../src/model/fault.ts';
import type {Finding, SymptomId} from '../../src/model/finding.ts';
import type {GoalMetric, GoalResult, Limit, Verdict} from '../../src/model/goal.ts';
import type {OutcomeCounts, OutcomeStatus} from '../../src/model/outcome.ts';
import type {Phase, Plan, Variant} from '../../src/model/plan.ts';
import type {JudgedRun, PhaseSummary, RunRecord, TrialJudgement} from '../../src/model/run.ts';
import type {SubjectEnd, Trial} from '../../src/model/trial.ts';
import {telemetryOf} from './judged-telemetry.ts';

const ratePerSecond = 200;

const phases: Plan['phases'] = [
  {name: 'warm-up', role: 'warm-up', durationMs: 2000, faults: []},
  {name: 'baseline', role: 'baseline', durationMs: 4000, faults: []},
  {name: 'latency', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 300, jitterMs: 50})]},
  {name: 'stall', role: 'fault', durationMs: 4000, faults: [stall()]},
  {name: 'reset', role: 'fault', durationMs: 3000, faults: [resetPeer()]},
  {name: 'refused', role: 'fault', durationMs: 3000, faults: [refuse()]},
  {name: 'recovery', role: 'recovery', durationMs: 6000, faults: []},
];

const defaults: Variant = {name: 'defaults', options: {connections: 50}, change: null, process: {env: {}}};
const bounded: Variant = {
  name: 'bounded',
  options: {
    connections: 50,
    headersTimeout: 500,
    bodyTimeout: 500,
    connect: {timeout: 500},
    retry: {maxRetries: 2},
  },
  change:
    'Bound every wait below the deadline (headersTimeout, bodyTimeout, connect.timeout), and retry at most twice.',
  process: {env: {}},
};

/** Shares of the outcomes of a phase, what they take, and attempts per operation. */
type Behaviour = {
  readonly shares: {readonly [status in OutcomeStatus]?: number};
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly settleP99Ms: number | null;
  readonly attempts: number;
};

const calm: Behaviour = {shares: {ok: 1}, p50Ms: 1.31, p99Ms: 4.2, settleP99Ms: 4.2, attempts: 1};
const slow: Behaviour = {shares: {ok: 1}, p50Ms: 301, p99Ms: 352, settleP99Ms: 352, attempts: 1};

const behaviours: {readonly [variant: string]: readonly Behaviour[]} = {
  defaults: [
    calm,
    calm,
    slow,
    {shares: {hung: 1}, p50Ms: null, p99Ms: null, settleP99Ms: null, attempts: 0.0625},
    {shares: {unknown: 0.94, hung: 0.06}, p50Ms: 0.9, p99Ms: 3.1, settleP99Ms: 3.1, attempts: 0.94},
    {shares: {failed: 1}, p50Ms: 0.61, p99Ms: 2.4, settleP99Ms: 2.4, attempts: 0},
    {shares: {ok: 0.91, hung: 0.09}, p50Ms: 1.4, p99Ms: 96, settleP99Ms: 96, attempts: 0.91},
  ],
  bounded: [
    calm,
    calm,
    {shares: {ok: 0.998, unknown: 0.002}, p50Ms: 302, p99Ms: 430, settleP99Ms: 455, attempts: 1.01},
    {shares: {unknown: 0.94, rejected: 0.06}, p50Ms: 1540, p99Ms: 1710, settleP99Ms: 1720, attempts: 2.82},
    {shares: {unknown: 1}, p50Ms: 310, p99Ms: 420, settleP99Ms: 424, attempts: 2.98},
    {shares: {failed: 1}, p50Ms: 305, p99Ms: 412, settleP99Ms: 415, attempts: 0},
    {shares: {ok: 0.995, failed: 0.005}, p50Ms: 1.33, p99Ms: 7.9, settleP99Ms: 310, attempts: 1.01},
  ],
};

export type Options = {
  readonly trialsPerVariant?: number;
  readonly oneVariant?: boolean;
  /** The baseline's process runs out of memory in the stall. */
  readonly outOfMemory?: boolean;
  /** Ctrl-C in the stall of the candidate's trial. */
  readonly interrupted?: boolean;
  /** A real Toxiproxy, which counts nothing. */
  readonly uncounted?: boolean;
  readonly inconclusive?: boolean;
};

/** How far a figure of this trial is from the others', a few per cent, always the same. */
const wobble = (seed: number): number => 1 + 0.04 * Math.sin(seed * 2.399);

const startOf = (phase: number): number =>
  phases.slice(0, phase).reduce((sum, {durationMs}) => sum + durationMs, 40);

const countsOf = ({shares}: Behaviour, started: number): OutcomeCounts => {
  const counts = {ok: 0, failed: 0, unknown: 0, rejected: 0, wrong: 0, hung: 0};
  const parts = Object.entries(shares) as [OutcomeStatus, number][];
  let left = started;
  for (const [status, share] of parts.slice(1)) {
    counts[status] = Math.round(share * started);
    left -= counts[status];
  }
  counts[parts[0]![0]] = left;
  return counts;
};

const binsOf = (variant: string, reached: number, untilMs: number): Bin[] =>
  phases.slice(0, reached).flatMap(({durationMs}, phase) => {
    const behaviour = behaviours[variant]![phase]!;
    return Array.from({length: durationMs / 500}, (_, number): Bin => {
      const index = (startOf(phase) - 40) / 500 + number;
      const times = (ms: number | null): number | null => (ms === null ? null : ms * wobble(index));
      return {
        index,
        startMs: index * 500,
        durationMs: 500,
        phase,
        started: ratePerSecond / 2,
        dropped: 0,
        outcomes: countsOf(behaviour, ratePerSecond / 2),
        p50Ms: times(behaviour.p50Ms),
        p99Ms: times(behaviour.p99Ms),
        maxMs: times(behaviour.p99Ms),
      };
    }).filter(bin => bin.startMs < untilMs);
  });

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
    duplicateCount: bounded && index === 4 ? 0 : 0,
    lostCount: 0,
    connectionsOpened: options.uncounted ? null : index === 4 ? 560 : 50,
    connectionsOpenMax: options.uncounted ? null : 50,
    cpuUsPerOperation: (bounded ? 310 : 290) * wobble(seed + index),
    cpuRatio: 0.06,
    rssMaxBytes: 92 * 1024 ** 2,
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
    return {phase, metric, limit, verdict, value, count: summary?.started ?? 0, reason};
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

const present = (
  symptom: SymptomId,
  phase: string,
  evidence: Extract<Finding, {verdict: 'present'}>['evidence'][0],
): Finding => ({
  symptom,
  verdict: 'present',
  severity: symptom === 'retry-amplification' ? 'warn' : 'fail',
  phase,
  evidence: [evidence],
});

const findingOf = (symptom: SymptomId, variant: string, options: Options): Finding => {
  const operations = ['3f2a-2004', '3f2a-2011', '3f2a-2012'];
  const base = variant === 'defaults';
  if (options.outOfMemory && base) {
    if (symptom === 'out-of-memory') {
      const says = 'V8 gave up with a heap of 256 MiB while 412 operations were in flight.';
      return present(symptom, 'stall', {
        witness: 'system',
        says,
        value: 1,
        threshold: 0,
        count: 1,
        operations: [],
      });
    }
    if (symptom === 'slow-recovery')
      return {symptom, verdict: 'inconclusive', reason: 'the recovery was not reached'};
  }
  if (symptom === 'hung-operation' && base) {
    const says = '800 of 800 operations had not settled 1 s after their deadline.';
    return present(symptom, 'stall', {
      witness: 'driver',
      says,
      value: 800,
      threshold: 0,
      count: 800,
      operations,
    });
  }
  if (symptom === 'slow-recovery' && base) {
    const says = 'No three good seconds in a row within the 6 s of the recovery.';
    return present(symptom, 'recovery', {
      witness: 'driver',
      says,
      value: 6000,
      threshold: 5000,
      count: 1200,
      operations: [],
    });
  }
  if (symptom === 'retry-amplification' && !base) {
    const says = 'The target saw 2.98 attempts for each operation.';
    return present(symptom, 'reset', {
      witness: 'target',
      says,
      value: 2.98,
      threshold: 1.1,
      count: 600,
      operations: [],
    });
  }
  if (symptom === 'connection-leak' && options.uncounted) {
    return {symptom, verdict: 'inconclusive', reason: 'the injector does not count connections'};
  }
  return {symptom, verdict: 'clear'};
};

const exampleOf = (
  index: number,
  phase: number,
  status: OutcomeStatus,
  durationMs: number,
): OperationExample => ({
  id: `3f2a-${index}`,
  index,
  phase,
  startMs: startOf(phase) + 355,
  durationMs,
  status,
});

const failuresOf = (variant: string, reached: number): FailureClass[] => {
  const known: readonly [
    status: OutcomeStatus,
    code: string,
    message: string,
    phase: number,
    count: number,
  ][] =
    variant === 'defaults'
      ? [
          ['failed', 'ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:40123', 5, 600],
          ['unknown', 'UND_ERR_SOCKET', 'other side closed', 4, 564],
        ]
      : [
          ['unknown', 'UND_ERR_HEADERS_TIMEOUT', 'Headers Timeout Error', 3, 752],
          ['failed', 'ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:40123', 5, 606],
          ['unknown', 'ECONNRESET', 'read ECONNRESET', 4, 600],
          ['rejected', 'UND_ERR_REQ_RETRY', 'Request failed: authorization: Bearer abcdef0123456789', 3, 48],
        ];
  return known
    .filter(([, , , phase]) => phase < reached)
    .map(([status, code, message, phase, count]) => ({
      key: `${status}|${code}`,
      status,
      error: {name: code.startsWith('UND') ? 'SocketError' : 'Error', code, message, stack: [], causes: []},
      count,
      countByPhase: {[phase]: count},
      examples: [exampleOf(startOf(phase) / 5, phase, status, 12.4)],
    }));
};

const trialOf = (plan: Plan, variant: string, number: number, options: Options): Trial => {
  const died = options.outOfMemory === true && variant === 'defaults';
  const stopped = options.interrupted === true && variant === 'bounded';
  const cut = died || stopped;
  const reached = cut ? 4 : phases.length;
  const endMs = cut ? 12_840 : startOf(phases.length);
  const end: SubjectEnd = died
    ? {kind: 'crashed', exitCode: null, signal: 'SIGABRT', outOfMemory: true, error: null}
    : stopped
      ? {kind: 'interrupted'}
      : {kind: 'completed', close: 'resolved', error: null};
  const seed = variant === 'defaults' ? number : number + 100;
  return {
    id: `${variant}-${number}`,
    plan,
    variant,
    number,
    seed,
    originEpochMs: 1_793_000_000_000,
    tracePrefix: '5eed0000000000a1',
    edges: phases
      .slice(0, reached)
      .map((_, phase) => ({phase, beforeMs: startOf(phase) - 2, afterMs: startOf(phase)})),
    loadEndedMs: cut ? null : endMs,
    end,
    exit: {
      atMs: cut ? endMs : endMs + 3100,
      exitCode: died ? null : 0,
      signal: died ? 'SIGABRT' : null,
      killedFor: stopped ? 'interrupted' : null,
      stdoutBytes: 0,
      stderrBytes: died ? 212 : 0,
      stderrTail: died
        ? '<--- Last few GCs --->\n[4711:0x5f] Mark-Compact 255.1 (258.2) -> 254.9 (258.4) MB\nredis://app:hunter2@cache:6379 queued 412\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n'
        : '',
    },
    runtime: 'node 24.21.0',
    versions: {undici: '8.12.4'},
    driver: {
      phases: [],
      bins: binsOf(variant, reached, endMs),
      failures: failuresOf(variant, reached),
      slowest:
        variant === 'defaults'
          ? [exampleOf(1711, 2, 'ok', 389), exampleOf(1702, 2, 'ok', 371)]
          : [exampleOf(2410, 3, 'unknown', 1744), exampleOf(2388, 3, 'unknown', 1731)],
      outcomes: new Uint8Array(),
      operationPhases: new Uint8Array(),
      drained: cut ? null : {atMs: endMs + 3000, inFlight: 0},
    },
    telemetry: telemetryOf(failuresOf(variant, reached), variant, reached),
    injector: [],
    ledger: null,
    resources: [],
    phaseResources: [],
    system: [],
    warnings: [],
    troubles: [],
  };
};

const judge = (trial: Trial, options: Options): TrialJudgement => {
  const summaries = phases
    .slice(0, trial.edges.length)
    .map((phase, index) => summaryOf(trial.variant, phase, index, trial.seed, options));
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
    timeToRecoverMs,
    goals,
    findings: looked.map(symptom => findingOf(symptom, trial.variant, options)),
    gates: options.inconclusive ? [gate] : [],
  };
};

export const judgedRun = (options: Options = {}): JudgedRun => {
  const {trialsPerVariant = 1} = options;
  const plan: Plan = {
    name: 'undici-stall',
    observation:
      'Requests hang for minutes after the gateway stops answering; only a restart of the service helps.',
    target: {kind: 'http', thinkTimeMs: 0},
    variants: options.oneVariant ? [defaults] : [defaults, bounded],
    load: {model: 'open', ratePerSecond, maxInFlight: 4000},
    operation: {deadlineMs: 2000, idempotent: true},
    phases,
    drainLimitMs: 4000,
    goals: {},
    telemetry: {instrumentations: ['@opentelemetry/instrumentation-undici']},
  };
  const trials = Array.from({length: trialsPerVariant}, (_, number) =>
    plan.variants.map(({name}) => trialOf(plan, name, number + 1, options)),
  ).flat();
  const judgements = trials.map(trial => judge(trial, options));
  const candidate = plan.variants.at(-1)!.name;
  const own = judgements.filter(({variant}) => variant === candidate).map(({verdict}) => verdict);
  const record: RunRecord = {
    schemaVersion: 1,
    id: '20261102-140312-undici-stall',
    scenario: plan.name,
    plan,
    seed: 42,
    trialsPerVariant,
    command: `npx foulweather run undici-stall --seed 42${trialsPerVariant > 1 ? ` --trials ${trialsPerVariant}` : ''}`,
    startedAt: '2026-11-02T14:03:12.480Z',
    status: options.interrupted ? 'interrupted' : 'complete',
    endedAt: '2026-11-02T14:04:08.020Z',
    environment: {
      foulweather: '0.1.0',
      node: 'v24.21.0',
      platform: 'linux x64 6.8.0',
      cpu: 'AMD EPYC 7763 64-Core Processor',
      cpuCount: 2,
      memoryBytes: 8 * 1024 ** 3,
      injector: options.uncounted ? 'Toxiproxy 2.12.0 at http://127.0.0.1:8474' : 'embedded 0.1.0',
      commit: '9e25fcf',
      dirty: true,
    },
    calibration: {operationCount: 1000, cpuUsPerOperation: 41.3, startLagP99Ms: 0.9},
    trialIds: trials.map(({id}) => id),
  };
  const verdict = own.includes('missed') ? 'missed' : own.includes('inconclusive') ? 'inconclusive' : 'met';
  return {record, trials, judgement: {verdict, candidate, trials: judgements}};
};
