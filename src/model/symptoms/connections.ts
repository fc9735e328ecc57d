// Symptoms of connections and pools.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const connectionSymptoms = {
  'connection-leak': {
    weight: 'wasteful',
    summary: 'connections that stay open',
    noun: 'leaked connections',
    criterion:
      "more than `connectionCount` connections beyond the baseline's peak are open after the load and the idle timeout; or, after three or more recoveries, at the end of the last one beyond the first, by a trend that still rises in its second half. Inconclusive where that many operations had been in flight at once (a pool may keep a connection for each), where the load was so short that idle connections had less than `idleMs` to close, and where the operation tried before the load never settled",
    thresholds: {connectionCount: 1, idleMs: 5000},
    needs: ['connections', 'load'],
    cause: 'An error path that forgets the socket: after a timeout, an abort, or a body that is never read.',
    remedy:
      'Destroy the socket on timeout and abort, read or cancel every body, and set an idle timeout on the pool.',
    source: sources.simpleTesting,
  },
  'connection-flapping': {
    weight: 'wasteful',
    summary: 'connections that come and go without a fault',
    noun: 'flapping connections',
    // Pools that renew healthy connections by their age do so after minutes: 10 s are far from it. Idle ones of
    // several are ended after 4 s (undici) or more, hence 3 s there. What a fault has left may be replaced for as
    // long as slow-recovery allows.
    criterion:
      'in a baseline, or later than `afterMs` in a recovery, the client ends more than `lossCount` connections for each one open at once, replaces each within `reopenMs`, and a connection lasts for less than `lifeMs` on average, or `pooledLifeMs` where several are open at once. Connections that a fault has touched, and one per failed operation, do not count. Inconclusive with fewer than `operationsRatio` operations per connection, if clients come and go, or if the load pauses',
    thresholds: {
      lossCount: 2,
      reopenMs: 1000,
      lifeMs: 10_000,
      pooledLifeMs: 3000,
      afterMs: 5000,
      operationsRatio: 2,
    },
    needs: ['connection-log', 'calm-operations', 'load'],
    cause:
      'A heartbeat that is late or unanswered in normal use, an idle timeout shorter than the pauses in the load, or two parts of a client that each replace the connection of the other.',
    remedy:
      "Find the timer that ends the connection: compare heartbeat and idle timeouts with what the server sends. Closing at the server's request (Connection: close) is correct.",
    source: sources.persistence,
  },
  'connection-pile-up': {
    weight: 'wasteful',
    summary: 'connections that pile up during a fault',
    noun: 'connection pile-ups',
    // The number of sockets varies by a few: exporters of telemetry, and what else a process connects to.
    criterion:
      "at the end of a fault the process has more than `socketCount` sockets beyond the baseline's peak plus one for each operation ever in flight at once, and more than it had halfway through the fault",
    thresholds: {socketCount: 10},
    needs: ['connections', 'fault-operations', 'load'],
    cause:
      'Each attempt opens a connection, and one that got no response is not destroyed; or it is ended gracefully and waits for the FIN of a silent peer.',
    remedy:
      'Destroy the socket of an abandoned attempt instead of ending it, and limit the number of connections.',
    source: sources.simpleTesting,
  },
  'connection-after-close': {
    weight: 'wasteful',
    summary: 'connections after close()',
    noun: 'connections after close()',
    // Without a fault a connection closes within milliseconds; a second is for a busy server that is slow to close.
    criterion:
      'more than `connectionCount` connections are opened after close() has settled, and what was in flight with it, or are still open `openMs` after that. Where clients come and go, connections count as well that are still open, without a fault, `openMs` after every client that had been opened before them was closed. Inconclusive if clients may share a pool: connections outlived clients even before the first fault, or too few clients were closed there to know, and no more are left than operations had been in flight at once',
    thresholds: {connectionCount: 0, openMs: 1000},
    needs: ['end'],
    cause:
      'A reconnect timer that close() does not clear, a connect in progress that is not ended once it succeeds, or a socket that the client has lost track of.',
    remedy:
      'Remember that the client is closed, check that before and after each connect, clear the timers, and keep a list of all sockets to destroy.',
    source: sources.errorEvents,
  },
  'connect-storm': {
    weight: 'wasteful',
    summary: 'constant reconnecting during a fault',
    noun: 'connect storms',
    // Three are the attempts that unbounded-retries allows an operation. Ten in a second are one every 100 ms: common
    // back-offs begin with 50 to 100 ms and grow (redis, ioredis), or wait for a second (mqtt).
    criterion:
      'in a fault of at least `shortestMs`, the process starts more than `connectCount` connects per second for each connection open in the baseline, not counting `operationConnectCount` per operation. Refused connects count; those of child processes count only where the injector accepts them',
    thresholds: {connectCount: 10, operationConnectCount: 3, shortestMs: 1000},
    needs: ['process', 'fault-operations', 'load'],
    cause:
      'A reconnect loop without back-off, or one whose back-off restarts with each connection that is accepted and then lost.',
    remedy:
      'Back off between connects, exponentially, with a cap and jitter. Reset the back-off only after a connection has proven to work.',
    source: sources.backoff,
  },
  'reconnect-storm': {
    weight: 'wasteful',
    summary: 'many more simultaneous connects than before the fault',
    noun: 'reconnect storms',
    criterion:
      'the worst second of a recovery has at least `connectCount` connects, and more than `connectsRatio` × the largest of: connections open in the baseline, connects in any second of the baseline, and connections open when the fault ended. Inconclusive where enough operations started late, and therefore together, to explain it',
    thresholds: {connectCount: 10, connectsRatio: 2},
    needs: ['connection-log', 'recovery-operations', 'load'],
    cause: 'Each waiting operation opens its own connection, or each failed connect is retried immediately.',
    remedy: 'Limit concurrent connects, and back off between them, with jitter.',
    source: sources.backoff,
  },
  'handshake-churn': {
    weight: 'wasteful',
    summary: 'connections are no longer reused',
    noun: 'handshake churn',
    criterion:
      "in a recovery of at least `operationCount` operations, new connections per operation, not counting as many as are open at once, exceed `connectionsRatio` and `growthRatio` × the baseline's",
    thresholds: {connectionsRatio: 0.05, growthRatio: 2, operationCount: 100},
    needs: ['connections', 'recovery-operations', 'load'],
    cause: 'After the fault, the client is in a state in which it closes connections after each use.',
    remedy: 'Return healthy connections to the pool again, and check what marks them as bad.',
    source: sources.persistence,
  },
  'pool-slot-leak': {
    weight: 'wasteful',
    summary: 'pool slots that are never released',
    noun: 'leaked pool slots',
    criterion:
      '`db.client.connection.count` of used connections is above `slotCount` when nothing is in flight any more; or rises over three or more recoveries, by a trend of more than `slotCount` + 1 that still rises in their second half, and is not seen to drop back. Only a warning, and only if it exceeds its value before the first fault by more than one, unless operations do worse after the last fault than before the first. Inconclusive where the open sockets contradict the gauge, and where the operation tried before the load never settled',
    thresholds: {slotCount: 0},
    needs: ['load'],
    cause: 'An error path that does not release the connection.',
    remedy: 'Release the connection in a finally block.',
    source: sources.poolMetrics,
  },
  'pool-exhaustion': {
    weight: 'late',
    summary: 'operations that wait for a pooled connection',
    noun: 'pool exhaustion',
    criterion:
      'in a phase longer than the deadline, more than `pendingCount` operations wait on average, or the p99 of the wait exceeds `waitShare` of the deadline, or there are more than `timeoutCount` timeouts (db.client.connection.*)',
    thresholds: {pendingCount: 0.5, waitShare: 0.5, timeoutCount: 0},
    needs: ['operations', 'load'],
    cause: 'The pool is smaller than rate × time per operation, or dead peers hold its connections.',
    remedy: 'Size the pool for the rate, and limit how long an operation may hold a connection.',
    source: sources.poolMetrics,
  },
  'half-open-reuse': {
    weight: 'late',
    summary: 'operations sent over connections that no longer answer',
    noun: 'dead-connection reuse',
    criterion:
      'from one deadline after a peer has fallen silent, no new connection is opened, and there are more than `attemptsRatio` attempts per open connection; without a ledger, attempts are the bytes sent divided by those of an operation in the baseline, if that makes at least half of the operations started meanwhile',
    thresholds: {attemptsRatio: 1},
    needs: ['connections', 'fault-operations', 'load'],
    cause: 'A connection goes back to the pool after a timeout on it.',
    remedy: 'Close a connection once an operation on it has timed out.',
    source: sources.partitions,
  },
  'stale-keep-alive': {
    weight: 'late',
    summary: 'operations that fail on connections the server has closed',
    noun: 'failures on stale connections',
    criterion:
      'in a phase that closes idle connections, more than `failedShare` of the operations, and more than `failedCount`, fail because of a reset or an end of the connection',
    thresholds: {failedShare: 0.001, failedCount: 1},
    needs: ['operations', 'load'],
    cause: 'An idle connection is used just as the server closes it.',
    remedy:
      'Keep idle connections for less time than the server does, and retry once if the connection failed before the first byte of the response.',
    source: sources.persistence,
  },
  'unbounded-queue': {
    weight: 'wasteful',
    summary: 'work that piles up in the library',
    noun: 'unbounded queues',
    criterion:
      "at the end of a fault phase, operations in flight exceed `operationCount` and `growthRatio` × the baseline's peak, and are still growing",
    thresholds: {operationCount: 1000, growthRatio: 10},
    needs: ['in-flight', 'fault-operations', 'load'],
    cause: 'A queue in front of the connection that accepts everything.',
    remedy: 'Bound the queue, and reject immediately what does not fit.',
    source: sources.cascading,
  },
  'unbounded-buffer': {
    weight: 'wasteful',
    summary: 'calls reported as done that pile up in the library',
    noun: 'unbounded buffers',
    // A thousand is what unbounded-queue allows. 64 MiB are more than V8's young generation holds, so that garbage
    // which is only waiting for its collection is not taken for a buffer.
    criterion:
      'by the end of a fault, more than `callCount` calls have been reported as done but have not arrived, more than `growthRatio` × as many as halfway through it, and at least half of them arrive afterwards; or the memory of the process rises throughout a fault, by more than `growthBytes`, while most calls are reported as done and no more are in flight than before',
    thresholds: {callCount: 1000, growthRatio: 1.5, growthBytes: 67_108_864},
    needs: ['fault-operations', 'load'],
    cause:
      'Calls that return immediately, such as logging, metrics or unconfirmed publishing, are kept in memory until the connection is back.',
    remedy:
      'Bound the buffer by count and by bytes. When it is full, let the caller know: reject, drop the oldest and count it, or make the caller wait.',
    source: sources.cascading,
  },
  'head-of-line-blocking': {
    weight: 'late',
    summary: 'a slow request that holds up the others',
    noun: 'head-of-line blocking',
    criterion:
      "a fault affects only some requests, and the p99 of an unaffected key with at least `sampleCount` samples (with fewer than 1,000, the value that all but 10 stay below) exceeds `latencyRatio` × the baseline's and is more than `slackMs` above it",
    thresholds: {latencyRatio: 3, slackMs: 50, sampleCount: 30},
    needs: ['fault-operations', 'load'],
    cause: 'All keys share one connection, or one queue that is processed in order.',
    remedy: 'Use separate connections for slow and fast work, or let responses arrive out of order.',
    source: sources.tail,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
