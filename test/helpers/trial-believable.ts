// A calm trial as its witnesses might have seen it, to be changed into what a detector should find.
import {encodeHistogram, latencyHistogram, recordMs} from '../../src/load/histogram.ts';
import type {Bin, PhaseFigures} from '../../src/model/driver-witness.ts';
import {stall} from '../../src/model/fault.ts';
import type {Finding, PresentFinding, SymptomId} from '../../src/model/finding.ts';
import {type OutcomeStatus, outcomeCode} from '../../src/model/outcome.ts';
import type {Phase, Plan} from '../../src/model/plan.ts';
import type {PhaseResources} from '../../src/model/process-witness.ts';
import type {InjectorSample, Trial} from '../../src/model/trial.ts';

/** They begin at 0, 1000, 5000 and 9000 ms; the load ends at 19,000 ms. */
export const warmUp = 0;
export const baseline = 1;
export const fault = 2;
export const recovery = 3;

const phases: Plan['phases'] = [
  {name: 'warm-up', role: 'warm-up', durationMs: 1000, faults: []},
  {name: 'baseline', role: 'baseline', durationMs: 4000, faults: []},
  {name: 'stall', role: 'fault', durationMs: 4000, faults: [stall()]},
  {name: 'recovery', role: 'recovery', durationMs: 10_000, faults: []},
];

const plan: Plan = {
  name: 'pool',
  observation: 'Requests hang.',
  target: {kind: 'http', thinkTimeMs: 0},
  variants: [
    {name: 'defaults', options: {}, change: null, process: {env: {}}},
    {name: 'small', options: {}, change: null, process: {env: {}, heapLimitMiB: 64}},
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 2000, idempotent: false},
  phases,
  drainLimitMs: 5000,
  goals: {},
  telemetry: {instrumentations: []},
};

const edgesOf = (planned: readonly Phase[]): Trial['edges'] => {
  let atMs = 0;
  return planned.map(({durationMs}, phase) => {
    const edge = {phase, beforeMs: atMs, afterMs: atMs};
    atMs += durationMs;
    return edge;
  });
};

/** A phase of operations that all succeed in 2 ms, but for what is changed. */
export const figuresOf = (
  phase: number,
  started: number,
  changes: Partial<Omit<PhaseFigures, 'outcomes'>> & {
    readonly outcomes?: Partial<PhaseFigures['outcomes']>;
  } = {},
): PhaseFigures => {
  const others = Object.values(changes.outcomes ?? {}).reduce((sum, count) => sum + count, 0);
  const outcomes = {ok: started - others, failed: 0, unknown: 0, rejected: 0, wrong: 0, hung: 0};
  const histogram = latencyHistogram(3);
  for (let count = 0; count < started - others; count++) recordMs(histogram, 2);
  return {
    phase,
    offered: started,
    started,
    dropped: 0,
    late: 0,
    overrun: 0,
    settledAfterHung: 0,
    echoed: 1,
    startLagUs: '',
    responseOkUs: encodeHistogram(histogram),
    responseNotOkUs: '',
    serviceOkUs: '',
    serviceNotOkUs: '',
    ...changes,
    outcomes: {...outcomes, ...changes.outcomes},
  };
};

/** A good bin of half a second, but for what is changed. */
export const binAt = (startMs: number, changes: Partial<Bin> = {}): Bin => ({
  index: startMs / 500,
  startMs,
  durationMs: 500,
  phase: recovery,
  started: 50,
  dropped: 0,
  outcomes: {ok: 50, failed: 0, unknown: 0, rejected: 0, wrong: 0, hung: 0},
  p50Ms: 1,
  p99Ms: 2,
  maxMs: 3,
  ...changes,
});

/** A phase in which the process had little to do, but for what is changed. */
export const resourcesOf = (phase: number, changes: Partial<PhaseResources> = {}): PhaseResources => ({
  phase,
  durationMs: 4000,
  cpuMs: 400,
  loopDelayP50Ms: 0,
  loopDelayP99Ms: 2,
  loopDelayMaxMs: 12,
  loopUtilisationRatio: 0.1,
  gcMs: 4,
  gcCount: 2,
  ...changes,
});

export const connectionsAt = (atMs: number, open: number, opened: number = open): InjectorSample => ({
  atMs,
  witness: {
    openConnections: open,
    openedConnections: opened,
    peakConnections: open,
    failedDials: 0,
    cutConnections: 0,
    failedConnections: 0,
    lastFailure: null,
    upstreamBytes: 0,
    downstreamBytes: 0,
    faults: {},
  },
});

type Operation = {
  readonly phase: number;
  readonly status?: OutcomeStatus;
  readonly attempts?: number;
  readonly effects?: number;
};

/** The books of single operations, numbered in their order: the driver's and the target's. */
export const booksOf = (
  operations: readonly Operation[],
): Pick<Trial, 'ledger'> & {driver: Partial<Trial['driver']>} => ({
  driver: {
    outcomes: Uint8Array.from(operations, ({status = 'ok'}) => outcomeCode(status)),
    operationPhases: Uint8Array.from(operations, ({phase}) => phase),
  },
  ledger: {
    attempts: Uint8Array.from(operations, ({attempts = 1}) => attempts),
    effects: Uint8Array.from(operations, ({effects = 0}) => effects),
    unattributedCount: 0,
    binMs: 500,
    attemptsByBin: [],
  },
});

/** Telemetry of nothing but so many spans of each operation. */
export const telemetryOf = (spansPerOperation: readonly number[]): NonNullable<Trial['telemetry']> => ({
  resource: {},
  spanCount: spansPerOperation.reduce((sum, count) => sum + count, 0),
  ungroupedSpanCount: 0,
  groups: [],
  metrics: [],
  exemplars: [],
  spansPerOperation: Buffer.from(spansPerOperation).toString('base64'),
  operations: null,
  shapes: null,
  logs: null,
  logRecordCount: 0,
  requestCount: 0,
  requestBytes: 0,
  refusals: {},
});

export type TrialChanges = Partial<Omit<Trial, 'plan' | 'driver'>> & {
  readonly plan?: Partial<Plan>;
  readonly driver?: Partial<Trial['driver']>;
};

export const trialWith = ({plan: planned, driver, ...changes}: TrialChanges = {}): Trial => ({
  id: 'defaults-1',
  plan: {...plan, ...planned},
  continues: null,
  cut: null,
  variant: 'defaults',
  number: 1,
  seed: 1,
  originEpochMs: 0,
  tracePrefix: '0123456789abcdef',
  edges: edgesOf(planned?.phases ?? phases),
  loadEndedMs: 19_000,
  closing: {startMs: 21_000, durationMs: 5},
  end: {kind: 'completed', close: 'resolved', error: null},
  exit: {
    atMs: 21_100,
    exitCode: 0,
    signal: null,
    killedFor: null,
    stdoutBytes: 0,
    stderrBytes: 0,
    stderrTail: '',
  },
  runtime: 'Node.js v24.0.0',
  cpuCount: null,
  versions: {},
  driver: {
    phases: [
      figuresOf(warmUp, 100),
      figuresOf(baseline, 400),
      figuresOf(fault, 400),
      figuresOf(recovery, 1000),
    ],
    bins: [],
    failures: [],
    uncountedFailures: 0,
    slowest: [],
    outcomes: new Uint8Array(),
    operationPhases: new Uint8Array(),
    operationDurations: new Uint8Array(),
    drained: {atMs: 19_500, inFlight: 0},
    ...driver,
  },
  clients: null,
  telemetry: null,
  clockSteps: [],
  injector: [],
  injectorLog: null,
  ledger: null,
  resources: [],
  phaseResources: [],
  inFlight: [],
  system: [],
  heaps: [],
  unhandledRejections: [],
  harness: [],
  probes: [],
  deliveries: null,
  deliveryBins: null,
  redeliveredIn: null,
  verified: null,
  warnings: [],
  profiles: [],
  stuck: null,
  kept: [],
  troubles: [],
  hookFailures: [],
  standIns: [],
  unapplied: [],
  foreignMessages: [],
  serverEvents: [],
  firstUnsettled: null,
  ...changes,
});

/** A finding that says something, or an error that says what it says instead. */
export const presentOf = (finding: Finding): PresentFinding => {
  if (finding.verdict !== 'present') throw new Error(`not present: ${JSON.stringify(finding)}`);
  return finding;
};

export const clearOf = (symptom: SymptomId): Finding => ({symptom, verdict: 'clear'});

export const inconclusiveOf = (symptom: SymptomId, reason: string): Finding => ({
  symptom,
  verdict: 'inconclusive',
  reason,
});
