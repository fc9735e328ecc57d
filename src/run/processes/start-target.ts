// What the library talks to: the embedded server, one that the scenario starts, a real one of a known kind, or the user's own.
import {FoulweatherError} from '../../model/errors.ts';
import type {Plan, TargetPlan} from '../../model/plan.ts';
import {isServerFault} from '../../model/server-fault.ts';
import type {FromTarget, ToTarget} from '../../model/target-protocol.ts';
import {type Hook, hookThrew, hookUnanswered} from '../hook.ts';
import type {Limits} from '../limits.ts';
import {upstreamOf} from '../target-address.ts';
import type {Child} from './child.ts';
import {entries} from './entries.ts';
import {describeService, refuseWithoutService, type ServiceChild, startService} from './start-service.ts';
import type {Supervisor} from './supervisor.ts';

export type Target = {
  readonly url: string;
  /** Null for a server that is not foulweather's own: there is no ledger then. */
  readonly child: Child<ToTarget, FromTarget> | null;
  /** PEM: what the subject must trust to reach it; null for Node's own authorities only. */
  readonly authority: string | null;
  /** Which server it is, where that is known; null for foulweather's own. */
  readonly description: string | null;
  /** The process of a real server that was started for the run. */
  readonly service: ServiceChild | null;
};

/** The server that the user names. */
export type TargetChoice = {
  /** Null: what the scenario says. */
  readonly targetUrl: string | null;
  /** Whether a real server may be started. */
  readonly startServices: boolean;
};

/**
 * @throws FoulweatherError FW_SERVICE_NEEDED for a scenario that needs a server which is not provided, FW_FAULT_UNSUPPORTED
 * for faults of a server that is the user's
 */
export const refuseTargetless = (
  {name, target, phases}: Plan,
  {targetUrl, startServices}: TargetChoice,
): void => {
  const faults = serverFaultsIn(phases);
  if (target.kind === 'service' && targetUrl === null && !startServices) {
    refuseWithoutService(name, target.service, faults.length === 0);
  }
  const [fault] = faults;
  if (targetUrl === null || fault === undefined) return;
  throw new FoulweatherError(
    'FW_FAULT_UNSUPPORTED',
    `The fault ${fault.kind} of phase "${fault.phase}" acts on the server itself, and foulweather leaves the one at --target alone.`,
    'Use --start-services instead of --target, so that foulweather starts a server of its own.',
  );
};

const serverFaultsIn = (phases: Plan['phases']): {readonly kind: string; readonly phase: string}[] =>
  phases.flatMap(({name: phase, faults}) => faults.filter(isServerFault).map(({kind}) => ({kind, phase})));

/** The plan of a run with the user's own server. */
export const withTarget = (plan: Plan, {targetUrl}: TargetChoice): Plan =>
  targetUrl === null ? plan : {...plan, target: {kind: 'url', url: targetUrl}};

const notOurs = {child: null, authority: null, description: null, service: null};

/** @throws FoulweatherError where it cannot be had */
export const startTarget = async (
  supervisor: Supervisor,
  plan: Plan,
  scenarioFile: string,
  {targetUrl}: TargetChoice,
  limits: Limits,
): Promise<Target> => {
  const {target} = plan;
  if (targetUrl !== null) {
    const given = reachable({...notOurs, url: targetUrl});
    if (target.kind !== 'service') return given;
    return {...given, description: await describeService(target.service, targetUrl)};
  }
  switch (target.kind) {
    case 'url':
      return reachable({...notOurs, url: target.url});
    case 'service': {
      const {url, description, child} = await startService(
        supervisor,
        target.service,
        limits.serviceMs,
        serverFaultsIn(plan.phases).length > 0,
      );
      return {...notOurs, url, description, service: child};
    }
    default:
      return startOurs(supervisor, target, scenarioFile, limits.startMs);
  }
};

const startOurs = async (
  supervisor: Supervisor,
  target: TargetPlan,
  scenarioFile: string,
  limitMs: number,
): Promise<Target> => {
  const child = supervisor.spawn<ToTarget, FromTarget>({
    label: 'The target',
    file: entries.target,
    args: [JSON.stringify({scenarioFile, target})],
  });
  const hook = startHook(scenarioFile);
  const answer = await child.next(['listening', 'failed'], limitMs).catch(async (error: unknown) => {
    throw target.kind === 'custom' ? await hookUnanswered(hook, child, limitMs) : error;
  });
  if (answer.kind === 'listening') {
    const {url, authority, description} = answer;
    return reachable({...notOurs, url, child, authority, description});
  }
  throw hookThrew(hook, answer.error);
};

/** @throws FoulweatherError FW_SCENARIO_INVALID for an address that the injector could not connect to */
const reachable = (target: Target): Target => {
  upstreamOf(target.url);
  return target;
};

const startHook = (scenarioFile: string): Hook => ({
  name: 'target.start()',
  scenarioFile,
  code: 'FW_TARGET_START',
  hint: 'Fix target.start() in the scenario. If its port is in use, free it, or use port 0 to let the system choose one.',
});
