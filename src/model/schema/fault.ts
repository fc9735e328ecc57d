// What can happen to the network, as a scenario may say it. A fault's options are declared here, and nowhere else: their
// types (`model/fault-defaults`) are made of these schemas.
import {z} from 'zod';
import {grpcStatuses, http2ErrorCodes, malformations} from '../http-codes.ts';
import {refuseError, type ServerErrorKind} from '../server-errors.ts';
import {strict} from './shape.ts';

const count = z.number().int().nonnegative();
const ms = count;

export const rampSchema = strict({
  /** The value at the beginning, in the option's unit. */
  from: z.number(),
  /** The value at the end, in the same unit. */
  to: z.number(),
});
const rampError = {error: 'must be a number, or {from, to}'};
const ramped = (value: z.ZodNumber, ends: z.ZodNumber = value) =>
  z.union([value, strict({from: ends, to: ends}) as typeof rampSchema], rampError);

/** When a fault acts. */
const times = {
  /** Delay from the start of the phase, in milliseconds. Default: none. */
  startAfterMs: ms.exactOptional(),
  /** Duration in milliseconds; it ends with the phase at the latest. Default: until the end of the phase. */
  durationMs: ms.exactOptional(),
  /**
   * Repeats at this interval, in milliseconds, for `durationMs` each time, which is required and must be shorter; a
   * probability is drawn again each time. Default: begins once.
   */
  everyMs: ms.exactOptional(),
};

const scope = {
  /** Share of the connections affected, 0 to 1; decided once per connection. Default: 1. */
  probability: z.number().min(0).max(1).optional(),
  /** Only every n-th connection, live ones before new ones; 0 and 1 mean all. Default: all. */
  nth: count.exactOptional(),
  /** Only the first N of those. Default: all. */
  firstN: count.exactOptional(),
  /** Stops after this many connections have been chosen. Default: no limit. */
  hitLimit: count.exactOptional(),
  ...times,
};
export const scopeSchema = strict(scope);

const direction = z.enum(['upstream', 'downstream']);

export const momentSchema = strict({
  /** Number of the exchange on its connection, from 1; 0 is the connect, which has only the cut `after`. */
  exchange: count,
  /** Before its first byte, within its first chunk (of an HTTP/1 response, within the body that comes with it), or when it is over. */
  cut: z.enum(['before', 'within', 'after']),
  /** Counts only exchanges in this direction: 2 with `downstream` is the server's second reply. Default: both directions. */
  direction: direction.exactOptional(),
  /** `connect`: all exchanges count · `fault`: only those that began after the fault. Default: `connect`. */
  since: z.enum(['connect', 'fault']).exactOptional(),
  /** An exchange is over when the other side answers, or after this many milliseconds of silence. Default: 10. */
  quietMs: ms.exactOptional(),
}).refine(
  ({exchange, cut, direction, since = 'connect'}) =>
    exchange > 0 || (cut === 'after' && direction === undefined && since === 'connect'),
  {
    error:
      ': exchange 0 is the connect, which has only the cut "after"; refuse, blackhole and limitConnections act before it',
  },
);

/** Faults that act on the bytes of a connection can wait for a moment in its conversation. */
const timing = {
  ...scope,
  /** Begins to act on each connection at this moment of its conversation. Default: at once. */
  at: momentSchema.exactOptional(),
};

const aim = {
  /** `downstream`: what the target sends to the subject · `upstream`: what the subject sends. Default: `downstream`. */
  direction: direction.optional(),
  ...timing,
};

const cut = {
  /** Happens after exactly this many bytes in its direction, or after `afterMs` if that comes first. Default: 0, no limit. */
  afterBytes: count.optional(),
  /** Happens this many milliseconds after the fault began on the connection. Default: 0, no limit; without either, immediately. */
  afterMs: ms.optional(),
};

const dead = {
  /**
   * Whether the connections that it has silenced stay open and silent when the fault is over, until a side closes them, as after
   * the restart of a firewall; new connections work. Default: absent, they are closed.
   */
  outlives: z.literal(true).exactOptional(),
};

const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** An HTTP fault counts requests: its probability, nth, firstN and hitLimit apply to matching requests, over all connections. */
const requests = {
  /** Only requests with this method, such as `GET`. Default: empty, any. */
  method: z
    .string()
    .regex(/^[A-Za-z-]*$/, 'must be a method such as GET')
    .optional(),
  /** Only requests for this path, without the query: `*` stands for anything within a segment, `**` for anything. Default: empty, any. */
  path: z.string().max(256).optional(),
  ...scope,
};

/** A TLS fault counts handshakes: its probability, nth, firstN and hitLimit apply to matching handshakes. */
const handshakes = {
  /** Only handshakes for this host (SNI), case-insensitively; `*` stands for anything. Default: empty, all handshakes, also without a host. */
  serverName: z.string().max(256).optional(),
  ...scope,
};

/** A fault of packets does not see connections: its probability, nth, firstN and hitLimit are about the times that it begins. */
const packets = {
  /** `upstream`: packets from the subject · `downstream`: packets to it. Default: `both`. */
  direction: z.enum(['upstream', 'downstream', 'both']).optional(),
  ...scope,
};

/** A DNS fault counts queries: its probability, nth, firstN and hitLimit are about those. */
const deadConnects = {
  /** What happens to a connect to a dead address: it hangs, or is refused. Default: `hang`. */
  connects: z.enum(['hang', 'are-refused']).optional(),
  ...scope,
};
/** An error of a server counts what it answers: its probability, nth, firstN and hitLimit are about those that match. */
const serverError = <const Kind extends ServerErrorKind>(kind: Kind) =>
  strict({
    kind: z.literal(kind),
    /** The error's code; docs/faults.md lists those of each protocol. */
    error: z.string(),
    /** The error's text. Default: empty, the server's usual text. */
    message: z.string().optional(),
    /** Only replies to this command, or to one of several, separated by spaces. Default: empty, any. */
    command: z.string().optional(),
    /** Only commands for matching keys, topics or the like; `*` stands for anything but `/`. Default: empty, any. */
    key: z.string().optional(),
    /**
     * `command`: instead of a command's reply · `connect`: instead of the first reply on a connection · `unasked`: once per
     * connection, without having been asked. Default: `usual`, as servers do with this error.
     */
    when: z.enum(['usual', 'connect', 'command', 'unasked']).optional(),
    /** `none`: the connection continues · `close`: a FIN · `abort`: a RST. Default: `usual`, as servers do after this error. */
    ending: z.enum(['usual', 'none', 'close', 'abort']).optional(),
    ...scope,
  }).superRefine(
    ({error, message = '', command = '', key = '', when = 'usual', ending = 'usual'}, context) => {
      const refusal = refuseError(kind, {error, message, command, key, when, ending});
      if (refusal !== null) context.addIssue({code: 'custom', message: `: ${refusal}`});
    },
  );

const kilobytes = count.multipleOf(1000);

/** By the names of their constructors. */
export const faultSchemas = {
  latency: strict({
    kind: z.literal('latency'),
    /** Delay of each chunk of data, in milliseconds; can be a ramp within the phase. */
    latencyMs: ramped(ms),
    /** The delay varies uniformly by ± this many milliseconds. Default: 0. */
    jitterMs: ms.optional(),
    ...aim,
  }),
  bandwidth: strict({
    kind: z.literal('bandwidth'),
    /**
     * Bytes per second and connection, a multiple of 1000, since Toxiproxy counts in units of 1000 B; 0 holds all data back.
     * Can be a ramp within the phase, from and to at least 1000.
     */
    bytesPerSecond: ramped(kilobytes, kilobytes.positive()),
    /** All connections share the rate. Default: absent, each connection has it for itself. */
    shared: z.literal(true).exactOptional(),
    ...aim,
  }),
  slowClose: strict({
    kind: z.literal('slowClose'),
    /** Delay of the end of the connection, in milliseconds. */
    delayMs: ms,
    ...aim,
  }),
  timeout: strict({
    kind: z.literal('timeout'),
    /** The connection is closed after this many milliseconds without data; 0 leaves it open. */
    timeoutMs: ms,
    ...aim,
  }),
  stall: strict({
    kind: z.literal('stall'),
    /** `downstream`: no response arrives · `upstream`: no request reaches the target · `both`: nothing passes. Default: `downstream`. */
    direction: z.enum(['upstream', 'downstream', 'both']).optional(),
    ...dead,
    ...cut,
    ...timing,
  }),
  resetPeer: strict({
    kind: z.literal('resetPeer'),
    /** The connection is reset this many milliseconds after its first data, none of which arrives. Default: 0. */
    afterMs: ms.optional(),
    ...aim,
  }),
  slicer: strict({
    kind: z.literal('slicer'),
    /** Average size of the pieces, in bytes. */
    averageSizeBytes: count.positive(),
    /** The size varies by ± this many bytes; less than the average. Default: 0. */
    sizeVariationBytes: count.optional(),
    /** Pause after each piece, in microseconds. Default: 0. */
    delayUs: count.optional(),
    ...aim,
  }),
  coalesce: strict({
    kind: z.literal('coalesce'),
    /** How long data is held, in milliseconds from its first byte on, so that what follows arrives with it; at least 1. */
    holdMs: ms.positive(),
    ...aim,
  }),
  limitData: strict({
    kind: z.literal('limitData'),
    /** The connection is closed after exactly this many bytes. */
    limitBytes: count,
    ...aim,
  }),
  refuse: strict({kind: z.literal('refuse'), ...scope}),
  halfOpen: strict({kind: z.literal('halfOpen'), ...cut, ...aim}),
  halfClose: strict({kind: z.literal('halfClose'), ...cut, ...aim}),
  resetAfter: strict({kind: z.literal('resetAfter'), ...cut, ...aim}),
  closeAfter: strict({kind: z.literal('closeAfter'), ...cut, ...aim}),
  corrupt: strict({
    kind: z.literal('corrupt'),
    /** Flips one bit of the byte at this offset, counted from the first byte the fault sees on a connection. Default: null, none. */
    offsetBytes: count.nullable().optional(),
    /** Flips one bit in this many of each 1000 bytes, 0 to 1000, at random positions. Default: 0. */
    bytesPerKb: z.number().min(0).max(1000).optional(),
    ...aim,
  }).refine(({offsetBytes = null, bytesPerKb = 0}) => offsetBytes !== null || bytesPerKb > 0, {
    error: 'needs offsetBytes, or bytesPerKb above 0',
  }),
  limitConnections: strict({
    kind: z.literal('limitConnections'),
    /** Maximum number of connections open at a time. */
    connectionLimit: count,
    /** `closed`: the others are closed as soon as they open · `unanswered`: they stay open without a response. Default: `closed`. */
    others: z.enum(['closed', 'unanswered']).optional(),
    ...scope,
  }),
  flap: strict({
    kind: z.literal('flap'),
    /** Refuses connections for this many milliseconds … */
    downMs: ms.positive(),
    /** … and then accepts them for this many, alternately. */
    upMs: ms.positive(),
    ...scope,
  }),
  blackhole: strict({
    kind: z.literal('blackhole'),
    /** Connects hang instead of being accepted and never served. Linux only. Default: absent, accepted. */
    syn: z.literal(true).exactOptional(),
    ...dead,
    ...scope,
  }).refine(({syn, outlives}) => syn !== true || outlives !== true, {
    error: 'cannot have both syn and outlives: a connect that hangs has no connection yet',
  }),
  httpStatus: strict({
    kind: z.literal('httpStatus'),
    /** Status of the response, 400 to 599. */
    status: z.number().int().min(400).max(599),
    /** `Retry-After`: seconds (`7`), an HTTP date, or `+7` for the date 7 s after the response. Default: empty, no such header. */
    retryAfter: z
      .string()
      .refine(text => text === '' || /^\+?\d{1,9}$/.test(text) || httpDate.test(text), {
        error: 'must be whole seconds, or an HTTP date',
      })
      .optional(),
    /** Body of the response. Default: empty. */
    body: z.string().optional(),
    /** Its media type. Default: `text/plain; charset=utf-8`. */
    contentType: z
      .string()
      .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII')
      .optional(),
    /** Whether the connection is closed after it. Default: false. */
    close: z.boolean().optional(),
    /** Whether the response comes as soon as the request's headers are there, without waiting for its body. Default: false. */
    early: z.boolean().optional(),
    ...requests,
  }),
  httpFault: strict({
    kind: z.literal('httpFault'),
    /** `request`: the target gets nothing of the request · `response`: it gets all of it, and the fault acts on the response. */
    stage: z.enum(['request', 'response']),
    /** `hang`: nothing more follows · `close`: a FIN · `abort`: a RST · `finish`, of a response only: cut short so that it looks complete. */
    action: z.enum(['hang', 'close', 'abort', 'finish']),
    /** Share of the body that passes first, 0 to 1. Default: null; without a cut there is no response, and the body of a request is not read. */
    cutRatio: z.number().min(0).max(1).nullable().optional(),
    /** The same in bytes, instead of the ratio. Default: null. */
    cutBytes: count.nullable().optional(),
    ...requests,
  })
    .refine(fault => fault.stage === 'response' || fault.action !== 'finish', {
      error: "takes the action 'finish' only with stage 'response'",
    })
    .refine(({cutRatio = null, cutBytes = null}) => cutRatio === null || cutBytes === null, {
      error: 'takes cutRatio or cutBytes, not both',
    }),
  slowBody: strict({
    kind: z.literal('slowBody'),
    /** Bytes of the body per second and response, at least 1. */
    bytesPerSecond: count.min(1),
    ...requests,
  }),
  wrongContentLength: strict({
    kind: z.literal('wrongContentLength'),
    /** The header declares this many bytes more than the body has; fewer if negative. */
    differenceBytes: z
      .number()
      .int()
      .refine(bytes => bytes !== 0, {error: 'must not be 0'}),
    /** Whether the connection is closed after the body. Default: false. */
    close: z.boolean().optional(),
    ...requests,
  }),
  dropKeepAlive: strict({
    kind: z.literal('dropKeepAlive'),
    /** Whether the response says `Connection: close`. Default: true. */
    announce: z.boolean().optional(),
    ...requests,
  }),
  malformedResponse: strict({
    kind: z.literal('malformedResponse'),
    /**
     * `stray-bytes`: bytes follow the end of the response · `endless-head`: the header never ends · `twice`: the whole response is
     * sent twice. HTTP/1 only.
     */
    how: z.enum(malformations),
    ...requests,
  }),
  goAway: strict({
    kind: z.literal('goAway'),
    /** `NO_ERROR`: the connection ends once its streams are finished · any other: immediately. Default: `NO_ERROR`. */
    errorCode: z.enum(http2ErrorCodes).optional(),
    /** Whether the request is still served; otherwise the target gets nothing of it, and the client may retry it. Default: true. */
    served: z.boolean().optional(),
    /** The debug data, such as `too_many_pings`. Default: empty. */
    text: z.string().max(1000).optional(),
    ...requests,
  }),
  resetStream: strict({
    kind: z.literal('resetStream'),
    /** `request`: the target gets nothing of the request · `response`: it gets all of it first. */
    stage: z.enum(['request', 'response']),
    /** Such as `REFUSED_STREAM`, `CANCEL` or `INTERNAL_ERROR`. */
    errorCode: z.enum(http2ErrorCodes),
    /** How much of the body passes first, 0 to 1; 1 is all of it, but not the end of the stream. Default: null, not even the head. */
    cutRatio: z.number().min(0).max(1).nullable().optional(),
    /** The same in bytes, instead of the ratio. Default: null. */
    cutBytes: count.nullable().optional(),
    ...requests,
  }).refine(({cutRatio = null, cutBytes = null}) => cutRatio === null || cutBytes === null, {
    error: 'takes cutRatio or cutBytes, not both',
  }),
  limitStreams: strict({
    kind: z.literal('limitStreams'),
    /** How many streams may be open at a time on a connection; 0 allows none. */
    streamLimit: count.max(2 ** 31 - 1),
    ...scope,
  }),
  closedWindows: strict({kind: z.literal('closedWindows'), ...scope}),
  ignorePings: strict({kind: z.literal('ignorePings'), ...scope}),
  grpcStatus: strict({
    kind: z.literal('grpcStatus'),
    /** The status of the call, such as `UNAVAILABLE`. */
    status: z.enum(grpcStatuses),
    /** Its message. Default: empty. */
    message: z.string().max(1000).optional(),
    /** `grpc-retry-pushback-ms`: how long the client must wait before it retries; −1: it must not. Default: null, not sent. */
    pushbackMs: z.number().int().min(-1).max(999_999_999).nullable().optional(),
    /** `request`: the target gets nothing of the call · `response`: it gets all of it, and only the status is replaced. Default: `request`. */
    stage: z.enum(['request', 'response']).optional(),
    ...requests,
  }),
  withholdTrailers: strict({
    kind: z.literal('withholdTrailers'),
    /** What comes instead: `hang`: nothing · `close`: RST_STREAM with CANCEL · `abort`: with INTERNAL_ERROR · `finish`: the end of the stream. */
    action: z.enum(['hang', 'close', 'abort', 'finish']),
    ...requests,
  }),
  tlsClose: strict({
    kind: z.literal('tlsClose'),
    /** Whether the connection is reset (RST) instead of closed (FIN). Default: false. */
    reset: z.boolean().optional(),
    ...handshakes,
  }),
  tlsAlert: strict({
    kind: z.literal('tlsAlert'),
    /** The number of the alert, 0 to 255. Default: 40, `handshake_failure`. */
    alert: z
      .number({error: 'must be the number of an alert; tlsAlert() takes its name'})
      .int()
      .min(0)
      .max(255)
      .optional(),
    ...handshakes,
  }),
  wrongCertificate: strict({
    kind: z.literal('wrongCertificate'),
    /** `untrusted`: issued by an unknown authority · `self-signed` · `expired`: yesterday · `wrong-host`: issued for another host. */
    problem: z.enum(['untrusted', 'self-signed', 'expired', 'wrong-host']),
    ...handshakes,
  }),
  redisError: serverError('redisError'),
  postgresError: serverError('postgresError'),
  mysqlError: serverError('mysqlError'),
  amqpError: serverError('amqpError'),
  smtpError: serverError('smtpError'),
  natsError: serverError('natsError'),
  memcachedError: serverError('memcachedError'),
  mqttError: serverError('mqttError'),
  // Faults of the server itself: they have no connections to choose from.
  serverStop: strict({kind: z.literal('serverStop'), ...times}),
  serverKill: strict({kind: z.literal('serverKill'), ...times}),
  serverPause: strict({kind: z.literal('serverPause'), ...times}),
  packetLoss: strict({
    kind: z.literal('packetLoss'),
    /** Share of the packets that are lost, above 0 and at most 1. */
    ratio: z.number().min(0.000_001, 'must be above 0').max(1),
    /** How many packets are lost in a row, once in each `burst / ratio` packets; 1: each by chance. Default: 1. */
    burst: count.min(1).max(10_000).optional(),
    ...packets,
  }),
  partition: strict({kind: z.literal('partition'), ...packets}),
  unreachable: strict({
    kind: z.literal('unreachable'),
    /** What the client is told cannot be reached: the host, its network or its port; `admin`: a firewall forbids it. Default: `host`. */
    reason: z.enum(['host', 'net', 'port', 'admin']).optional(),
    ...scope,
  }),
  dnsTimeout: strict({kind: z.literal('dnsTimeout'), ...scope}),
  dnsServfail: strict({kind: z.literal('dnsServfail'), ...scope}),
  dnsNxdomain: strict({kind: z.literal('dnsNxdomain'), ...scope}),
  dnsEmpty: strict({kind: z.literal('dnsEmpty'), ...scope}),
  dnsSlow: strict({
    kind: z.literal('dnsSlow'),
    /** After how many milliseconds each query is answered. */
    delayMs: ms.max(3_600_000),
    ...scope,
  }),
  dnsStale: strict({kind: z.literal('dnsStale'), ...deadConnects}),
  deadAddresses: strict({
    kind: z.literal('deadAddresses'),
    /** How many dead addresses come before the live one, 1 to 10. Default: 1. */
    count: count.min(1).max(10).optional(),
    ...deadConnects,
  }),
  mtuBlackHole: strict({
    kind: z.literal('mtuBlackHole'),
    /** The size of the largest IP packet that passes, 68 to 1499. In a run, packets have at most 1500 bytes. */
    bytes: count.min(68).max(1499),
    ...packets,
  }),
};

type AnyFaultSchema = (typeof faultSchemas)[keyof typeof faultSchemas];

const kinds = z.discriminatedUnion(
  'kind',
  Object.values(faultSchemas) as [AnyFaultSchema, ...AnyFaultSchema[]],
);

/** A fault that comes again needs a time to be away. */
export const faultSchema = kinds.refine(
  ({durationMs = 0, everyMs}) => everyMs === undefined || (durationMs > 0 && durationMs < everyMs),
  {path: ['everyMs'], error: 'needs a durationMs that is shorter'},
);
