// Symptoms of the time after a fault.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const recoverySymptoms = {
  'slow-recovery': {
    weight: 'late',
    summary: 'slow to recover after the fault',
    noun: 'slow recovery',
    criterion:
      "the first `goodMs` that are good throughout (success at least `successShare` of the baseline's; p99 at most `latencyRatio` × the baseline's, or at most `slackMs` above it; one pause of the whole process is allowed) start later than `recoverMs` after the fault; inconclusive if nothing failed and the successes were late by no more than `machineRatio` × the delay of a harness process",
    thresholds: {
      recoverMs: 5000,
      goodMs: 3000,
      successShare: 0.99,
      latencyRatio: 1.5,
      slackMs: 50,
      machineRatio: 3,
    },
    needs: ['recovery-operations', 'load'],
    cause:
      'Back-off without a cap, dead connections that are kept, or a queue of work that nobody is waiting for.',
    remedy:
      'Cap the back-off, close connections that timed out, and drop work whose caller has given up, so that it does not delay new work.',
    source: sources.metastable,
  },
  metastable: {
    weight: 'wedged',
    summary: 'still degraded long after the fault',
    noun: 'metastable failures',
    criterion:
      "later than `afterMs` and `deadlineCount` deadlines after the fault, goodput is below `goodputShare` of the baseline's, at more than `attemptsRatio` attempts per operation",
    thresholds: {afterMs: 30_000, deadlineCount: 5, goodputShare: 0.9, attemptsRatio: 1.1},
    needs: ['recovery-operations', 'load'],
    cause: 'Retries sustain the load that makes them fail.',
    remedy: 'Give retries a budget, shed load, and serve the newest work first while there is a queue.',
    source: sources.metastable,
  },
  'wedged-client': {
    weight: 'wedged',
    summary: 'never recovers',
    noun: 'wedged clients',
    criterion:
      'nothing succeeds for longer than `wedgedMs` without a fault, summed over all recoveries since the last success, while a fresh client gets through the same proxy in `controlShare` of its tries. The phase is that of the fault that started it',
    thresholds: {wedgedMs: 10_000, controlShare: 0.99},
    needs: ['recovery-operations', 'load'],
    cause:
      'A state that no event leads out of: a dead connection that is kept, or a flag that is never reset.',
    remedy: 'Find the state in a heap snapshot; check connections before use, and limit their lifetime.',
    source: sources.partitions,
  },
  'silent-consumer': {
    weight: 'wedged',
    summary: 'nothing is delivered any more, and no error is reported',
    noun: 'silent consumers',
    criterion:
      'for longer than `silentMs` without a fault, summed over all recoveries, operations wait with neither success nor error while a fresh client gets through; or nothing reaches the consumer while operations succeed and acknowledged messages are still in its queue',
    thresholds: {silentMs: 10_000},
    needs: ['recovery-operations', 'load'],
    cause: 'A subscription that is not renewed after a reconnect, or a peer that disappeared without notice.',
    remedy: 'Subscribe again after each reconnect, and send heartbeats.',
    source: sources.partitions,
  },
  'replay-burst': {
    weight: 'wasteful',
    summary: 'everything that waited is sent at once',
    noun: 'replay bursts',
    criterion: "attempts per second in the first second of a recovery exceed `burstRatio` × the baseline's",
    thresholds: {burstRatio: 3},
    needs: ['attempts', 'recovery-operations', 'load'],
    cause: 'A queue that is flushed as soon as the connection is back.',
    remedy: 'Send queued work at the pace of the load, and drop what is already late.',
    source: sources.cascading,
  },
  'breaker-stuck': {
    weight: 'wedged',
    summary: 'operations rejected locally although the network has recovered',
    noun: 'stuck circuit breakers',
    criterion:
      'at least half of the operations in a half-second are rejected locally, later than `resetMs` + `graceMs` after the fault',
    thresholds: {resetMs: 30_000, graceMs: 5000},
    needs: ['recovery-operations', 'load'],
    cause:
      'A half-open state that is never entered, or that a single failure closes for another full period.',
    remedy:
      'Let one trial request through at the end of each reset period, and close the breaker when it succeeds.',
    source: sources.circuitBreaker,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
