// A small scenario that is right, to be changed into what a test needs.
import {stall} from '../../src/model/fault.ts';
import {defineScenario, type Scenario} from '../../src/scenarios/define-scenario.ts';

/** The changes need not be right: what a user may write is not always. */
export const scenarioWith = (changes: object): Scenario => {
  const scenario = defineScenario<unknown, unknown>({
    name: 'pool',
    observation: 'Requests hang.',
    target: {kind: 'http'},
    variants: [{name: 'defaults', options: {}}],
    load: {model: 'closed', concurrency: 2},
    operation: {deadlineMs: 2000, idempotent: true},
    phases: [
      {name: 'baseline', role: 'baseline', durationMs: 1000},
      {name: 'stalled', role: 'fault', durationMs: 1000, faults: [stall()]},
    ],
    subject: {open: () => null, perform: () => undefined},
  });
  return {...scenario, ...changes};
};
