// How undici's pool, with its defaults and bounded, might behave in each phase.
import {latency, refuse, resetPeer, stall} from '../../src/model/fault.ts';
import type {OutcomeCounts, OutcomeStatus} from '../../src/model/outcome.ts';
import type {Plan, Variant} from '../../src/model/plan.ts';

export const ratePerSecond = 200;

export const phases: Plan['phases'] = [
  {name: 'warm-up', role: 'warm-up', durationMs: 2000, faults: []},
  {name: 'baseline', role: 'baseline', durationMs: 4000, faults: []},
  {name: 'latency', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 300, jitterMs: 50})]},
  {name: 'stall', role: 'fault', durationMs: 4000, faults: [stall()]},
  {name: 'reset', role: 'fault', durationMs: 3000, faults: [resetPeer()]},
  {name: 'refused', role: 'fault', durationMs: 3000, faults: [refuse()]},
  {name: 'recovery', role: 'recovery', durationMs: 6000, faults: []},
];

export const defaults: Variant = {
  name: 'defaults',
  options: {connections: 50},
  change: null,
  process: {env: {}},
};

export const bounded: Variant = {
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

/** Between the two: it bounds its waits, and at more than the fault takes. */
export const patient: Variant = {
  name: 'patient',
  options: {connections: 50, headersTimeout: 1500},
  change: 'Set headersTimeout to 1500.',
  process: {env: {}},
};

export type Options = {
  /** A third variant, and a sweep over headersTimeout that all three are values of. */
  readonly swept?: boolean;
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

export const behaviours: {readonly [variant: string]: readonly Behaviour[]} = {
  defaults: [
    calm,
    calm,
    slow,
    {shares: {hung: 1}, p50Ms: null, p99Ms: null, settleP99Ms: null, attempts: 0.0625},
    {shares: {unknown: 0.94, hung: 0.06}, p50Ms: 0.9, p99Ms: 3.1, settleP99Ms: 3.1, attempts: 0.94},
    {shares: {failed: 1}, p50Ms: 0.61, p99Ms: 2.4, settleP99Ms: 2.4, attempts: 0},
    {shares: {ok: 0.91, hung: 0.09}, p50Ms: 1.4, p99Ms: 96, settleP99Ms: 96, attempts: 0.91},
  ],
  patient: [
    calm,
    calm,
    slow,
    {shares: {unknown: 1}, p50Ms: 1510, p99Ms: 1620, settleP99Ms: 1620, attempts: 0.9},
    {shares: {unknown: 0.97, ok: 0.03}, p50Ms: 0.9, p99Ms: 3.2, settleP99Ms: 3.2, attempts: 0.97},
    {shares: {failed: 1}, p50Ms: 0.61, p99Ms: 2.4, settleP99Ms: 2.4, attempts: 0},
    {shares: {ok: 0.97, unknown: 0.03}, p50Ms: 1.4, p99Ms: 40, settleP99Ms: 1530, attempts: 0.98},
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

/** How far a figure of this trial is from the others', a few per cent, always the same. */
export const wobble = (seed: number): number => 1 + 0.04 * Math.sin(seed * 2.399);

export const startOf = (phase: number): number =>
  phases.slice(0, phase).reduce((sum, {durationMs}) => sum + durationMs, 40);

export const countsOf = ({shares}: Behaviour, started: number): OutcomeCounts => {
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
