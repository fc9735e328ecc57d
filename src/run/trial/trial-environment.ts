// A subject's environment: the target, the injector, and the certificates by which it trusts them. foulweather's own
// are new for each trial, so that nothing that one trial left in them affects the next.
import type {Plan} from '../../model/plan.ts';
import type {RunFolder} from '../../store/run-folder.ts';
import type {Limits} from '../limits.ts';
import {type SubjectTrust, withExtraCaCerts} from '../processes/extra-ca-certs.ts';
import {type RunningInjector, startInjector} from '../processes/start-injector.ts';
import {startTarget, type Target} from '../processes/start-target.ts';
import type {Supervisor} from '../processes/supervisor.ts';

export type TrialEnvironment = SubjectTrust & {
  readonly target: Target;
  readonly injector: RunningInjector;
};

export type RestartOptions = {
  readonly supervisor: Supervisor;
  readonly plan: Plan;
  readonly scenarioFile: string;
  readonly seed: number;
  readonly limits: Limits;
  readonly folder: RunFolder;
  /** As the user gave it. */
  readonly environment: NodeJS.ProcessEnv;
};

/**
 * A server of the user's, or a real one that was started for the run, stays; so does an injector that is not
 * foulweather's own.
 */
export const restartForTrial = async (
  {target, injector}: Pick<TrialEnvironment, 'target' | 'injector'>,
  {supervisor, plan, scenarioFile, seed, limits, folder, environment}: RestartOptions,
): Promise<TrialEnvironment> => {
  // They are stopped first: a scenario's own target may want its port again.
  await Promise.all([
    target.child && supervisor.end(target.child),
    injector.child && supervisor.end(injector.child),
  ]);
  const noChoice = {targetUrl: null, startServices: false};
  const [newTarget, newInjector] = await Promise.all([
    target.child === null ? target : startTarget(supervisor, plan, scenarioFile, noChoice, limits),
    injector.child === null
      ? injector
      : startInjector(supervisor, plan, {
          seed,
          toxiproxyUrl: null,
          environment,
          limitMs: limits.startMs,
        }),
  ]);
  return {
    target: newTarget,
    injector: newInjector,
    ...(await withExtraCaCerts(environment, {plan, target: newTarget, injector: newInjector, folder})),
  };
};
