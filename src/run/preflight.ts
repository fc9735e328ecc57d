// Several scenarios are looked at before the first of them runs: what one of them lacks is told then, and not after an hour.
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import {dataFolder} from '../store/run-folder.ts';
import {choosePlan} from './choose-plan.ts';
import {describeScenario} from './describe.ts';
import {defaultLimits} from './limits.ts';
import {namespaceLaunch, namespaceNeeded, needsNamespace, refuseOutside} from './namespace.ts';
import {setUpProgram} from './npm.ts';
import {installPackages} from './packages.ts';
import {refuseMissingService} from './processes/start-service.ts';
import {withTarget} from './processes/start-target.ts';
import {Supervisor} from './processes/supervisor.ts';
import {installRequirements, refuseMissingToolchain, refuseUnknownPackages} from './requirements.ts';
import type {RunOptions} from './run-options.ts';

export type Preflight =
  /** `plan` is what would be run of what the scenario says. */
  | {readonly kind: 'ready'; readonly described: Plan; readonly plan: Plan}
  | {readonly kind: 'refused'; readonly error: FoulweatherError};

/** Each takes half a second of a CPU. */
const atOnce = 2;

/**
 * In the order of the requests, whose environment and signal are all the same.
 * @throws FoulweatherError FW_NAMESPACE_NEEDED if one of them has packet or DNS faults: everything that must be downloaded is then
 * there
 */
export const describeAll = async (requests: readonly RunOptions[]): Promise<Preflight[]> => {
  const [first] = requests;
  if (!first) return [];
  const supervisor = Supervisor.start(first.environment);
  const answers: Preflight[] = [];
  try {
    const waiting = requests.entries();
    const lane = async (): Promise<void> => {
      for (const [index, request] of waiting) answers[index] = await lookAt(supervisor, request);
    };
    await Promise.all(Array.from({length: atOnce}, lane));
    await moveToNamespace(requests, answers);
    return answers;
  } finally {
    await supervisor.stop();
  }
};

/** Changes the answers for those that need a namespace, if there is none here. */
const moveToNamespace = async (requests: readonly RunOptions[], answers: Preflight[]): Promise<void> => {
  const plans = answers.map(answer => (answer.kind === 'ready' ? answer.plan : null));
  const moving = requests.filter(({environment}, index) => {
    const plan = plans[index];
    return plan ? needsNamespace(plan, environment) : false;
  });
  const [first] = moving;
  if (!first) return;
  try {
    namespaceLaunch(first.environment);
  } catch (error) {
    if (!(error instanceof FoulweatherError)) throw error;
    for (const request of moving) answers[requests.indexOf(request)] = {kind: 'refused', error};
    return;
  }
  for (const [index, request] of requests.entries()) {
    const plan = plans[index];
    if (!plan) continue;
    if (plan.program) await setUpProgram(plan.program, request.scenarioFile, request);
    const installing = {...request, dataDir: request.dataDir ?? dataFolder(request.baseDir)};
    await installPackages(plan, installing);
    await installRequirements(plan, installing);
  }
  throw namespaceNeeded();
};

/** @throws what is no fault of the scenario's, an interruption among them */
const lookAt = async (supervisor: Supervisor, request: RunOptions): Promise<Preflight> => {
  const {environment, signal, limits, target = {targetUrl: null, startServices: false}} = request;
  const {describeMs: limitMs} = {...defaultLimits, ...limits};
  try {
    const described = await describeScenario(supervisor, request, {limitMs, signal});
    const plan = choosePlan(described, request, target);
    refuseOutside(withTarget(plan, target), request);
    if (plan.target.kind === 'service' && target.targetUrl === null) {
      refuseMissingService(plan.target.service, environment);
    }
    await refuseMissingToolchain(plan, {environment, signal});
    await refuseUnknownPackages(plan, request.scenarioFile);
    return {kind: 'ready', described, plan};
  } catch (error) {
    if (!(error instanceof FoulweatherError) || error.code === 'FW_INTERRUPTED') throw error;
    return {kind: 'refused', error};
  }
};
