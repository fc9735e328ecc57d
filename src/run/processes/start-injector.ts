// The process of the embedded injector, or the control of one that runs already.
import {Injector} from '../../faults/control.ts';
import {zeroEpochMs} from '../../model/clock.ts';
import {FoulweatherError} from '../../model/errors.ts';
import type {Plan} from '../../model/plan.ts';
import type {FromHealth, ToHealth} from '../../model/process-health.ts';
import {answersNames, packetProgram} from '../namespace.ts';
import type {Child} from './child.ts';
import {entries, injectorNodeOptions} from './entries.ts';
import type {Supervisor} from './supervisor.ts';

type ToInjector = {readonly kind: 'stop'} | ToHealth;

type FromInjector =
  | FromHealth
  | {readonly kind: 'listening'; readonly url: string}
  | {readonly kind: 'failed'; readonly message: string};

export type RunningInjector = {
  readonly injector: Injector;
  readonly version: string;
  readonly embedded: boolean;
  /** Null for one that is not foulweather's own. */
  readonly child: Child<ToInjector, FromInjector> | null;
};

export type InjectorChoice = {
  readonly seed: number;
  readonly toxiproxyUrl: string | null;
  /** Says whether the injector is in a namespace of the run's own, where it may set rules on packets. */
  readonly environment: NodeJS.ProcessEnv;
  readonly limitMs: number;
};

/** The embedded injector, or the one that answers at `toxiproxyUrl`. */
export const startInjector = async (
  supervisor: Supervisor,
  plan: Plan,
  {seed, toxiproxyUrl, environment, limitMs}: InjectorChoice,
): Promise<RunningInjector> => {
  if (toxiproxyUrl !== null) {
    const injector = new Injector(toxiproxyUrl);
    const version = `Toxiproxy ${await injector.version()} at ${injector.url}`;
    await injector.refuseUnsupported(plan.phases);
    return {injector, version, embedded: false, child: null};
  }
  const nft = packetProgram(environment);
  const names = answersNames(plan, environment);
  const child = supervisor.spawn<ToInjector, FromInjector>({
    label: 'The injector',
    file: entries.injector,
    execArgv: injectorNodeOptions,
    args: [JSON.stringify({host: '127.0.0.1', port: 0, seed, nft, names, zeroEpochMs: zeroEpochMs()})],
  });
  const answer = await child.next(['listening', 'failed'], limitMs);
  if (answer.kind === 'failed') {
    throw new FoulweatherError(
      'FW_CHILD_FAILED',
      `The built-in injector did not start: ${answer.message}`,
      'Check that this machine allows listening on loopback ports.',
    );
  }
  return {injector: new Injector(answer.url), version: 'embedded', embedded: true, child};
};
