// Scenario → plan: checks everything that can be checked before a process starts, and lists all mistakes at once.
import type {z} from 'zod';
import {FoulweatherError} from '../model/errors.ts';
import {nonEmpty} from '../model/non-empty.ts';
import {hungAfterMs, operationBy, type Plan, type Sweep, type Variant} from '../model/plan.ts';
import {type CheckedScenario, scenarioSchema} from '../model/schema/scenario.ts';
import type {Scenario} from './define-scenario.ts';
import {goalMistakes} from './goals.ts';
import {loadMistakes} from './load-limits.ts';
import {inCycles, phaseMistakes, tooManyPhases} from './phases.ts';
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
  const checked = parsed.data as CheckedScenario;
  const mistakes = [
    ...goalMistakes(checked.goals, checked.phases),
    ...thresholdMistakes(checked.thresholds ?? {}),
    ...repeatedNames(checked),
    ...phaseMistakes(checked),
    ...tooManyPhases(checked),
    ...loadMistakes(checked),
  ];
  if (mistakes.length > 0) throw invalid(mistakes);
  return toPlan(checked, sweep);
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

/** What is `undefined` in a scenario is absent in its plan, as in all JSON. */
const toPlan = ({sweep: _asked, subject: _code, ...checked}: CheckedScenario, sweep: Sweep | null): Plan => {
  const {verify, prepare, cycles, drainLimitMs, ...kept} = checked;
  const operation = operationBy(checked.operation, checked.thresholds);
  const plan: Plan = {
    ...kept,
    target: toTarget(checked.target),
    variants: nonEmpty(checked.variants.map(toVariant), 'variants'),
    ...(sweep && {sweep}),
    operation,
    phases: nonEmpty(inCycles(checked.phases, cycles), 'phases'),
    drainLimitMs: drainLimitMs ?? hungAfterMs(operation) + 2000,
    ...(verify && {verifies: true}),
    ...(prepare && {prepares: true}),
  };
  return JSON.parse(JSON.stringify(plan)) as Plan;
};

const toTarget = (target: CheckedScenario['target']): Plan['target'] => {
  if ('url' in target) return {kind: 'url', url: target.url};
  if ('service' in target) return {kind: 'service', service: target.service};
  if ('start' in target) return {kind: 'custom'};
  return target;
};

const toVariant = (variant: CheckedScenario['variants'][number]): Variant => ({
  ...variant,
  options: shownOptions(variant.options),
});
