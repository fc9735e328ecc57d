// What a subject meets: the target, the injector, and the certificates by which it trusts them. Those of ours are new for each
// trial, so that nothing which one trial left in them is met by the next.
import type {Plan} from '../model/plan.ts';
import type {RunFolder} from '../store/run-folder.ts';
import type {Household} from './household.ts';
import type {Limits} from './limits.ts';
import {type RunningInjector, startInjector} from './services.ts';
import {startTarget, type Target} from './start-target.ts';
import {trusting} from './trusted-authorities.ts';

export type Surroundings = {
  readonly target: Target;
  readonly injector: RunningInjector;
  /** Of the subjects. */
  readonly environment: NodeJS.ProcessEnv;
};

export type Renewal = {
  readonly household: Household;
  readonly plan: Plan;
  readonly scenarioFile: string;
  readonly seed: number;
  readonly limits: Limits;
  readonly folder: RunFolder;
  /** As the user has it. */
  readonly environment: NodeJS.ProcessEnv;
};

/** A server of the user's, or a real one that was started for the run, stays; so does an injector that is not ours. */
export const renewed = async (
  {target, injector}: Pick<Surroundings, 'target' | 'injector'>,
  {household, plan, scenarioFile, seed, limits, folder, environment}: Renewal,
): Promise<Surroundings> => {
  // First they end: a scenario's own target may want its port again.
  await Promise.all([
    target.child && household.end(target.child),
    injector.child && household.end(injector.child),
  ]);
  const noChoice = {targetUrl: null, startServices: false};
  const [newTarget, newInjector] = await Promise.all([
    target.child === null ? target : startTarget(household, plan, scenarioFile, noChoice, limits),
    injector.child === null ? injector : startInjector(household, plan, seed, null, limits.startMs),
  ]);
  return {
    target: newTarget,
    injector: newInjector,
    environment: await trusting(environment, {plan, target: newTarget, injector: newInjector, folder}),
  };
};
