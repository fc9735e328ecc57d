// A built-in case study cut down to its first judged phase, and to the two variants that it is about.
import type {Scenario} from '../../src/scenarios/define-scenario.ts';
import {defineScenario} from '../../src/scenarios/define-scenario.ts';

export const shortCase = <Client, Options>(
  scenario: Scenario<Client, Options>,
  judgedMs = 4000,
): Scenario<Client, Options> => {
  const {sweep: _, ...whole} = scenario;
  const {variants, phases} = whole;
  const judged = phases.findIndex(({role}) => role !== 'warm-up');
  const [first, ...others] = [...phases.slice(0, judged), {...phases[judged]!, durationMs: judgedMs}];
  return defineScenario({
    ...whole,
    variants: [variants[0], variants.at(-1)!],
    phases: [first!, ...others],
  });
};
