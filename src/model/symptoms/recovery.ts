// Symptoms of the time after a fault.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const recoverySymptoms = {
  'slow-recovery': {
    weight: 'late',
    summary: 'slow to come back after the fault',
    noun: 'slow recovery',
    criterion:
      "the first `goodMs` that are good throughout (success at least `successShare` of the baseline's, p99 at most `latencyRatio` × the baseline's or `slackMs` above it) begin later than `recoverMs` after the fault; inconclusive where nothing failed, and the successes were late by no more than `machineRatio` × what a process of the harness was late",
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
      'A pause between attempts without a cap, connections that are dead and kept, or a queue of work that nobody waits for.',
    remedy:
      'Cap the back-off, close connections that timed out, and drop work whose caller has given up, so that it does not queue in front of new work.',
    source: sources.metastable,
  },
  metastable: {
    weight: 'wedged',
    summary: 'stays bad long after the fault',
    noun: 'metastable failures',
    criterion:
      "later than `afterMs` and `deadlineCount` deadlines after the fault, goodput is below `goodputShare` of the baseline's, at more than `attemptsRatio` attempts per operation",
    thresholds: {afterMs: 30_000, deadlineCount: 5, goodputShare: 0.9, attemptsRatio: 1.1},
    needs: ['recovery-operations', 'load'],
    cause: 'Retries keep up the load that makes them fail.',
    remedy: 'Give retries a budget, shed load, and serve the newest first while there is a queue.',
    source: sources.metastable,
  },
  'wedged-client': {
    weight: 'wedged',
    summary: 'never comes back',
    noun: 'wedged clients',
    criterion:
      'nothing succeeds for longer than `wedgedMs` without a fault, added up over all recoveries since the last success, while a fresh client gets through the same proxy in `controlShare` of its tries; its phase is that of the fault that began it',
    thresholds: {wedgedMs: 10_000, controlShare: 0.99},
    needs: ['recovery-operations', 'load'],
    cause: 'A state that no event leads out of: a dead connection that is kept, a flag that is not reset.',
    remedy: 'Find the state in a heap snapshot; check connections before use, and bound their life.',
    source: sources.partitions,
  },
  'silent-consumer': {
    weight: 'wedged',
    summary: 'nothing is delivered any more, and no error told',
    noun: 'silent consumers',
    criterion:
      'for longer than `silentMs` without a fault, added up over all recoveries, operations wait without a success or an error while a fresh client gets through; or nothing is delivered to the consumer while operations succeed, and what was acknowledged is still in its queue',
    thresholds: {silentMs: 10_000},
    needs: ['recovery-operations', 'load'],
    cause: 'A subscription that is not made again after a reconnect, or a peer that is gone without a word.',
    remedy: 'Subscribe again after each reconnect, and send heartbeats.',
    source: sources.partitions,
  },
  'replay-burst': {
    weight: 'wasteful',
    summary: 'all that waited is sent at once',
    noun: 'replay bursts',
    criterion:
      "attempts per second in the first second of a recovery are more than `burstRatio` × the baseline's",
    thresholds: {burstRatio: 3},
    needs: ['attempts', 'recovery-operations', 'load'],
    cause: 'A queue that is flushed when the connection is back.',
    remedy: 'Send what waited at the pace of the load, and drop what is late.',
    source: sources.cascading,
  },
  'breaker-stuck': {
    weight: 'wedged',
    summary: 'refused locally although the way is free',
    noun: 'stuck circuit breakers',
    criterion:
      'half or more of the operations of half a second are refused locally, later than `resetMs` + `graceMs` after the fault',
    thresholds: {resetMs: 30_000, graceMs: 5000},
    needs: ['recovery-operations', 'load'],
    cause: 'A half-open state that is never entered, or that one failure closes for as long again.',
    remedy: 'Let a trial request through at the end of each reset time, and close on its success.',
    source: sources.circuitBreaker,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
