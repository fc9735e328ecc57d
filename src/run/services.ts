// What a run needs beside its subjects: the target, the injector and the telemetry receiver, each a process.
import {Injector} from '../faults/control.ts';
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import type {FromHealth, ToHealth} from '../model/process-health.ts';
import type {FromReceiver, ToReceiver} from '../model/receiver-protocol.ts';
import type {FromTarget, ToTarget} from '../model/target-protocol.ts';
import type {Child} from './child.ts';
import {unloadable} from './describe.ts';
import {entries} from './entries.ts';
import type {Household} from './household.ts';
import {upstreamOf} from './target-address.ts';

export type Target = {
  readonly url: string;
  /** Null for a server that runs already: then there is no ledger. */
  readonly child: Child<ToTarget, FromTarget> | null;
  /** PEM: what the subject must trust to reach it; null for no more than the world's own. */
  readonly authority: string | null;
};

export const startTarget = async (
  household: Household,
  plan: Plan,
  scenarioFile: string,
  limitMs: number,
): Promise<Target> => {
  if (plan.target.kind === 'url') return reachable({url: plan.target.url, child: null, authority: null});
  const child = household.spawn<ToTarget, FromTarget>({
    label: 'The target',
    file: entries.target,
    args: [JSON.stringify({scenarioFile, target: plan.target})],
  });
  const answer = await child.next(['listening', 'failed'], limitMs).catch((error: unknown) => {
    throw plan.target.kind === 'custom' && error instanceof Error ? notStarted(error.message) : error;
  });
  if (answer.kind === 'listening') {
    const {url, authority} = answer;
    return reachable({url, child, authority});
  }
  if (answer.missingModule !== null) throw unloadable(answer.message, answer.missingModule);
  throw notStarted(answer.message);
};

/** @throws FoulweatherError FW_SCENARIO_INVALID for an address that the injector could not connect to */
const reachable = (target: Target): Target => {
  upstreamOf(target.url);
  return target;
};

const notStarted = (message: string): FoulweatherError =>
  new FoulweatherError(
    'FW_TARGET_START',
    `The scenario's target did not start: ${message}`,
    'Mend target.start(); if a port is taken, free it, or let the system choose one with port 0.',
  );

type ToInjector = {readonly kind: 'stop'} | ToHealth;

type FromInjector =
  | FromHealth
  | {readonly kind: 'listening'; readonly url: string}
  | {readonly kind: 'failed'; readonly message: string};

export type RunningInjector = {
  readonly injector: Injector;
  readonly version: string;
  readonly embedded: boolean;
  /** Null for one that is not ours. */
  readonly child: Child<ToInjector, FromInjector> | null;
};

/** The embedded injector, or the one that answers at `toxiproxyUrl`. */
export const startInjector = async (
  household: Household,
  {phases}: Pick<Plan, 'phases'>,
  seed: number,
  toxiproxyUrl: string | null,
  limitMs: number,
): Promise<RunningInjector> => {
  if (toxiproxyUrl !== null) {
    const injector = new Injector(toxiproxyUrl);
    const version = `Toxiproxy ${await injector.version()} at ${injector.url}`;
    await injector.refuseUnsupported(phases);
    return {injector, version, embedded: false, child: null};
  }
  const child = household.spawn<ToInjector, FromInjector>({
    label: 'The injector',
    file: entries.injector,
    args: [JSON.stringify({host: '127.0.0.1', port: 0, seed})],
  });
  const answer = await child.next(['listening', 'failed'], limitMs);
  if (answer.kind === 'failed') {
    throw new FoulweatherError(
      'FW_CHILD_FAILED',
      `The embedded injector did not start: ${answer.message}`,
      'See that loopback ports can be opened on this machine.',
    );
  }
  return {injector: new Injector(answer.url), version: 'embedded', embedded: true, child};
};

export type Receiver = {readonly url: string; readonly child: Child<ToReceiver, FromReceiver>};

export const startReceiver = async (household: Household, limitMs: number): Promise<Receiver> => {
  const child = household.spawn<ToReceiver, FromReceiver>({
    label: 'The telemetry receiver',
    file: entries.receiver,
  });
  const {url} = await child.next(['listening'], limitMs);
  return {url, child};
};
