// Checks faults, as scenarios in plain JavaScript may write them by hand.
import {z} from 'zod';
import {count, ms, scope} from './fault-scope-schema.ts';
import {httpFaultSchemas} from './http-fault-schema.ts';
import {tlsFaultSchemas} from './tls-fault-schema.ts';

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

const kinds = z.discriminatedUnion(
  'kind',
  [
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
    ...httpFaultSchemas,
    ...tlsFaultSchemas,
  ],
);

/** A fault that comes again needs a time to be away. */
export const faultSchema = kinds.refine(
  fault => {
    if (fault.everyMs === undefined) return true;
    const {durationMs = 0, everyMs} = fault;
    return durationMs > 0 && durationMs < everyMs;
  },
  {path: ['everyMs'], error: 'needs a durationMs that is shorter'},
);
