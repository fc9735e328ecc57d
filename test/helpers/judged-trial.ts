// A trial that never took place, as its witnesses might have seen it.
import type {Bin, FailureClass, OperationExample} from '../../src/model/driver-witness.ts';
import type {OutcomeStatus} from '../../src/model/outcome.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {SubjectEnd, Trial} from '../../src/model/trial.ts';
import {
  behaviours,
  countsOf,
  type Options,
  phases,
  ratePerSecond,
  startOf,
  wobble,
} from './judged-behaviour.ts';
import {profilesOf} from './judged-profiles.ts';
import {attemptsOf, figuresOf, injectorOf, resourcesOf, systemOf} from './judged-samples.ts';
import {telemetryOf} from './judged-telemetry.ts';

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
  startedMs: startOf(phase) + 355.6,
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

export const trialOf = (plan: Plan, variant: string, number: number, options: Options): Trial => {
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
    continues: null,
    cut: null,
    variant,
    number,
    seed,
    originEpochMs: 1_793_000_000_000,
    tracePrefix: '5eed0000000000a1',
    edges: phases
      .slice(0, reached)
      .map((_, phase) => ({phase, beforeMs: startOf(phase) - 2, afterMs: startOf(phase)})),
    loadEndedMs: cut ? null : endMs,
    closing: cut ? null : {startMs: endMs + 3000, durationMs: 4},
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
    cpuCount: null,
    versions: {undici: '8.12.4'},
    driver: {
      phases: figuresOf(variant, reached, seed),
      bins: binsOf(variant, reached, endMs),
      failures: failuresOf(variant, reached),
      uncountedFailures: 0,
      slowest:
        variant === 'defaults'
          ? [exampleOf(1711, 2, 'ok', 389), exampleOf(1702, 2, 'ok', 371)]
          : [exampleOf(2410, 3, 'unknown', 1744), exampleOf(2388, 3, 'unknown', 1731)],
      outcomes: new Uint8Array(),
      operationPhases: new Uint8Array(),
      operationDurations: new Uint8Array(),
      drained: cut ? null : {atMs: endMs + 3000, inFlight: 0},
    },
    telemetry: telemetryOf(failuresOf(variant, reached), variant, reached),
    injector: options.uncounted ? [] : injectorOf(variant, reached, endMs),
    clockSteps: [],
    injectorLog: null,
    ledger: {
      attempts: new Uint8Array(),
      effects: new Uint8Array(),
      unattributedCount: 0,
      binMs: 500,
      attemptsByBin: attemptsOf(variant, reached, endMs),
    },
    resources: resourcesOf(variant, endMs),
    phaseResources: [],
    inFlight: [],
    harness: [],
    system: systemOf(variant, endMs),
    heaps: [],
    unhandledRejections: [],
    probes: [],
    deliveries: null,
    clients: null,
    deliveryBins: null,
    redeliveredIn: null,
    verified: null,
    warnings: [],
    profiles: profilesOf(variant, reached),
    stuck: null,
    kept: [],
    troubles: [],
    hookFailures: [],
    standIns: [],
    unapplied: [],
    foreignMessages: [],
    serverEvents: [],
    firstUnsettled: null,
  };
};
