// The kinds of faults, what their options are when they are left out, and the types that both make.
import type {faultSchemas, momentSchema, rampSchema, scopeSchema} from './schema/fault.ts';
import type {Input, Plain} from './schema/shape.ts';

const scope = {probability: 1};
const aim = {direction: 'downstream', ...scope} as const;
const cut = {afterBytes: 0, afterMs: 0, ...aim};
const requests = {method: '', path: '', ...scope};
const packets = {direction: 'both', ...scope} as const;
const deadConnects = {connects: 'hang', ...scope} as const;
const handshakes = {serverName: '', ...scope};
const reply = {message: '', command: '', key: '', when: 'usual', ending: 'usual', ...scope} as const;

/** By kind. What is neither here nor given is absent. */
const defaults = {
  latency: {jitterMs: 0, ...aim},
  bandwidth: aim,
  slowClose: aim,
  timeout: aim,
  stall: cut,
  resetPeer: {afterMs: 0, ...aim},
  slicer: {sizeVariationBytes: 0, delayUs: 0, ...aim},
  coalesce: aim,
  limitData: aim,
  refuse: scope,
  halfOpen: cut,
  halfClose: cut,
  resetAfter: cut,
  closeAfter: cut,
  corrupt: {offsetBytes: null, bytesPerKb: 0, ...aim},
  limitConnections: {others: 'closed', ...scope},
  flap: scope,
  blackhole: scope,
  httpStatus: {
    retryAfter: '',
    body: '',
    contentType: 'text/plain; charset=utf-8',
    close: false,
    early: false,
    ...requests,
  },
  httpFault: {cutRatio: null, cutBytes: null, ...requests},
  slowBody: requests,
  wrongContentLength: {close: false, ...requests},
  dropKeepAlive: {announce: true, ...requests},
  malformedResponse: requests,
  goAway: {errorCode: 'NO_ERROR', served: true, text: '', ...requests},
  resetStream: {cutRatio: null, cutBytes: null, ...requests},
  limitStreams: scope,
  closedWindows: scope,
  ignorePings: scope,
  grpcStatus: {message: '', pushbackMs: null, stage: 'request', ...requests},
  withholdTrailers: requests,
  tlsClose: {reset: false, ...handshakes},
  tlsAlert: {alert: 40, ...handshakes},
  wrongCertificate: handshakes,
  redisError: reply,
  postgresError: reply,
  mysqlError: reply,
  amqpError: reply,
  smtpError: reply,
  natsError: reply,
  memcachedError: reply,
  mqttError: reply,
  serverStop: {},
  serverKill: {},
  serverPause: {},
  packetLoss: {burst: 1, ...packets},
  partition: packets,
  unreachable: {reason: 'host', ...scope},
  mtuBlackHole: packets,
  dnsTimeout: scope,
  dnsServfail: scope,
  dnsNxdomain: scope,
  dnsEmpty: scope,
  dnsSlow: scope,
  dnsStale: deadConnects,
  deadAddresses: {count: 1, ...deadConnects},
} as const satisfies {
  readonly [kind in keyof typeof faultSchemas]: Partial<Input<(typeof faultSchemas)[kind]>>;
};

/** A fault, by the name of its constructor. */
export type FaultKind = keyof typeof defaults;

export const faultKinds = Object.keys(defaults) as readonly FaultKind[];

type Given<Kind extends FaultKind> = Input<(typeof faultSchemas)[Kind]>;

/** A fault written by hand: what is left out gets its default. */
export type FaultInput = {readonly [kind in FaultKind]: Given<kind>}[FaultKind];

/** What the constructor of a fault takes. */
export type OptionsOf<Kind extends FaultKind> = Omit<Given<Kind>, 'kind'>;

/** A fault with its defaults. */
export type FaultOf<Kind extends FaultKind> = Plain<
  Given<Kind> & Required<Pick<Given<Kind>, keyof (typeof defaults)[Kind] & keyof Given<Kind>>>
>;

/** Which connections a fault takes, and when; for HTTP faults, which requests. A real Toxiproxy has `probability` only. */
export type ScopeOptions = Input<typeof scopeSchema>;

/** The scope of a fault as its constructor makes it: `ScopeOptions` with the default of `probability`. */
export type FaultScope = ScopeOptions & Required<Pick<ScopeOptions, 'probability'>>;

/**
 * The moment on a connection at which a fault begins to act there. An exchange is bytes in one direction, ended by the
 * first byte in the other; they are numbered from 1 on each connection, and 0 is the connect.
 */
export type Moment = Input<typeof momentSchema>;

/** A number that changes evenly from one value to another while its fault lasts: for `durationMs`, or to the end of the phase. */
export type Ramp = Input<typeof rampSchema>;

/**
 * An option that the fault does not have is kept: the check of the plan then refuses it by its name. Dropped, it would
 * silently run another fault than the one that was asked for.
 */
export const made = <Kind extends FaultKind>(kind: Kind, options: object): FaultOf<Kind> => {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return {kind, ...defaults[kind], ...Object.fromEntries(given)} as unknown as FaultOf<Kind>;
};
