// Scenario → plan: checks everything that can be checked before a process starts, and lists all mistakes at once.
import semver from 'semver';
import {z} from 'zod';
import {FoulweatherError} from '../model/errors.ts';
import {nonEmpty} from '../model/non-empty.ts';
import {
  deliveryPromises,
  hungAfterMs,
  operationBy,
  type Phase,
  type Plan,
  telemetryModes,
  type Variant,
} from '../model/plan.ts';
import {serviceNames} from '../model/service.ts';
import {telemetryPresetNames} from '../model/telemetry-preset.ts';
import type {Scenario} from './define-scenario.ts';
import {faultSchema} from './fault-schema.ts';
import {goalMistakes, goalsSchema} from './goals.ts';
import {loadMistakes} from './load-limits.ts';
import {shownOptions} from './shown-options.ts';
import {didYouMean, noSuch} from './suggestions.ts';
import {expandSweep} from './sweep.ts';
import {thresholdMistakes, thresholdsSchema} from './thresholds.ts';
import {unknownFaultOptions} from './unknown-options.ts';

const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and dashes, at most 63 of them');
const count = z.number().int().positive();
const durationMs = z.number().positive().max(86_400_000);

/** Each takes some hundred bytes of the driver, and what the library keeps of it. */
const inFlight = count.max(1_000_000);
const rate = z.number().positive().max(100_000);
const loadSchema = z.discriminatedUnion(
  'model',
  [
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
  ],
  {error: noSuch('load')},
);

const packageName = z
  .string()
  .regex(/^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/, "give a package's name, such as undici")
  .refine(name => name !== 'foulweather', 'the scenario itself is written for the foulweather that runs it');

const versionRange = z
  .string()
  .refine(
    range => semver.validRange(range) !== null,
    "give a range of versions as npm has them, such as '>=4 <7'",
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
    'give an address such as redis://127.0.0.1:6379',
  );

const fn = z.custom<(...args: never[]) => unknown>(value => typeof value === 'function', 'give a function');

const sweepSchema = z.strictObject({
  option: z.string().regex(/^[^.]+(\.[^.]+)*$/, 'name an option, such as prefetch or pool.size'),
  values: z.array(z.json()).min(2).max(19),
});
const noSuchPreset = ({input}: {readonly input?: unknown}): string =>
  `there is no known telemetry of «${String(input)}». ${didYouMean(String(input), telemetryPresetNames)} Others go into instrumentations.`;

const noSuchTarget = ({input}: {readonly input?: unknown}): string => {
  const service =
    typeof input === 'object' && input !== null && 'service' in input ? input.service : undefined;
  if (service === undefined) return "give {kind: 'http'}, {url: '…'}, {service: '…'} or {start() {…}}";
  return `there is no service «${String(service)}». ${didYouMean(String(service), serviceNames)}`;
};

const scenarioSchema = z.strictObject({
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

type Checked = z.infer<typeof scenarioSchema>;

/** @throws FoulweatherError FW_SCENARIO_INVALID that lists every mistake with its place. */
export const planOf = (scenario: Scenario): Plan => {
  const {scenario: whole, sweep} = expandSweep(scenario);
  const parsed = scenarioSchema.safeParse(whole);
  if (!parsed.success)
    throw invalid(parsed.error.issues.map(issue => unknownFaultOptions(issue, whole) ?? tell(issue)));
  const mistakes = [
    ...goalMistakes(parsed.data.goals, parsed.data.phases),
    ...thresholdMistakes(parsed.data.thresholds ?? {}),
    ...repeatedNames(parsed.data),
    ...phaseMistakes(parsed.data),
    ...tooManyPhases(parsed.data),
    ...loadMistakes({...parsed.data, phases: phasesOf(parsed.data)}),
  ];
  if (mistakes.length > 0) throw invalid(mistakes);
  return {...toPlan(parsed.data), ...(sweep === null ? {} : {sweep})};
};

const invalid = (mistakes: readonly string[]): FoulweatherError =>
  new FoulweatherError(
    'FW_SCENARIO_INVALID',
    `The scenario has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map(mistake => `  ${mistake}`).join('\n')}`,
    'Mend the scenario file; `foulweather init` writes one that runs.',
  );

const tell = (issue: z.core.$ZodIssue): string => `${issue.path.join('.') || 'scenario'}: ${issue.message}`;

const repeatedNames = ({variants, phases}: Checked): string[] => {
  const repeated = (what: string, names: readonly string[]): string[] =>
    names
      .filter((name, index) => names.indexOf(name) !== index)
      .map(name => `${what}: «${name}» stands twice; each needs a name of its own`);
  return [
    ...repeated(
      'variants',
      variants.map(variant => variant.name),
    ),
    ...repeated(
      'phases',
      phases.map(phase => phase.name),
    ),
  ];
};

const reservedNames: ReadonlyMap<string, string> = new Map([
  ['run', 'the whole run in goals'],
  ['start', 'the time before the first phase'],
  ['drain', 'the time after the last phase'],
]);

const phaseMistakes = ({phases}: Checked): string[] =>
  phases.flatMap(({name, role, faults, durationMs, prolongedToMs}) => {
    const mistakes: string[] = [];
    if (role === 'fault' && faults.length === 0) {
      mistakes.push(`phases: «${name}» is a fault phase without faults`);
    }
    if (role !== 'fault' && faults.length > 0) {
      mistakes.push(`phases: «${name}» has faults, so its role must be 'fault'`);
    }
    if (prolongedToMs !== undefined && role !== 'recovery') {
      mistakes.push(`phases: "${name}": prolongedToMs is only allowed in a recovery`);
    } else if (prolongedToMs !== undefined && prolongedToMs <= durationMs) {
      mistakes.push(`phases: "${name}": prolongedToMs must be longer than durationMs`);
    }
    const meaning = reservedNames.get(name);
    if (meaning) mistakes.push(`phases: «${name}» stands for ${meaning}; choose another name`);
    return mistakes;
  });

/** The phase of an operation is kept in a byte, and one value stands for none. */
const phasesAtMost = 255;

const tooManyPhases = (checked: Checked): string[] => {
  const {cycles} = checked;
  const {length} = inCycles(phasesOf(checked), cycles);
  return length <= phasesAtMost
    ? []
    : [
        `cycles: ${cycles} cycles make ${length} phases, and a trial has at most ${phasesAtMost}; repeat fewer phases, or repeat them less often`,
      ];
};

/** A phase in which something is `undefined` is one in which it is absent. */
const phasesOf = ({phases}: Checked): readonly Phase[] => phases as Phase[];

const operationOf = ({operation, thresholds}: Checked): Plan['operation'] =>
  operationBy(operation, thresholds);

const toPlan = (checked: Checked): Plan => ({
  name: checked.name,
  observation: checked.observation,
  ...(checked.remarks === undefined ? {} : {remarks: checked.remarks}),
  target: toTarget(checked.target),
  ...(checked.supports === undefined ? {} : {supports: checked.supports}),
  variants: nonEmpty(checked.variants.map(toVariant), 'variants'),
  load: checked.load,
  operation: operationOf(checked),
  phases: nonEmpty(inCycles(phasesOf(checked), checked.cycles), 'phases'),
  drainLimitMs: checked.drainLimitMs ?? hungAfterMs(operationOf(checked)) + 2000,
  ...(checked.trials === undefined ? {} : {trials: checked.trials}),
  goals: checked.goals as Plan['goals'],
  ...(checked.prepare === undefined ? {} : {prepares: true as const}),
  ...(checked.verify === undefined ? {} : {verifies: true as const}),
  ...(checked.thresholds === undefined ? {} : {thresholds: checked.thresholds}),
  telemetry: {
    instrumentations: checked.telemetry?.instrumentations ?? [],
    use: checked.telemetry?.use ?? [],
    ...(checked.telemetry?.background.length ? {background: checked.telemetry.background} : {}),
  },
});

/** Names stay different from each other, and say which of them they repeat: a name that a user gives has no `#`. */
const inCycles = (phases: readonly Phase[], cycles: number): readonly Phase[] => {
  const from = phases.findIndex(({role}) => role === 'fault');
  const to = phases.findLastIndex(({role}) => role === 'recovery') + 1;
  if (cycles === 1 || from < 0) return phases;
  const cycle = phases.slice(from, Math.max(to, from + 1));
  const again = Array.from({length: cycles - 1}, (_, index) =>
    cycle.map(phase => ({...phase, name: `${phase.name}#${index + 2}`})),
  ).flat();
  return [...phases.slice(0, from), ...cycle, ...again, ...phases.slice(from + cycle.length)];
};

const toTarget = (target: Checked['target']): Plan['target'] => {
  if ('url' in target) return {kind: 'url', url: target.url};
  if ('service' in target) return {kind: 'service', service: target.service};
  if ('start' in target) return {kind: 'custom'};
  return target;
};

const toVariant = (variant: Checked['variants'][number]): Variant => ({
  name: variant.name,
  options: shownOptions(variant.options),
  change: variant.change ?? null,
  ...(variant.deliveries === undefined ? {} : {deliveries: variant.deliveries}),
  process: {
    env: variant.process?.env ?? {},
    ...(variant.process?.heapLimitMiB === undefined ? {} : {heapLimitMiB: variant.process.heapLimitMiB}),
    ...(variant.process?.cpuCount === undefined ? {} : {cpuCount: variant.process.cpuCount}),
    ...(variant.process?.telemetry === undefined ? {} : {telemetry: variant.process.telemetry}),
  },
  ...(variant.packages === undefined ? {} : {packages: variant.packages}),
});
