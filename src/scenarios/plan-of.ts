// Scenario → plan: checks everything that can be checked before a process starts, and lists all mistakes at once.
import type {z} from 'zod';
import {FoulweatherError} from '../model/errors.ts';
import {nonEmpty} from '../model/non-empty.ts';
import {hungAfterMs, operationBy, type Plan, type Variant} from '../model/plan.ts';
import type {Scenario} from './define-scenario.ts';
import {goalMistakes} from './goals.ts';
import {loadMistakes} from './load-limits.ts';
import {inCycles, phaseMistakes, phasesOf, tooManyPhases} from './phases.ts';
import {type CheckedScenario, scenarioSchema} from './scenario-schema.ts';
import {shownOptions} from './shown-options.ts';
import {expandSweep} from './sweep.ts';
import {thresholdMistakes} from './thresholds.ts';
import {unknownFaultOptions} from './unknown-options.ts';

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

const repeatedNames = ({variants, phases}: CheckedScenario): string[] => {
  const repeated = (what: string, names: readonly string[]): string[] =>
    names
      .filter((name, index) => names.indexOf(name) !== index)
      .map(name => `${what}: "${name}" stands twice; each needs a name of its own`);
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

const operationOf = ({operation, thresholds}: CheckedScenario): Plan['operation'] =>
  operationBy(operation, thresholds);

const toPlan = (checked: CheckedScenario): Plan => ({
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

const toTarget = (target: CheckedScenario['target']): Plan['target'] => {
  if ('url' in target) return {kind: 'url', url: target.url};
  if ('service' in target) return {kind: 'service', service: target.service};
  if ('start' in target) return {kind: 'custom'};
  return target;
};

const toVariant = (variant: CheckedScenario['variants'][number]): Variant => ({
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
