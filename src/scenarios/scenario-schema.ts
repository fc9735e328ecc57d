// The shape of a scenario, as plain JavaScript may write it by hand.
import semver from 'semver';
import {z} from 'zod';
import {deliveryPromises, telemetryModes} from '../model/plan.ts';
import {serviceNames} from '../model/service.ts';
import {telemetryPresetNames} from '../model/telemetry-preset.ts';
import {faultSchema} from './fault-schema.ts';
import {goalsSchema} from './goals.ts';
import {didYouMean} from './suggestions.ts';
import {thresholdsSchema} from './thresholds.ts';

const slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'must be 1 to 63 lower-case letters, digits and dashes, and not begin with a dash',
  );
const count = z.number().int().positive();
const durationMs = z.number().positive().max(86_400_000);

/** Each takes some hundred bytes of the driver, and what the library keeps of it. */
const inFlight = count.max(1_000_000);
const rate = z.number().positive().max(100_000);
const loadSchema = z.discriminatedUnion('model', [
  z.strictObject({model: z.literal('open'), ratePerSecond: rate, maxInFlight: inFlight}),
  z.strictObject({
    model: z.literal('ramp'),
    fromPerSecond: rate.or(z.literal(0)),
    toPerSecond: rate.or(z.literal(0)),
    maxInFlight: inFlight,
  }),
  z.strictObject({
    model: z.literal('bursts'),
    burstSize: count.max(100_000),
    everyMs: durationMs,
    maxInFlight: inFlight,
  }),
  z.strictObject({model: z.literal('closed'), concurrency: count.max(100_000)}),
]);

const packageName = z
  .string()
  .regex(
    /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/,
    'must be the name of a package, such as undici',
  )
  .refine(name => name !== 'foulweather', 'must not be foulweather, which the scenario already runs in');

const versionRange = z
  .string()
  .refine(
    range => semver.validRange(range) !== null,
    "must be a range of versions in npm's syntax, such as '>=4 <7'",
  );

const deliveriesSchema = z.enum(deliveryPromises).exactOptional();

const variantSchema = z.strictObject({
  name: slug,
  options: z.unknown(),
  change: z.string().optional(),
  deliveries: deliveriesSchema,
  process: z
    .strictObject({
      heapLimitMiB: count.min(16).optional(),
      cpuCount: count.max(4096).optional(),
      env: z.record(z.string(), z.string()).optional(),
      telemetry: z.enum(telemetryModes).optional(),
    })
    .optional(),
  packages: z.record(packageName, z.string().min(1)).optional(),
});

const phaseSchema = z.strictObject({
  name: slug,
  role: z.enum(['warm-up', 'baseline', 'fault', 'recovery']),
  durationMs,
  prolongedToMs: durationMs.optional(),
  faults: z.array(faultSchema).default([]),
  load: loadSchema.optional(),
});

/** `localhost:6379` is a URL too, of the scheme `localhost`: what a server is reached by has a host. */
const address = z
  .url()
  .refine(
    url => /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(url),
    'must be an address such as redis://127.0.0.1:6379',
  );

const fn = z.custom<(...args: never[]) => unknown>(
  value => typeof value === 'function',
  'must be a function',
);

const sweepSchema = z.strictObject({
  option: z.string().regex(/^[^.]+(\.[^.]+)*$/, 'must name an option, such as prefetch or pool.size'),
  values: z.array(z.json()).min(2).max(19),
});
const noSuchPreset = ({input}: {readonly input?: unknown}): string =>
  `: there is no preset "${String(input)}". ${didYouMean(String(input), telemetryPresetNames)} List other modules in instrumentations.`;

const noSuchTarget = ({input}: {readonly input?: unknown}): string => {
  const service =
    typeof input === 'object' && input !== null && 'service' in input ? input.service : undefined;
  if (service === undefined) return "must be {kind: 'http'}, {url: '…'}, {service: '…'} or {start() {…}}";
  return `: there is no service "${String(service)}". ${didYouMean(String(service), serviceNames)}`;
};

export const scenarioSchema = z.strictObject({
  name: slug,
  observation: z.string().min(1),
  remarks: z.array(z.string().min(1)).max(20).optional(),
  target: z.union(
    [
      z.strictObject({
        kind: z.literal('http'),
        thinkTimeMs: z.number().nonnegative().default(0),
        tls: z.boolean().exactOptional(),
      }),
      z.strictObject({url: address}),
      z.strictObject({start: fn}),
      z.strictObject({service: z.enum(serviceNames)}),
    ],
    {error: noSuchTarget},
  ),
  supports: z.record(packageName, versionRange).optional(),
  variants: z.array(variantSchema).min(1).max(20),
  sweep: sweepSchema.optional(),
  load: loadSchema,
  operation: z.strictObject({
    deadlineMs: durationMs,
    idempotent: z.boolean(),
    deliveries: deliveriesSchema,
  }),
  phases: z.array(phaseSchema).min(1).max(100),
  cycles: count.max(20).default(1),
  drainLimitMs: durationMs.optional(),
  trials: count.max(1000).optional(),
  goals: goalsSchema.default({}),
  thresholds: thresholdsSchema.optional(),
  telemetry: z
    .strictObject({
      instrumentations: z.array(z.string()).default([]),
      use: z.array(z.enum(telemetryPresetNames, {error: noSuchPreset})).default([]),
      background: z.array(z.string().min(1)).default([]),
    })
    .optional(),
  subject: z.strictObject({open: fn, perform: fn, close: fn.optional(), classify: fn.optional()}),
  verify: fn.optional(),
  prepare: fn.optional(),
});

export type CheckedScenario = z.infer<typeof scenarioSchema>;
