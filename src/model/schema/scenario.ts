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

const clients = z.union(
  [
    z.literal('per-operation'),
    strict({
      /** How long each client is in use before the next one takes its place, in milliseconds; at least 50. */
      lifeMs: z.number().min(50).max(86_400_000),
    }),
  ],
  {error: "must be 'per-operation' or {lifeMs}"},
);

/** What every load has besides its model. */
const ofAllLoads = {
  /**
   * Clients that come and go during the load. Only in the scenario's own load, not in that of a phase; not with a program.
   * Default: one client lasts for the whole trial.
   * - `per-operation`: a client is opened for each operation, and closed after it.
   * - `{lifeMs}`: each client is replaced after this time. Operations wait for the next one to be open; the old one is closed at
   *   once, even while operations are in flight.
   */
  clients: clients.exactOptional(),
};

export const loadSchema = z.discriminatedUnion('model', [
  strict({
    /** Evenly spaced starts, whether or not the library keeps up. */
    model: z.literal('open'),
    /** Operations that start per second, above 0 and up to 100,000. */
    ratePerSecond: rate,
    /** While this many operations are in flight, further ones are dropped: they never start. Up to 1,000,000. */
    maxInFlight: inFlight,
    ...ofAllLoads,
  }),
  strict({
    /** Like `open`, with a rate that changes linearly within each phase. */
    model: z.literal('ramp'),
    /** Operations per second at the beginning of a phase, 0 to 100,000. */
    fromPerSecond: rate.or(z.literal(0)),
    /** Operations per second at its end, 0 to 100,000. */
    toPerSecond: rate.or(z.literal(0)),
    /** While this many operations are in flight, further ones are dropped: they never start. Up to 1,000,000. */
    maxInFlight: inFlight,
    ...ofAllLoads,
  }),
  strict({
    /** Many operations at once, repeatedly. */
    model: z.literal('bursts'),
    /** Operations that start together, up to 100,000. */
    burstSize: count.max(100_000),
    /** Time from one burst to the next, in milliseconds. */
    everyMs: durationMs,
    /** While this many operations are in flight, further ones are dropped: they never start. Up to 1,000,000. */
    maxInFlight: inFlight,
    ...ofAllLoads,
  }),
  strict({
    /** A fixed number of operations in flight: whenever one settles, the next one starts. */
    model: z.literal('closed'),
    /** How many are in flight, up to 100,000. */
    concurrency: count.max(100_000),
    ...ofAllLoads,
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
  /** Number of CPUs that the process may use; only on platforms that can pin a process (Linux). Default: all. */
  cpuCount: count.max(4096).optional(),
  /** Environment variables, added to those of the command. Default: none. */
  env: z.record(z.string(), z.string()).default({}),
  /** How much telemetry the process produces. Default: `full`. */
  telemetry: z.enum(telemetryModes).optional(),
});

export const variantSchema = strict({
  /** Lower-case letters, digits and dashes, up to 63; used in file names and operation IDs. */
  name: slug,
  options: z.unknown(),
  /** What this variant changes compared with the first one, as a sentence for the report. Default: null. */
  change: z.string().nullable().default(null),
  /** What its options promise to consumers, if that differs from `operation.deliveries`. */
  deliveries: z.enum(deliveryPromises).exactOptional(),
  /** How the subject's process is started. */
  process: processSchema.prefault({}),
  /**
   * Versions of packages to use instead of those installed next to the scenario, in npm's syntax:
   * `{undici: '^7'}`, or `{undici: 'file:../undici'}` for a working copy, relative to the scenario file.
   * For a program: other versions of packages that its `requirements` list, `{redis: '5.0.0'}`.
   */
  packages: z.record(packageName, z.string().min(1)).optional(),
});

/** Each language has names of its own: `psycopg`, `github.com/redis/go-redis/v9`, `redis.clients:jedis`. */
const anyPackages = z.record(z.string().min(1), z.string().min(1)).optional();

/** A fault with its defaults. */
export const plannedFaultSchema: z.ZodType<Fault, FaultInput> = faultSchema.transform(
  ({kind, ...options}) => made(kind, options) as Fault,
) as never;

export const phaseSchema = strict({
  /** Lower-case letters, digits and dashes, up to 63; unique among the phases. Goals refer to it. */
  name: slug,
  /** What the phase is for. Only a `fault` phase has faults, and it must have some. */
  role: z.enum(phaseRoles),
  /** Duration in milliseconds; up to a day. */
  durationMs,
  /**
   * Only for a recovery: it continues for up to this many milliseconds, more than `durationMs`, until the library has
   * recovered. If nothing succeeds in that time, or the process has crashed, a fresh subject meets the remaining phases.
   */
  prolongedToMs: durationMs.optional(),
  /** What happens to the network during the phase. Default: nothing. */
  faults: z.array(plannedFaultSchema).default([]),
  /** Replaces the scenario's load for this phase. */
  load: loadSchema.optional(),
  /**
   * Only for the last phase, with faults: how the client is ended while they still act and operations are in flight. No further
   * operation starts. Default: close() is called when all is calm and nothing is in flight.
   * - `close`: close() is called. The faults end when it has returned, or after 5 s; what is in flight is watched until it has
   *   settled.
   * - `sigterm`: a program in another language is sent SIGTERM, whose handler is its own. The faults end with the program, or
   *   after 10 s; it is killed after 30 s.
   */
  endsWith: z.enum(['close', 'sigterm']).exactOptional(),
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
  /** The built-in HTTP server. */
  kind: z.literal('http'),
  /** How long it takes to answer, in milliseconds. Default: 0. */
  thinkTimeMs: z.number().nonnegative().default(0),
  /** Whether it uses HTTPS; the subject trusts its certificate. Default: false. */
  tls: z.boolean().exactOptional(),
});

export const targetSchema = z.union(
  [
    httpTargetSchema,
    strict({
      /** The address of a server that is already running: `redis://127.0.0.1:6379`. */
      url: address,
    }),
    strict({
      /** Starts a server of the scenario's own, in a separate process, and returns its address. */
      start: fn<(context: StartContext) => StartedTarget | Promise<StartedTarget>>(),
    }),
    strict({
      /** A real server: `--start-services` starts it if it is installed, and `--target` uses your own. */
      service: z.enum(serviceNames),
    }),
  ],
  {error: noSuchTarget},
);

const json = z.json() as z.ZodType<Json, Json>;

export const sweepSchema = strict({
  /** The option, as a dotted path: `prefetch`, `pool.size`. */
  option: z.string().regex(/^[^.]+(\.[^.]+)*$/, 'must name an option, such as prefetch or pool.size'),
  /** 2 to 19 values to try; null means that the option is absent. */
  values: z
    .array(z.json() as z.ZodType<Json, Json>)
    .min(2)
    .max(19),
});

export const operationSchema = strict({
  /** How long a caller is willing to wait, in milliseconds from the scheduled start. */
  deadlineMs: durationMs,
  /** Whether applying it more than once does no harm. */
  idempotent: z.boolean(),
  /** How often the documentation promises to deliver an acknowledged message; the application reports deliveries through `delivered`. */
  deliveries: z.enum(deliveryPromises).exactOptional(),
});

export const telemetrySchema = strict({
  /** Modules with OpenTelemetry instrumentations; the first export whose name ends in "Instrumentation" is registered before the library loads. */
  instrumentations: z.array(z.string()).default([]),
  /** Libraries whose telemetry foulweather knows how to turn on: `['redis', 'pg']`. */
  use: z.array(z.enum(telemetryPresetNames, {error: noSuchPreset})).optional(),
  /**
   * Background work, such as batches, loggers and exporters: a span with one of these texts in its name, scope or URL does
   * not belong to the operation in whose async context it was started. `['POST /bulk', '/v1/logs']`
   */
  background: z.array(z.string().min(1)).optional(),
});

const programWords = z.array(z.string().min(1)).min(1);

/** A program in any language that holds the library and follows the protocol of docs/languages.md. */
export const programSchema = strict({
  /** The program and its arguments: `['python3', 'client.py']`. No shell is involved. */
  command: programWords,
  /** Where it runs, relative to the scenario's file. Default: the folder of that file. */
  cwd: z.string().min(1).exactOptional(),
  /** Environment variables, in addition to those that foulweather runs with; a variant's override them. Default: none. */
  env: z.record(z.string(), z.string()).exactOptional(),
  /** Run once before the first trial, in the same folder: `['cargo', 'build', '--release']`. Default: nothing. */
  setup: programWords.exactOptional(),
  /**
   * The file that lists the program's packages, from the same folder. They are installed at first use, in `.foulweather/`, by
   * the tool of the language that `command` begins with. Default: none.
   * - `python3`, with a requirements file: pip, into an environment of their own. If OpenTelemetry's distribution is among
   *   them, the program is started with its instrumentation.
   * - `go run PACKAGE`, with a go.mod: the package is built.
   * - `java MAIN_CLASS`, with a pom.xml: Maven fetches them, and the sources beside it are compiled together with the kit.
   */
  requirements: z.string().min(1).exactOptional(),
});

const mostVariants = 20;

export const scenarioSchema = strict({
  /** Lower-case letters, digits and dashes, up to 63. */
  name: slug,
  /** What a user of the library saw, in their words. */
  observation: z.string().min(1),
  /** Up to 20 sentences that a reader of the report should know about the setup: whose default it is, when the effect is smaller. */
  remarks: z.array(z.string().min(1)).max(20).optional(),
  /** The server that the library talks to. */
  target: targetSchema,
  /** Versions of the library that the scenario supports, as npm ranges: `{redis: '>=4 <7'}`. `--against` accepts only these. */
  supports: z.record(packageName, versionRange).optional(),
  variants: z.array(variantSchema).min(1).max(mostVariants),
  /** Adds a variant for each value that no variant has yet, and plots the figures over the values. */
  sweep: sweepSchema.optional(),
  /** When operations start. */
  load: loadSchema,
  /** What a caller expects of an operation. */
  operation: operationSchema,
  phases: z.array(phaseSchema).min(1).max(100),
  /**
   * How often the phases from the first fault to the last recovery run, up to 20 times. From the second time on, their
   * names end in `#2` and so on. Default: 1.
   */
  cycles: count.max(20).default(1),
  /**
   * How long to wait after the load, in milliseconds, for operations to settle and for idle sockets to close. Default: the time
   * after which an operation counts as hung, plus 2 s; where the last phase has `endsWith: 'close'`, as an orphan, plus 2 s.
   */
  drainLimitMs: durationMs.optional(),
  /** Trials per variant, unless --trials is given; only with two or more variants. Default: 1. */
  trials: count.max(1000).optional(),
  /** Limits that must hold, by phase and figure: `{recovery: {successRatio: {min: 0.99}}}`. Default: none. */
  goals: (goalsSchema as unknown as z.ZodType<Goals, Goals>).default({}),
  /** Overrides a symptom's default thresholds: `{'retry-amplification': {failRatio: 5}}`. */
  thresholds: (
    z.record(z.string(), z.record(z.string(), z.number().nonnegative())) as unknown as z.ZodType<
      ThresholdChanges,
      ThresholdChanges
    >
  ).optional(),
  /** Which telemetry is collected in addition to that of `fetch` and undici. */
  telemetry: telemetrySchema.prefault({}),
  subject: strict({open: fn(), perform: fn(), close: fn().optional(), classify: fn().optional()}),
  /** Reads the server's final state after each trial, in a separate process. */
  verify: fn<(context: VerifyContext) => Applied | Promise<Applied>>().optional(),
  /**
   * Prepares the server for a trial, in a separate process. What it leaves running, such as a timer that feeds a queue,
   * continues until the trial is over.
   */
  prepare: fn<(context: PrepareContext) => unknown>().optional(),
});

/** One with a program instead of the functions of a library in JavaScript. */
export const programScenarioSchema = scenarioSchema.extend({
  variants: z
    .array(variantSchema.extend({packages: anyPackages}))
    .min(1)
    .max(mostVariants),
  subject: strict({program: programSchema}),
});

/** A scenario that is right in its shape. */
export type CheckedScenario = Output<typeof scenarioSchema>;

const plannedVariantSchema = variantSchema.extend({
  /** What the report shows of the options; the subject reads the real ones from the scenario itself. */
  options: json,
  /** The scenario's variant that it was made of, where it is not the scenario's own. Its code knows only that name. */
  madeOf: slug.optional(),
  packages: anyPackages,
});

const plannedPhaseSchema = phaseSchema.extend({
  /** From the second cycle on it ends in `#2` and so on. */
  name: z.string(),
  /**
   * In an exploration: it ends as soon as its faults have acted and operations succeed again, at the latest after so many ms.
   * Where they do not at the end of a calm phase, the trial ends with it.
   */
  untilWellMs: durationMs.optional(),
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
      /** Where the scenario's thresholds are not the defaults: from the scheduled start, see `hungAfterMs` of `model/plan`. */
      hungAfterMs: z.number().optional(),
      /** The same, see `overrunAfterMs`. */
      overrunAfterMs: z.number().optional(),
    }),
    /** All that a trial has: the scenario's cycles are in it. */
    phases: z.tuple([plannedPhaseSchema], plannedPhaseSchema),
    /** The named storm that the phases come from, where they are not the scenario's own. */
    storm: z.string().optional(),
    drainLimitMs: z.number(),
    /** What runs the library, if it is a program in another language. */
    program: programSchema.optional(),
    /** The scenario has a verify(). */
    verifies: z.literal(true).optional(),
    /** The scenario has a prepare(). */
    prepares: z.literal(true).optional(),
  });
