// What a scenario may say, also in plain JavaScript, and what a plan has of it. A field is declared here, and nowhere else:
// `defineScenario` and the plan have their types from these schemas.
import semver from 'semver';
import {z} from 'zod';
import {deliveryPromises, phaseRoles, telemetryModes} from '../choices.ts';
import type {Fault} from '../fault.ts';
import {type FaultInput, made} from '../fault-defaults.ts';
import type {Goals} from '../goal.ts';
import type {Json} from '../json.ts';
import type {
  Applied,
  PrepareContext,
  StartContext,
  StartedTarget,
  VerifyContext,
} from '../scenario-functions.ts';
import {serviceNames} from '../service.ts';
import {didYouMean} from '../suggestions.ts';
import type {ThresholdChanges} from '../symptoms.ts';
import {telemetryPresetNames} from '../telemetry-preset.ts';
import {faultSchema} from './fault.ts';
import {goalsSchema} from './goals.ts';
import {type Output, strict} from './shape.ts';

const slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'must be 1 to 63 lower-case letters, digits and dashes, and not begin with a dash',
  );
const count = z.number().int().positive();
const durationMs = z.number().positive().max(86_400_000);
const fn = <Signature extends (...args: never[]) => unknown>() =>
  z.custom<Signature>(value => typeof value === 'function', 'must be a function');

/** Each takes some hundred bytes of the driver, and what the library keeps of it. */
const inFlight = count.max(1_000_000);
const rate = z.number().positive().max(100_000);

export const loadSchema = z.discriminatedUnion('model', [
  strict({
    /** Evenly spaced starts, whether or not the library keeps up. */
    model: z.literal('open'),
    /** Operations that start per second, above 0 and up to 100,000. */
    ratePerSecond: rate,
    /** An operation whose turn it is while so many are under way is dropped: it never starts. Up to 1,000,000. */
    maxInFlight: inFlight,
  }),
  strict({
    /** As `open`, with a rate that changes evenly from one value to another within each phase. */
    model: z.literal('ramp'),
    /** Operations per second at the beginning of a phase, 0 to 100,000. */
    fromPerSecond: rate.or(z.literal(0)),
    /** Operations per second at its end, 0 to 100,000. */
    toPerSecond: rate.or(z.literal(0)),
    /** An operation whose turn it is while so many are under way is dropped: it never starts. Up to 1,000,000. */
    maxInFlight: inFlight,
  }),
  strict({
    /** Many starts at once, again and again. */
    model: z.literal('bursts'),
    /** Operations that start together, up to 100,000. */
    burstSize: count.max(100_000),
    /** From one burst to the next, in milliseconds. */
    everyMs: durationMs,
    /** An operation whose turn it is while so many are under way is dropped: it never starts. Up to 1,000,000. */
    maxInFlight: inFlight,
  }),
  strict({
    /** A fixed number of operations in flight at all times: the next one starts when one settles. */
    model: z.literal('closed'),
    /** How many are in flight, up to 100,000. */
    concurrency: count.max(100_000),
  }),
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

export const processSchema = strict({
  /** Limit of V8's heap, in MiB, at least 16. Default: V8's own. */
  heapLimitMiB: count.min(16).optional(),
  /** How many CPUs the process may use, where the platform can pin one (Linux). Default: all. */
  cpuCount: count.max(4096).optional(),
  /** Environment variables, added to those of the command. Default: none. */
  env: z.record(z.string(), z.string()).default({}),
  /** How much of telemetry the process has. Default: `full`. */
  telemetry: z.enum(telemetryModes).optional(),
});

export const variantSchema = strict({
  /** Lower-case letters, digits and dashes, up to 63; it names files and operation ids. */
  name: slug,
  options: z.unknown(),
  /** What this variant changes against the first, as a sentence for the report. Default: null, nothing is said. */
  change: z.string().nullable().default(null),
  /** Where its options promise something else to consumers than `operation.deliveries` does. */
  deliveries: z.enum(deliveryPromises).exactOptional(),
  /** How the subject's process is started. */
  process: processSchema.prefault({}),
  /**
   * Other versions of packages than those that are installed beside the scenario, as npm takes them:
   * `{undici: '^7'}`, or `{undici: 'file:../undici'}` for a working copy, relative to the scenario's file.
   */
  packages: z.record(packageName, z.string().min(1)).optional(),
});

/** A fault with its defaults. */
export const plannedFaultSchema: z.ZodType<Fault, FaultInput> = faultSchema.transform(
  ({kind, ...options}) => made(kind, options) as Fault,
) as never;

export const phaseSchema = strict({
  /** Lower-case letters, digits and dashes, up to 63; unlike those of the other phases. Goals refer to it. */
  name: slug,
  /** What the phase is for. A `fault` has faults, and no other has. */
  role: z.enum(phaseRoles),
  /** How long it lasts, in milliseconds; up to a day. */
  durationMs,
  /**
   * Of a recovery: it goes on up to so many milliseconds, more than `durationMs`, while the library is not back. Where nothing
   * succeeds all that time, or the process died, the phases that are left are driven with a fresh subject.
   */
  prolongedToMs: durationMs.optional(),
  /** What happens to the network while it lasts. Default: nothing. */
  faults: z.array(plannedFaultSchema).default([]),
  /** Instead of the scenario's load, for this phase. */
  load: loadSchema.optional(),
});

/** `localhost:6379` is a URL too, of the scheme `localhost`: what a server is reached by has a host. */
const address = z
  .url()
  .refine(
    url => /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(url),
    'must be an address such as redis://127.0.0.1:6379',
  );

const noSuchPreset = ({input}: {readonly input?: unknown}): string =>
  `: there is no preset "${String(input)}". ${didYouMean(String(input), telemetryPresetNames)} List other modules in instrumentations.`;

const noSuchTarget = ({input}: {readonly input?: unknown}): string => {
  const service =
    typeof input === 'object' && input !== null && 'service' in input ? input.service : undefined;
  if (service === undefined) return "must be {kind: 'http'}, {url: '…'}, {service: '…'} or {start() {…}}";
  return `: there is no service "${String(service)}". ${didYouMean(String(service), serviceNames)}`;
};

export const httpTargetSchema = strict({
  /** The embedded HTTP server. */
  kind: z.literal('http'),
  /** How long it takes for an answer, in milliseconds. Default: 0. */
  thinkTimeMs: z.number().nonnegative().default(0),
  /** It speaks HTTPS, and the subject trusts its certificate. Default: false. */
  tls: z.boolean().exactOptional(),
});

export const targetSchema = z.union(
  [
    httpTargetSchema,
    strict({
      /** A server that runs already, by its address: `redis://127.0.0.1:6379`. */
      url: address,
    }),
    strict({
      /** A server of the scenario's own: starts it, in a process of its own, and answers where it listens. */
      start: fn<(context: StartContext) => StartedTarget | Promise<StartedTarget>>(),
    }),
    strict({
      /** A real server: `--start-services` starts one that is installed, or `--target` names the user's own. */
      service: z.enum(serviceNames),
    }),
  ],
  {error: noSuchTarget},
);

const json = z.json() as z.ZodType<Json, Json>;

export const sweepSchema = strict({
  /** The option, as a dotted path: `prefetch`, `pool.size`. */
  option: z.string().regex(/^[^.]+(\.[^.]+)*$/, 'must name an option, such as prefetch or pool.size'),
  /** 2 to 19 values that it is tried with; null is what its absence means. */
  values: z
    .array(z.json() as z.ZodType<Json, Json>)
    .min(2)
    .max(19),
});

export const operationSchema = strict({
  /** How long a caller is ready to wait, in milliseconds from the intended start. */
  deadlineMs: durationMs,
  /** Whether it may be applied more than once without harm. */
  idempotent: z.boolean(),
  /** What the docs promise of a message that is acknowledged to its sender, and that the application reports by `delivered`. */
  deliveries: z.enum(deliveryPromises).exactOptional(),
});

export const telemetrySchema = strict({
  /** Modules with OpenTelemetry instrumentations; the first export whose name ends in "Instrumentation" is registered before the library loads. */
  instrumentations: z.array(z.string()).default([]),
  /** Libraries whose telemetry is switched on in a known way: `['redis', 'pg']`. */
  use: z.array(z.enum(telemetryPresetNames, {error: noSuchPreset})).optional(),
  /**
   * Work in the background, such as batches, loggers and exporters: a span with one of these texts in its name, its scope or
   * its URL is none of the operation in whose async context it was begun. `['POST /bulk', '/v1/logs']`
   */
  background: z.array(z.string().min(1)).optional(),
});

export const scenarioSchema = strict({
  /** Lower-case letters, digits and dashes, up to 63. */
  name: slug,
  /** What a user of the library saw, in a user's words. */
  observation: z.string().min(1),
  /** Up to 20 sentences that a reader of the report should know of the set-up: whose default it is, where the effect shrinks. */
  remarks: z.array(z.string().min(1)).max(20).optional(),
  /** The server that the library talks to. */
  target: targetSchema,
  /** Versions of the library that the scenario is written for, as npm's ranges: `{redis: '>=4 <7'}`. `--against` keeps to it. */
  supports: z.record(packageName, versionRange).optional(),
  variants: z.array(variantSchema).min(1).max(20),
  /** Adds a variant for each value that no variant has, and draws the figures over the values. */
  sweep: sweepSchema.optional(),
  /** When operations start. */
  load: loadSchema,
  /** What a caller expects of an operation. */
  operation: operationSchema,
  phases: z.array(phaseSchema).min(1).max(100),
  /**
   * How often the phases from the first fault to the last recovery run, up to 20 times; from the second time on their names
   * end in `#2` and so on. Default: 1.
   */
  cycles: count.max(20).default(1),
  /**
   * How long to wait after the load, in milliseconds, for operations to settle and for idle sockets to close. Default: the time
   * after which an operation counts as hung, plus 2 s.
   */
  drainLimitMs: durationMs.optional(),
  /** Trials per variant where --trials asks for no number and there are two variants or more. Default: 1. */
  trials: count.max(1000).optional(),
  /** Limits that must hold, by phase and figure: `{recovery: {successRatio: {min: 0.99}}}`. Default: none. */
  goals: (goalsSchema as unknown as z.ZodType<Goals, Goals>).default({}),
  /** When a symptom counts, where the default is not right: `{'retry-amplification': {failRatio: 5}}`. */
  thresholds: (
    z.record(z.string(), z.record(z.string(), z.number().nonnegative())) as unknown as z.ZodType<
      ThresholdChanges,
      ThresholdChanges
    >
  ).optional(),
  /** What of the library's telemetry is collected beside that of `fetch` and undici. */
  telemetry: telemetrySchema.prefault({}),
  subject: strict({open: fn(), perform: fn(), close: fn().optional(), classify: fn().optional()}),
  /** Reads the server's final state after each trial, in a process of its own. */
  verify: fn<(context: VerifyContext) => Applied | Promise<Applied>>().optional(),
  /**
   * Brings the server into the state that a trial begins with, in a process of its own. What it leaves running, such as
   * a timer that feeds a queue, goes on until the trial is over.
   */
  prepare: fn<(context: PrepareContext) => unknown>().optional(),
});

/** A scenario that is right in its shape. */
export type CheckedScenario = Output<typeof scenarioSchema>;

const plannedVariantSchema = variantSchema.extend({
  /** What the report shows of the options; the subject reads the real ones from the scenario itself. */
  options: json,
  /** The scenario's variant that it was made of, where it is not the scenario's own. Its code knows only that name. */
  madeOf: slug.optional(),
});

const plannedPhaseSchema = phaseSchema.extend({
  /** From the second cycle on it ends in `#2` and so on. */
  name: z.string(),
});

/** A scenario as plain data: what the describing child answers, and what is saved of it. */
export const planSchema = scenarioSchema
  .omit({cycles: true, subject: true, prepare: true, verify: true})
  .extend({
    target: z.union([
      httpTargetSchema,
      strict({kind: z.literal('custom')}),
      strict({kind: z.literal('service'), service: z.enum(serviceNames)}),
      strict({kind: z.literal('url'), url: z.string()}),
    ]),
    variants: z.tuple([plannedVariantSchema], plannedVariantSchema),
    sweep: strict({
      option: z.string(),
      points: z.array(strict({value: json, variant: slug})),
    }).optional(),
    operation: operationSchema.extend({
      /** Where the scenario's thresholds are not the defaults: from the intended start, see `hungAfterMs` of `model/plan`. */
      hungAfterMs: z.number().optional(),
      /** The same, see `overrunAfterMs`. */
      overrunAfterMs: z.number().optional(),
    }),
    /** All that a trial has: the scenario's cycles are in it. */
    phases: z.tuple([plannedPhaseSchema], plannedPhaseSchema),
    /** The named storm that the phases come from, where they are not the scenario's own. */
    storm: z.string().optional(),
    drainLimitMs: z.number(),
    /** The scenario has a verify(). */
    verifies: z.literal(true).optional(),
    /** The scenario has a prepare(). */
    prepares: z.literal(true).optional(),
  });
