// Scenario → plan: checks everything that can be checked before a process starts, and lists all mistakes at once.
import {nonEmpty} from '../model/non-empty.ts';
import {hungAfterMs, operationBy, type Plan, type Variant} from '../model/plan.ts';
import type {Scenario} from './define-scenario.ts';
import {goalMistakes} from './goals.ts';
import {loadMistakes} from './load-limits.ts';
import {InvalidScenario, type Mistake, mistakesOf, sayMistake} from './mistakes.ts';
import {inCycles, phaseMistakes, phasesOf, tooManyPhases} from './phases.ts';
import {type CheckedScenario, scenarioSchema} from './scenario-schema.ts';
import {shownOptions} from './shown-options.ts';
import {expandSweep} from './sweep.ts';
import {thresholdMistakes} from './thresholds.ts';

/** @throws InvalidScenario with every mistake and its place */
export const planOf = (scenario: Scenario): Plan => {
  const {scenario: whole, sweep} = expandSweep(scenario);
  const parsed = scenarioSchema.safeParse(whole, {error: sayMistake});
  if (!parsed.success) throw new InvalidScenario(mistakesOf(parsed.error), whole);
  const mistakes = [
    ...goalMistakes(parsed.data.goals, parsed.data.phases),
    ...thresholdMistakes(parsed.data.thresholds ?? {}),
    ...repeatedNames(parsed.data),
    ...phaseMistakes(parsed.data),
    ...tooManyPhases(parsed.data),
    ...loadMistakes({...parsed.data, phases: phasesOf(parsed.data)}),
  ];
  if (mistakes.length > 0) throw new InvalidScenario(mistakes, whole);
  return {...toPlan(parsed.data), ...(sweep === null ? {} : {sweep})};
};

const repeatedNames = ({variants, phases}: CheckedScenario): Mistake[] => {
  const repeated = (list: 'variants' | 'phases', named: readonly {readonly name: string}[]): Mistake[] =>
    named.flatMap(({name}, index) => {
      if (named.findIndex(other => other.name === name) === index) return [];
      const says = `: duplicate name "${name}"; ${list.slice(0, -1)} names must be unique`;
      return [{path: [list], key: `${index}`, says}];
    });
  return [...repeated('variants', variants), ...repeated('phases', phases)];
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
