// A built-in case study cut down to its calm phases, and to the two variants that it is about.
import type {Scenario} from '../../src/scenarios/define-scenario.ts';
import {defineScenario} from '../../src/scenarios/define-scenario.ts';

export const shortCase = <Client, Options>(
  scenario: Scenario<Client, Options>,
  baselineMs = 4000,
): Scenario<Client, Options> => {
  const {sweep: _, ...whole} = scenario;
  const {variants, phases, goals} = whole;
  const [warmUp, baseline] = phases.filter(({role}) => role === 'warm-up' || role === 'baseline');
  return defineScenario({
    ...whole,
    variants: [variants[0], variants.at(-1)!],
    phases: [warmUp!, {...baseline!, durationMs: baselineMs}],
    ...(goals ? {goals} : {}),
  });
};
