// Symptoms of connections and pools.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const connectionSymptoms = {
  'connection-leak': {
    weight: 'wasteful',
    summary: 'connections that stay open',
    noun: 'leaked connections',
    criterion:
      'more than `connectionCount` connections beyond the most of the baseline are open after the load and the idle time-out, or at the end of the last of three recoveries or more beyond the first, by a trend that still rises in the second half of them; inconclusive where as many operations had been under way at once, since a pool may keep a connection for each, and where the load was so short that idle connections had less than `idleMs` to close, and where the operation that is tried before the load never settled',
    thresholds: {connectionCount: 1, idleMs: 5000},
    needs: ['connections', 'load'],
    cause: 'An error path that forgets the socket: after a time-out, an abort, or a body that nobody reads.',
    remedy:
      'Destroy the socket on time-out and abort, read or cancel every body, and set an idle time-out on the pool.',
    source: sources.simpleTesting,
  },
  'connection-flapping': {
    weight: 'wasteful',
    summary: 'connections that come and go without a fault',
    noun: 'flapping connections',
    // Pools that renew healthy connections by their age do so after minutes: 10 s are far from it. Idle ones of several are ended
    // after 4 s (undici) or more, hence 3 s there. What a fault has left may be replaced for as long as slow-recovery grants.
    criterion:
      'in a baseline, or later than `afterMs` in a recovery, the client ends more than `lossCount` connections for each of those that are open at once, makes another in place of each within `reopenMs`, and one lives for less than `lifeMs` on average, or `pooledLifeMs` where several are open at once; those that a fault has touched, and one for each operation that failed, do not count; inconclusive where there are less than `operationsRatio` operations per connection, or the load pauses',
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
      'A heartbeat that is late or goes unanswered in normal use, an idle time-out shorter than the pauses of the load, or two parts of a client that each replace what the other has made.',
    remedy:
      'Find out which timer ends the connection: compare heartbeat and idle time-outs with what the server sends. Closing when the server asks for it, with Connection: close, is correct.',
    source: sources.persistence,
  },
  'connection-pile-up': {
    weight: 'wasteful',
    summary: 'connections that pile up while a fault lasts',
    noun: 'connection pile-ups',
    // Exporters of telemetry, and what else a process connects to, come and go by a few sockets.
    criterion:
      'at the end of a fault, and more than halfway through it, the process has more than `socketCount` sockets beyond the most of the baseline and one for each operation that was ever under way at once',
    thresholds: {socketCount: 10},
    needs: ['connections', 'fault-operations', 'load'],
    cause:
      'Each attempt makes a connection, and the one that gave no answer is not destroyed; or it is ended gracefully, and waits for the FIN of a silent peer.',
    remedy:
      'Destroy the socket of an abandoned attempt instead of ending it, and limit the number of connections.',
    source: sources.simpleTesting,
  },
  'connection-after-close': {
    weight: 'wasteful',
    summary: 'connections after close()',
    noun: 'connections after close()',
    // With no fault any more a connection closes within milliseconds; a second is for a busy server that is slow to say goodbye.
    criterion:
      'more than `connectionCount` connections are made after close() has settled, or are still open `openMs` after it',
    thresholds: {connectionCount: 0, openMs: 1000},
    needs: ['end'],
    cause:
      'A reconnect timer that close() does not clear, a connect that was under way and is not ended when it succeeds, or a socket that the client has lost sight of.',
    remedy:
      'Remember that the client is closed, check it before and after each connect, clear the timers, and keep a list of all sockets to destroy.',
    source: sources.errorEvents,
  },
  'connect-storm': {
    weight: 'wasteful',
    summary: 'connects again and again while a fault lasts',
    noun: 'connect storms',
    // Three are the attempts that unbounded-retries allows an operation. Ten in a second are one every 100 ms: common back-offs
    // begin with 50 to 100 ms and grow (redis, ioredis), or wait for a second (mqtt).
    criterion:
      'in a fault of `shortestMs` or longer the process begins more than `connectCount` connects per second for each connection that was open in the baseline, `operationConnectCount` for each operation not counted; refused connects count, those of child processes only where the injector accepts them',
    thresholds: {connectCount: 10, operationConnectCount: 3, shortestMs: 1000},
    needs: ['process', 'fault-operations', 'load'],
    cause:
      'A reconnect loop without a pause, or one whose pause begins anew with each connect that is accepted and lost.',
    remedy:
      'Back off between connects, exponentially, up to a cap and with jitter, and reset the pause only after a connection has proven to work.',
    source: sources.backoff,
  },
  'reconnect-storm': {
    weight: 'wasteful',
    summary: 'many more connections at once than before',
    noun: 'reconnect storms',
    criterion:
      'connects in the worst second of a recovery are `connectCount` or more, and more than `connectsRatio` × the most connections that were open, or made in a second, in the baseline, or open when the fault ended; inconclusive where so many operations started late, and so together, that they may have made them',
    thresholds: {connectCount: 10, connectsRatio: 2},
    needs: ['connection-log', 'recovery-operations', 'load'],
    cause:
      'Each waiting operation makes a connection of its own, or each failed connect is tried again at once.',
    remedy: 'Limit the connects that are under way, and back off between them, with jitter.',
    source: sources.backoff,
  },
  'handshake-churn': {
    weight: 'wasteful',
    summary: 'connections are not kept any more',
    noun: 'handshake churn',
    criterion:
      "new connections per operation in a recovery of `operationCount` operations or more, as many as are open at once not counted, are more than `connectionsRatio` and `growthRatio` × the baseline's",
    thresholds: {connectionsRatio: 0.05, growthRatio: 2, operationCount: 100},
    needs: ['connections', 'recovery-operations', 'load'],
    cause: 'A state after the fault in which connections are closed after each use.',
    remedy: 'Return healthy connections to the pool again, and look at what marks them as bad.',
    source: sources.persistence,
  },
  'pool-slot-leak': {
    weight: 'wasteful',
    summary: 'slots of the pool that are never given back',
    noun: 'leaked pool slots',
    criterion:
      '`db.client.connection.count` of used connections is above `slotCount` when nothing is under way any more; or rises over three recoveries or more, by a trend of more than `slotCount` + 1 that still rises in the second half of them, and is not seen to come back then. Only a warning, and only where it is above what it was before the first fault by more than one, unless operations do worse after the last fault than before the first; inconclusive where the open sockets contradict the gauge, and where the operation that is tried before the load never settled',
    thresholds: {slotCount: 0},
    needs: ['load'],
    cause: 'An error path that does not release the connection.',
    remedy: 'Release in a finally block.',
    source: sources.poolMetrics,
  },
  'pool-exhaustion': {
    weight: 'late',
    summary: 'operations wait for a connection of the pool',
    noun: 'pool exhaustion',
    criterion:
      'in a phase that is longer than the deadline more than `pendingCount` operations wait on average, or the 99th percentile of the wait is above `waitShare` of the deadline, or there are more than `timeoutCount` time-outs (db.client.connection.*)',
    thresholds: {pendingCount: 0.5, waitShare: 0.5, timeoutCount: 0},
    needs: ['operations', 'load'],
    cause: 'A pool that is smaller than rate × time per operation, or connections that dead peers hold.',
    remedy: 'Size the pool for the rate, and bound how long an operation may hold a connection.',
    source: sources.poolMetrics,
  },
  'half-open-reuse': {
    weight: 'late',
    summary: 'operations are sent over connections that no longer answer',
    noun: 'reuse of dead connections',
    criterion:
      'longer than the deadline after a peer has fallen silent no connection is made any more, and there are more than `attemptsRatio` attempts per open connection',
    thresholds: {attemptsRatio: 1},
    needs: ['connections', 'fault-operations', 'load'],
    cause: 'A connection goes back to the pool after a time-out on it.',
    remedy: 'Close a connection on which an operation has timed out.',
    source: sources.partitions,
  },
  'stale-keep-alive': {
    weight: 'late',
    summary: 'operations fail on connections that the server has closed',
    noun: 'failures on stale connections',
    criterion:
      'more than `failedShare` of the operations of a phase that closes idle connections, and more than `failedCount`, fail because of a reset or an end',
    thresholds: {failedShare: 0.001, failedCount: 1},
    needs: ['operations', 'load'],
    cause: 'An idle connection is used in the very moment in which the server closes it.',
    remedy:
      'Keep connections for less long than the server does, and try once more what failed before any byte of an answer.',
    source: sources.persistence,
  },
  'unbounded-queue': {
    weight: 'wasteful',
    summary: 'work piles up in the library',
    noun: 'unbounded queues',
    criterion:
      'operations in flight at the end of a fault phase are above `operationCount` and `growthRatio` × the most of the baseline, and still growing',
    thresholds: {operationCount: 1000, growthRatio: 10},
    needs: ['process', 'fault-operations', 'load'],
    cause: 'A queue in front of the connection that takes whatever comes.',
    remedy: 'Bound the queue, and refuse at once what does not fit.',
    source: sources.cascading,
  },
  'unbounded-buffer': {
    weight: 'wasteful',
    summary: 'calls reported as done pile up in the library',
    noun: 'unbounded buffers',
    // A thousand is what unbounded-queue grants. 64 MiB are more than V8's young generation holds, so that garbage which is
    // only waiting for its collection is not taken for a buffer.
    criterion:
      'more than `callCount` calls have been reported as done by the end of a fault but have not arrived, more than `growthRatio` × as many as halfway through it, and at least half of them arrive afterwards; or the memory of the process rises all through a fault, by more than `growthBytes`, while most calls are told done and no more of them are under way than before',
    thresholds: {callCount: 1000, growthRatio: 1.5, growthBytes: 67_108_864},
    needs: ['fault-operations', 'load'],
    cause:
      'Calls that return at once, such as logging, metrics or publishing without a confirmation, are kept in memory until the connection is back.',
    remedy:
      'Bound the buffer by count and by bytes, and tell the caller when it is full: refuse, drop the oldest and count it, or let the caller wait.',
    source: sources.cascading,
  },
  'head-of-line-blocking': {
    weight: 'late',
    summary: 'one slow request holds up the others',
    noun: 'head-of-line blocking',
    criterion:
      "where a fault is for some requests only, the p99 of a key that it is not for, of `sampleCount` or more (with fewer than 1,000, what all but 10 of them kept to), is above `latencyRatio` × the baseline's and `slackMs` above it",
    thresholds: {latencyRatio: 3, slackMs: 50, sampleCount: 30},
    needs: ['fault-operations', 'load'],
    cause: 'All keys share one connection, or one queue that is worked off in order.',
    remedy: 'Give slow and quick work connections of their own, or let answers overtake each other.',
    source: sources.tail,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
