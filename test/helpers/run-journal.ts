// The journal of a small trial as it might have been written, and the trial that it folds into.
import {encodeHistogram, latencyHistogram, recordMs} from '../../src/load/histogram.ts';
import type {PhaseFigures} from '../../src/model/driver-witness.ts';
import type {TrialEvent} from '../../src/model/event.ts';
import {latency} from '../../src/model/fault.ts';
import {type OutcomeCounts, type OutcomeStatus, outcomeCode} from '../../src/model/outcome.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {ProcessExit} from '../../src/model/process-witness.ts';
import type {ProxyWitness} from '../../src/model/proxy-witness.ts';
import type {LedgerObservation} from '../../src/model/target-protocol.ts';
import type {Trial} from '../../src/model/trial.ts';
import {TrialFold} from '../../src/run/trial/fold/trial-fold.ts';

/** Two phases of a second each: calm, and slow. */
export const plan: Plan = {
  name: 'small',
  observation: 'It is slow.',
  target: {kind: 'http', thinkTimeMs: 0},
  variants: [
    {name: 'before', options: {}, change: null, process: {env: {}}},
    {name: 'after', options: {}, change: 'Be quicker.', process: {env: {}}},
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 100},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: [
    {name: 'calm', role: 'baseline', durationMs: 1000, faults: []},
    {name: 'slow', role: 'fault', durationMs: 1000, faults: [latency({latencyMs: 50})]},
  ],
  drainLimitMs: 1000,
  goals: {},
  telemetry: {instrumentations: []},
};

export type PhaseStory = {
  readonly outcomes?: Partial<OutcomeCounts>;
  readonly okMs?: number;
  readonly overrun?: number;
  readonly dropped?: number;
  /** How late each operation started. */
  readonly lagMs?: number;
};

export type Story = {
  readonly variant?: string;
  readonly number?: number;
  readonly goals?: Plan['goals'];
  readonly calm?: PhaseStory;
  readonly slow?: PhaseStory;
  /** How often the latency acted; null for an injector that does not count. */
  readonly actions?: number | null;
  /** Attempts and effects of each operation; null for a target without a ledger. */
  readonly ledger?: {readonly attempts: number; readonly effects: number} | null;
  readonly exit?: Partial<ProcessExit>;
  /** Instead of the events from the one of this kind on. */
  readonly cutAt?: TrialEvent['kind'];
  readonly more?: readonly TrialEvent[];
};

const defaultOutcomes: OutcomeCounts = {ok: 100, failed: 0, unknown: 0, rejected: 0, wrong: 0, hung: 0};

const total = (outcomes: OutcomeCounts): number =>
  Object.values(outcomes).reduce((sum, count) => sum + count, 0);

const outcomesOf = (story: PhaseStory = {}): OutcomeCounts => ({...defaultOutcomes, ...story.outcomes});

export const figuresOf = (phase: number, story: PhaseStory = {}): PhaseFigures => {
  const outcomes = outcomesOf(story);
  const {okMs = 10, overrun = 0, dropped = 0, lagMs = 0} = story;
  const lags = latencyHistogram(3);
  const histogram = latencyHistogram(3);
  for (let count = 0; count < outcomes.ok; count++) recordMs(histogram, okMs);
  const started = total(outcomes);
  for (let count = 0; count < started; count++) recordMs(lags, lagMs);
  return {
    phase,
    offered: started + dropped,
    started,
    dropped,
    late: 0,
    outcomes,
    overrun,
    settledAfterHung: 0,
    echoed: 1,
    startLagUs: lagMs === 0 ? '' : encodeHistogram(lags),
    responseOkUs: encodeHistogram(histogram),
    responseNotOkUs: '',
    serviceOkUs: encodeHistogram(histogram),
    serviceNotOkUs: '',
  };
};

const base64 = (bytes: readonly number[]): string => Buffer.from(bytes).toString('base64');

const codesOf = (outcomes: OutcomeCounts): number[] =>
  (Object.entries(outcomes) as [OutcomeStatus, number][]).flatMap(([status, count]) =>
    Array<number>(count).fill(outcomeCode(status)),
  );

export const witnessOf = (actions: number): ProxyWitness => ({
  openConnections: 2,
  openedConnections: 2,
  peakConnections: 2,
  failedDials: 0,
  cutConnections: 0,
  failedConnections: 0,
  lastFailure: null,
  upstreamBytes: 1000,
  downstreamBytes: 1000,
  faults: {
    'slow-1-latency': {
      type: 'latency',
      stream: 'downstream',
      decisions: 2,
      applied: 2,
      connectionsHit: Math.min(actions, 2),
      actions,
      firstHitMs: null,
      lastHitMs: null,
    },
  },
});

const ledgerOf = (
  operationCount: number,
  {attempts, effects}: {attempts: number; effects: number},
): LedgerObservation => ({
  attempts: base64(Array<number>(operationCount).fill(attempts)),
  effects: base64(Array<number>(operationCount).fill(effects)),
  unattributedCount: 0,
  binMs: 500,
  attemptsByBin: [],
});

export const journalOf = (story: Story = {}): TrialEvent[] => {
  const {variant = 'after', number = 1, actions = 100, ledger = {attempts: 1, effects: 1}} = story;
  const calm = outcomesOf(story.calm);
  const slow = outcomesOf(story.slow);
  const exit: ProcessExit = {
    atMs: 2200,
    exitCode: 0,
    signal: null,
    killedFor: null,
    stdoutBytes: 0,
    stderrBytes: 0,
    stderrTail: '',
    ...story.exit,
  };
  const events: TrialEvent[] = [
    {
      kind: 'trial',
      trialId: `${variant}-${number}`,
      variant,
      number,
      seed: number,
      tracePrefix: '5eed',
      originEpochMs: 1e12,
    },
    {kind: 'loaded', pid: 4711, runtime: 'Node.js v24.0.0', versions: {undici: '8.0.0'}},
    {kind: 'opened', atMs: 0},
    {kind: 'edge', edge: {phase: 0, beforeMs: 0, afterMs: 0}},
    {kind: 'edge', edge: {phase: 1, beforeMs: 995, afterMs: 1000}},
    {
      kind: 'operations',
      fromIndex: 0,
      outcomes: base64([...codesOf(calm), ...codesOf(slow)]),
      phases: base64([...Array<number>(total(calm)).fill(0), ...Array<number>(total(slow)).fill(1)]),
    },
    {kind: 'phases', phases: [figuresOf(1, story.slow), figuresOf(0, story.calm)]},
    ...(actions === null ? [] : [{kind: 'injector' as const, atMs: 1900, witness: witnessOf(actions)}]),
    {kind: 'load-ended', atMs: 2000},
    {kind: 'drained', atMs: 2050, inFlight: 0},
    {kind: 'closed', atMs: 2150, durationMs: 50, result: 'resolved', error: null},
    ...(story.more ?? []),
    {kind: 'exit', exit},
    ...(ledger === null
      ? []
      : [{kind: 'ledger' as const, ledger: ledgerOf(total(calm) + total(slow), ledger)}]),
  ];
  const cutAt = events.findIndex(event => event.kind === story.cutAt);
  if (cutAt < 0) return events;
  return [
    ...events.slice(0, cutAt),
    ...(story.more ?? []),
    ...(story.exit ? [{kind: 'exit' as const, exit}] : []),
  ];
};

export const foldOf = (events: readonly TrialEvent[], of: Plan = plan): Trial | null => {
  const fold = new TrialFold(of);
  for (const event of events) fold.add(event);
  return fold.trial();
};

export const trialOf = (story: Story = {}): Trial =>
  foldOf(journalOf(story), {...plan, goals: story.goals ?? {}})!;
