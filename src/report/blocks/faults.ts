// Faults, loads and phases in a few words.

import type {CorruptFault, Direction, Fault} from '../../model/fault.ts';
import type {Moment, Ramp} from '../../model/fault-defaults.ts';
import {isRequestFault} from '../../model/http-fault.ts';
import {isDnsFault, isPacketFault} from '../../model/network-fault.ts';
import {deliveryPromiseOf, type Load, type Phase, type Plan, type TargetPlan} from '../../model/plan.ts';
import type {ReplyFault} from '../../model/reply-fault.ts';
import {chosenError, isServerError, protocols} from '../../model/server-errors.ts';
import {type AnyServerFault, isServerFault} from '../../model/server-fault.ts';
import {type AnyTlsFault, type CertificateProblem, isTlsFault, tlsAlerts} from '../../model/tls-fault.ts';
import {bytes, count, percent, plannedDuration, plural} from '../format.ts';
import {requestEffectOf, settingEffectOf} from './http-faults.ts';
import {networkEffectOf} from './network-faults.ts';

/** `latency of 300 ms ± 50 ms, server to client, on 20.0 % of the connections`. */
export const describeFault = (fault: Fault): string => {
  const direction = 'direction' in fault ? [directions[fault.direction]] : [];
  const moment = 'at' in fault ? [momentOf(fault.at)] : [];
  const scope = isServerFault(fault) ? timesOf(fault) : scopeOf(fault);
  return [effectOf(fault), ...direction, ...moment, ...scope].join(', ');
};

/** `after exchange 4`, `before exchange 2 from the server since the fault began`. */
const momentOf = ({exchange, cut, direction, since}: Moment): string => {
  if (exchange === 0) return 'right after the connect';
  const whose = direction === undefined ? '' : ` from the ${direction === 'upstream' ? 'client' : 'server'}`;
  return `${cut} exchange ${count(exchange)}${whose}${since === 'fault' ? ' since the fault began' : ''}`;
};

const scopeOf = (fault: Exclude<Fault, AnyServerFault>): string[] => {
  const {probability, nth = 0, firstN, hitLimit, kind} = fault;
  const unit = unitOf(kind);
  const units = unit === 'query' ? 'queries' : `${unit}s`;
  return [
    ...(nth > 1 ? [`one ${unit} in ${count(nth)}`] : []),
    ...(probability < 1 ? [`on ${percent(probability)} of ${nth > 1 ? 'those' : `the ${units}`}`] : []),
    ...(firstN === undefined ? [] : [`on the first ${plural(firstN, unit, units)} only`]),
    ...(hitLimit === undefined ? [] : [`at most ${plural(hitLimit, 'hit')}`]),
    ...timesOf(fault),
  ];
};

const timesOf = ({startAfterMs, durationMs, everyMs}: Fault): string[] => [
  ...(startAfterMs === undefined ? [] : [`from ${plannedDuration(startAfterMs)} on`]),
  ...(durationMs === undefined ? [] : [`for ${plannedDuration(durationMs)}${againAfter(everyMs)}`]),
];

/** ` out of every 2 s`, or nothing. */
const againAfter = (everyMs: number | undefined): string =>
  everyMs === undefined ? '' : ` out of every ${plannedDuration(everyMs)}`;

/** `of 20 ms`, or `from 0 ms to 20 ms`. */
const ramped = (value: number | Ramp, before: string, shown: (value: number) => string): string =>
  typeof value === 'number' ? `${before} ${shown(value)}` : `from ${shown(value.from)} to ${shown(value.to)}`;

/** What its probability is decided for. */
const unitOf = (kind: Fault['kind']): string => {
  if (kind === 'flap' || kind === 'refuse') return 'down-time';
  if (isPacketFault(kind)) return 'occurrence';
  if (isDnsFault(kind)) return 'query';
  if (isTlsFault(kind)) return 'handshake';
  if (isServerError(kind)) return 'answer';
  return isRequestFault(kind) ? 'request' : 'connection';
};

/** ` after 512 B or 1 s`, or nothing. */
const cutOf = ({afterBytes, afterMs}: {readonly afterBytes: number; readonly afterMs: number}): string => {
  const limits = [
    ...(afterBytes > 0 ? [bytes(afterBytes)] : []),
    ...(afterMs > 0 ? [plannedDuration(afterMs)] : []),
  ];
  return limits.length === 0 ? '' : ` after ${limits.join(' or ')}`;
};

const directions: {readonly [direction in Direction | 'both']: string} = {
  upstream: 'client to server',
  downstream: 'server to client',
  both: 'both ways',
};

const repliesAt = {
  connect: 'on connect',
  command: 'instead of a reply',
  unasked: 'unasked',
} as const;

/** `Redis error READONLY instead of a reply (SET user:*)`. */
const replyEffectOf = (fault: ReplyFault): string => {
  const {code, when, ending} = chosenError(fault.kind, fault);
  const {title} = protocols[fault.kind];
  const which = [fault.command, fault.key].filter(text => text !== '').join(' ');
  const end = {none: '', close: ', then a close (FIN)', abort: ', then a reset (RST)'}[ending];
  return `${title} error ${code} ${repliesAt[when]}${which === '' ? '' : ` (${which})`}${end}`;
};

const effectOf = (fault: Fault): string => {
  switch (fault.kind) {
    case 'redisError':
    case 'postgresError':
    case 'mysqlError':
    case 'amqpError':
    case 'smtpError':
    case 'natsError':
    case 'memcachedError':
    case 'mqttError':
      return replyEffectOf(fault);
    case 'latency':
      return `latency ${ramped(fault.latencyMs, 'of', plannedDuration)}${fault.jitterMs > 0 ? ` ± ${plannedDuration(fault.jitterMs)}` : ''}`;
    case 'bandwidth':
      return `${ramped(fault.bytesPerSecond, 'at most', value => `${bytes(value)}/s`)}${fault.shared === true ? ' for all connections together' : ''}`;
    case 'slowClose':
      return `close delayed by ${plannedDuration(fault.delayMs)}`;
    case 'timeout':
      return `data dropped, closed after ${plannedDuration(fault.timeoutMs)}`;
    case 'stall':
      return `no response${cutOf(fault)}, connection left open${fault.outlives === true ? ', silent even after the fault' : ''}`;
    case 'resetPeer':
      return `connection reset${fault.afterMs > 0 ? ` ${plannedDuration(fault.afterMs)} after its first data` : ''}`;
    case 'slicer':
      return `data cut into pieces of about ${bytes(fault.averageSizeBytes)}`;
    case 'coalesce':
      return `data held for ${plannedDuration(fault.holdMs)} and sent in one piece`;
    case 'halfOpen':
      return `the other side gone without notice${cutOf(fault)}, connection left open`;
    case 'halfClose':
      return `this direction ended${cutOf(fault)}, the other goes on`;
    case 'resetAfter':
      return `connection reset${cutOf(fault)}`;
    case 'closeAfter':
      return `connection closed${cutOf(fault)}`;
    case 'corrupt':
      return `a bit flipped ${corruptedBytes(fault)}`;
    case 'limitConnections':
      return `at most ${plural(fault.connectionLimit, 'connection')} at a time, others ${fault.others === 'closed' ? 'closed at once' : 'left without a response'}`;
    case 'flap':
      return `alternately down for ${plannedDuration(fault.downMs)} and up for ${plannedDuration(fault.upMs)}`;
    case 'blackhole':
      return fault.syn === true
        ? 'connects left unanswered'
        : `new connections never served${fault.outlives === true ? ', not even after the fault' : ''}`;
    case 'httpStatus':
    case 'httpFault':
    case 'slowBody':
    case 'wrongContentLength':
    case 'dropKeepAlive':
    case 'malformedResponse':
    case 'goAway':
    case 'resetStream':
    case 'grpcStatus':
    case 'withholdTrailers':
      return requestEffectOf(fault);
    case 'limitStreams':
    case 'closedWindows':
    case 'ignorePings':
      return settingEffectOf(fault);
    case 'tlsClose':
    case 'tlsAlert':
    case 'wrongCertificate':
      return tlsEffectOf(fault);
    case 'serverStop':
      return 'the server stopped in its own way, then started again';
    case 'serverKill':
      return 'the server killed, then started again';
    case 'serverPause':
      return 'the server paused, its connections left open';
    case 'packetLoss':
    case 'partition':
    case 'unreachable':
    case 'mtuBlackHole':
    case 'dnsTimeout':
    case 'dnsServfail':
    case 'dnsNxdomain':
    case 'dnsEmpty':
    case 'dnsSlow':
    case 'dnsStale':
    case 'deadAddresses':
      return networkEffectOf(fault);
    case 'refuse':
      return 'connections refused, live ones cut';
    case 'limitData':
      return `closed after ${bytes(fault.limitBytes)}`;
  }
};

const corruptedBytes = ({offsetBytes, bytesPerKb}: CorruptFault): string =>
  [
    ...(offsetBytes === null ? [] : [`in the byte at offset ${count(offsetBytes)}`]),
    ...(bytesPerKb === 0 ? [] : [`in ${bytesPerKb} of 1,000 bytes`]),
  ].join(' and ');

const endings: {readonly [ending in NonNullable<Phase['endsWith']>]: string} = {
  close: 'close() called at its end',
  sigterm: 'SIGTERM sent at its end',
};

export const describeFaults = (phase: Phase): string =>
  phase.faults.length === 0
    ? 'none'
    : [
        ...phase.faults.map(describeFault),
        ...(phase.endsWith === undefined ? [] : [endings[phase.endsWith]]),
      ].join('; ');

export const describeLoad = (load: Load): string => `${describeModel(load)}${describeClients(load)}`;

const describeClients = ({clients}: Load): string => {
  if (clients === undefined) return '';
  return clients === 'per-operation'
    ? ', with a client for each operation'
    : `, with a new client every ${plannedDuration(clients.lifeMs)}`;
};

const describeModel = (load: Load): string => {
  switch (load.model) {
    case 'open':
      return `${count(load.ratePerSecond)} op/s (open model, max ${count(load.maxInFlight)} in flight)`;
    case 'ramp':
      return `${count(load.fromPerSecond)} to ${count(load.toPerSecond)} op/s within each phase (open model, max ${count(load.maxInFlight)} in flight)`;
    case 'bursts':
      return `bursts of ${count(load.burstSize)} operations every ${plannedDuration(load.everyMs)} (open model, max ${count(load.maxInFlight)} in flight)`;
    case 'closed':
      return `${count(load.concurrency)} operations in flight at all times (closed model)`;
  }
};

/** @param reportedAs how a server that is not the scenario's own identified itself; that may contain its address */
const describeTarget = (target: TargetPlan, reportedAs: string | undefined): string => {
  if (reportedAs !== undefined) return reportedAs;
  if (target.kind === 'service') return `a real ${target.service} server`;
  if (target.kind === 'url') return `the server at ${target.url}`;
  if (target.kind === 'custom') return 'a server that the scenario starts';
  return `the built-in ${target.tls === true ? 'HTTPS' : 'HTTP'} server${target.thinkTimeMs > 0 ? `, which takes ${plannedDuration(target.thinkTimeMs)} to answer` : ''}`;
};

export const describePlan = (plan: Plan, reportedAs?: string): string => {
  const {load, target, operation} = plan;
  return `Load: ${describeLoad(load)} against ${describeTarget(target, reportedAs)}. Deadline ${plannedDuration(operation.deadlineMs)}; operations are ${operation.idempotent ? '' : 'not '}idempotent.${describePromises(plan)}`;
};

/** Empty where nothing is promised. */
const describePromises = (plan: Plan): string => {
  const byPromise = Map.groupBy(plan.variants, ({name}) => deliveryPromiseOf(plan, name));
  const promised = [...byPromise].flatMap(([promise, variants]) => {
    if (promise === null) return [];
    const whose =
      variants.length === plan.variants.length ? '' : ` with ${variants.map(({name}) => name).join(', ')}`;
    return [`${promise.replaceAll('-', ' ')}${whose}`];
  });
  if (promised.length === 0) return '';
  return ` Delivery promised for acknowledged messages: ${promised.join(', and ')}.`;
};

const certificateProblems: {readonly [problem in CertificateProblem]: string} = {
  untrusted: 'from an unknown authority',
  'self-signed': 'that is self-signed',
  expired: 'that has expired',
  'wrong-host': 'for another host',
};

const tlsEffectOf = (fault: AnyTlsFault): string =>
  `${handshakeEffectOf(fault)}${fault.serverName ? ` (${fault.serverName})` : ''}`;

const handshakeEffectOf = (fault: AnyTlsFault): string => {
  switch (fault.kind) {
    case 'tlsClose':
      return `handshake ${fault.reset ? 'reset (RST)' : 'closed (FIN)'} after the ClientHello`;
    case 'tlsAlert':
      return `handshake answered with the alert ${alertName(fault.alert)}`;
    case 'wrongCertificate':
      return `a certificate ${certificateProblems[fault.problem]}`;
  }
};

const alertName = (alert: number): string => {
  const known = Object.entries(tlsAlerts).find(([, number]) => number === alert);
  return known === undefined ? String(alert) : `${known[0]} (${alert})`;
};
