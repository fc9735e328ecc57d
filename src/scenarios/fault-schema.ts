// Checks faults, as scenarios in plain JavaScript may write them by hand.
import {z} from 'zod';

const ms = z.number().int().nonnegative();
const count = z.number().int().nonnegative();

/** What every fault may be limited to. */
const scope = {
  probability: z.number().min(0).max(1).default(1),
  nth: count.exactOptional(),
  firstN: count.exactOptional(),
  hitLimit: count.exactOptional(),
  startAfterMs: ms.exactOptional(),
  durationMs: ms.exactOptional(),
  everyMs: ms.exactOptional(),
};

const direction = z.enum(['upstream', 'downstream']);

const moment = z
  .strictObject({
    exchange: count,
    cut: z.enum(['before', 'within', 'after']),
    direction: direction.exactOptional(),
    since: z.enum(['connect', 'fault']).exactOptional(),
    quietMs: ms.exactOptional(),
  })
  .refine(
    ({exchange, cut, direction, since = 'connect'}) =>
      exchange > 0 || (cut === 'after' && direction === undefined && since === 'connect'),
    {
      error:
        ': exchange 0 is the connect, which has only the cut "after"; refuse, blackhole and limitConnections act before it',
    },
  );

/** What acts on the bytes of a connection may wait there for a moment. */
const timing = {...scope, at: moment.exactOptional()};
const aim = {direction: direction.default('downstream'), ...timing};
const cut = {afterBytes: count.default(0), afterMs: ms.default(0)};

const kilobytes = z.number().int().nonnegative().multipleOf(1000);
const rampError = {error: 'must be a number, or {from, to}'};
const ramp = (value: z.ZodNumber) => z.strictObject({from: value, to: value});
const ramped = (value: z.ZodNumber) => z.union([value, ramp(value)], rampError);

const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

const requests = {
  method: z
    .string()
    .regex(/^[A-Za-z-]*$/, 'must be a method such as GET')
    .default(''),
  path: z.string().max(256).default(''),
  ...scope,
};

const httpFaults = [
  z.strictObject({
    kind: z.literal('httpStatus'),
    status: z.number().int().min(400).max(599),
    retryAfter: z
      .string()
      .refine(text => text === '' || /^\+?\d{1,9}$/.test(text) || httpDate.test(text), {
        error: 'must be whole seconds, or an HTTP date',
      })
      .default(''),
    body: z.string().default(''),
    contentType: z
      .string()
      .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII')
      .default('text/plain; charset=utf-8'),
    close: z.boolean().default(false),
    ...requests,
  }),
  z
    .strictObject({
      kind: z.literal('httpFault'),
      stage: z.enum(['request', 'response']),
      action: z.enum(['hang', 'close', 'abort', 'finish']),
      cutRatio: z.number().min(0).max(1).nullable().default(null),
      cutBytes: count.nullable().default(null),
      ...requests,
    })
    .refine(fault => fault.stage === 'response' || fault.action !== 'finish', {
      error: "takes the action 'finish' only with stage 'response'",
    })
    .refine(fault => fault.cutRatio === null || fault.cutBytes === null, {
      error: 'takes cutRatio or cutBytes, not both',
    }),
  z.strictObject({kind: z.literal('slowBody'), bytesPerSecond: count.min(1), ...requests}),
  z.strictObject({
    kind: z.literal('wrongContentLength'),
    differenceBytes: z
      .number()
      .int()
      .refine(bytes => bytes !== 0, {error: 'must not be 0'}),
    close: z.boolean().default(false),
    ...requests,
  }),
  z.strictObject({kind: z.literal('dropKeepAlive'), announce: z.boolean().default(true), ...requests}),
] as const;

const handshakes = {serverName: z.string().max(256).default(''), ...scope};

const tlsFaults = [
  z.strictObject({kind: z.literal('tlsClose'), reset: z.boolean().default(false), ...handshakes}),
  z.strictObject({
    kind: z.literal('tlsAlert'),
    alert: z
      .number({error: 'must be the number of an alert; tlsAlert() takes its name'})
      .int()
      .min(0)
      .max(255)
      .default(40),
    ...handshakes,
  }),
  z.strictObject({
    kind: z.literal('wrongCertificate'),
    problem: z.enum(['untrusted', 'self-signed', 'expired', 'wrong-host']),
    ...handshakes,
  }),
] as const;

const kinds = z.discriminatedUnion('kind', [
  z.strictObject({kind: z.literal('latency'), latencyMs: ramped(ms), jitterMs: ms.default(0), ...aim}),
  z.strictObject({
    kind: z.literal('bandwidth'),
    bytesPerSecond: z.union([kilobytes, ramp(kilobytes.positive())], rampError),
    ...aim,
  }),
  z.strictObject({kind: z.literal('slowClose'), delayMs: ms, ...aim}),
  z.strictObject({kind: z.literal('timeout'), timeoutMs: ms, ...aim}),
  z.strictObject({
    kind: z.literal('stall'),
    direction: z.enum(['upstream', 'downstream', 'both']).default('downstream'),
    ...cut,
    ...timing,
  }),
  z.strictObject({kind: z.literal('resetPeer'), afterMs: ms.default(0), ...aim}),
  z.strictObject({
    kind: z.literal('slicer'),
    averageSizeBytes: z.number().int().positive(),
    sizeVariationBytes: z.number().int().nonnegative().default(0),
    delayUs: z.number().int().nonnegative().default(0),
    ...aim,
  }),
  z.strictObject({kind: z.literal('limitData'), limitBytes: z.number().int().nonnegative(), ...aim}),
  z.strictObject({kind: z.literal('refuse'), ...scope}),
  z.strictObject({kind: z.literal('halfOpen'), ...cut, ...aim}),
  z.strictObject({kind: z.literal('halfClose'), ...cut, ...aim}),
  z.strictObject({kind: z.literal('resetAfter'), ...cut, ...aim}),
  z.strictObject({kind: z.literal('closeAfter'), ...cut, ...aim}),
  z
    .strictObject({
      kind: z.literal('corrupt'),
      offsetBytes: count.nullable().default(null),
      bytesPerKb: z.number().min(0).max(1000).default(0),
      ...aim,
    })
    .refine(({offsetBytes, bytesPerKb}) => offsetBytes !== null || bytesPerKb > 0, {
      error: 'needs offsetBytes, or bytesPerKb above 0',
    }),
  z.strictObject({
    kind: z.literal('limitConnections'),
    connectionLimit: count,
    others: z.enum(['closed', 'unanswered']).default('closed'),
    ...scope,
  }),
  z.strictObject({kind: z.literal('flap'), downMs: ms.positive(), upMs: ms.positive(), ...scope}),
  z.strictObject({kind: z.literal('blackhole'), syn: z.literal(true).exactOptional(), ...scope}),
  ...httpFaults,
  ...tlsFaults,
]);

/** A fault that comes again needs a time to be away. */
export const faultSchema = kinds.refine(
  fault => {
    if (fault.everyMs === undefined) return true;
    const {durationMs = 0, everyMs} = fault;
    return durationMs > 0 && durationMs < everyMs;
  },
  {path: ['everyMs'], error: 'needs a durationMs that is shorter'},
);
