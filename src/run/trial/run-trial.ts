// One trial: a fresh subject walks through all phases; what every witness says is recorded.

import {createHash} from 'node:crypto';
import {monotonicMs, steadyEpochMs, wallEpochMs} from '../../model/clock.ts';
import {messageOf} from '../../model/error-message.ts';
import {FoulweatherError} from '../../model/errors.ts';
import type {ForeignMessages, ProcessExit, SubjectEvent, TrialEvent} from '../../model/event.ts';
import {phasesLeft} from '../../model/fresh-start.ts';
import type {ErrorFacts} from '../../model/outcome.ts';
import {nameInScenario, type Plan, sampleEveryMs, telemetryModeOf, type Variant} from '../../model/plan.ts';
import type {TrialLabels} from '../../model/receiver-protocol.ts';
import type {Trial} from '../../model/trial.ts';
import {type CodeLocations, describeFrame} from '../../profiles/owner.ts';
import {describeStack} from '../../profiles/stack.ts';
import type {TrialFiles} from '../../store/run-folder.ts';
import {codeLocationsOf} from '../code-locations.ts';
import type {Limits} from '../limits.ts';
import {captureBlockedStack, withoutInspectorLines} from '../processes/blocked-stack.ts';
import {HarnessWatch} from '../processes/harness-watch.ts';
import type {RunningInjector} from '../processes/start-injector.ts';
import type {Receiver} from '../processes/start-receiver.ts';
import {type SubjectChild, startSubject} from '../processes/start-subject.ts';
import type {Target} from '../processes/start-target.ts';
import type {Supervisor} from '../processes/supervisor.ts';
import {ComebackWatch} from './comeback-watch.ts';
import {ControlProbe} from './control-probe.ts';
import {faultWindows} from './fault-windows.ts';
import {tellingLongWait} from './long-wait.ts';
import {prepareTrial} from './prepare.ts';
import {Samplers} from './samplers.ts';
import {openTrialLink} from './trial-link.ts';
import {TrialRunner, TrialStopped} from './trial-runner.ts';
import {verifyTrial} from './verify.ts';

export type TrialContext = {
  readonly supervisor: Supervisor;
  readonly runId: string;
  readonly plan: Plan;
  readonly scenarioFile: string;
  readonly target: Target;
  readonly injector: RunningInjector;
  readonly receiver: Receiver;
  /** Folders of the packages of variants that have their own. */
  readonly packages: ReadonlyMap<string, string>;
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  readonly limits: Limits;
  /** Whether subjects are profiled. */
  readonly profiles: boolean;
  /** Whether they write their heap when all has settled. */
  readonly heapSnapshot: boolean;
};

export type GoesOn = {
  /** The trial of the first subject. */
  readonly continues: string;
  /** The run's phases that are left. */
  readonly phases: readonly number[];
};

export type TrialRequest = {
  readonly trialId: string;
  readonly variant: Variant;
  readonly number: number;
  readonly seed: number;
  /** Of a fresh subject that goes on where another did not. */
  readonly goesOn: GoesOn | null;
  readonly files: TrialFiles;
  readonly record: (event: TrialEvent) => void;
  /** Told what the trial waits for, where that takes long. */
  readonly waiting: (what: string) => void;
  /** What is recorded so far. */
  readonly soFar: () => Trial | null;
  /** Waited for between the loading of the library and its opening, while the subject is idle. */
  readonly whenLoaded: () => Promise<void>;
};

/** Traces of different runs must not meet in a user's backend, so the run is part of it. */
const tracePrefixOf = (runId: string, trialId: string): string =>
  createHash('sha256').update(`${runId}/${trialId}`).digest('hex').slice(0, 16);

/**
 * The embedded injector decides by seed, proxy name and connection: trials of one number decide alike in
 * every variant. On a Toxiproxy that others may use too, the name has to be the run's own.
 */
const proxyNameOf = ({plan, injector, runId}: TrialContext, {number, trialId}: TrialRequest): string =>
  injector.embedded ? `${plan.name}-${number}` : `foulweather-${runId}-${trialId}`;

export const runTrial = async (context: TrialContext, request: TrialRequest): Promise<void> => {
  const {supervisor, plan, target, receiver} = context;
  const {trialId, variant} = request;
  const comeback = new ComebackWatch(plan);
  const record = (event: TrialEvent): void => {
    request.record(event);
    comeback.note(event);
  };
  const preparer = plan.prepares
    ? await tellingLongWait(
        prepareTrial(
          supervisor,
          {
            scenarioFile: context.scenarioFile,
            directUrl: target.url,
            trialId,
            variant: nameInScenario(variant),
          },
          context.limits.prepareMs,
        ),
        () => request.waiting('prepare() to settle'),
      )
    : null;
  const originMonotonicMs = monotonicMs();
  const originEpochMs = steadyEpochMs();
  const wallOriginEpochMs = wallEpochMs();
  const now = (): number => monotonicMs() - originMonotonicMs;
  const tracePrefix = tracePrefixOf(context.runId, trialId);

  const {number, seed, files, goesOn} = request;
  record({
    kind: 'trial',
    trialId,
    variant: variant.name,
    number,
    seed,
    tracePrefix,
    originEpochMs,
    ...goesOn,
  });
  target.child?.send({kind: 'trial', trialId, originMonotonicMs});
  const labels = labelsOf(context, variant);
  receiver.child.send({
    kind: 'trial',
    trialId,
    tracePrefix,
    originEpochMs: wallOriginEpochMs,
    spansFile: files.spansFile,
    phaseCount: context.plan.phases.length,
    background: context.plan.telemetry.background ?? [],
    labels,
  });

  const {link, url, close} = await openTrialLink(
    supervisor,
    context.injector,
    target.url,
    proxyNameOf(context, request),
  );
  const {load, operation, phases} = plan;
  const locations = codeLocationsOf(context.scenarioFile);
  const subject = startSubject({
    supervisor,
    plan,
    variant,
    task: {
      scenarioFile: context.scenarioFile,
      variant: nameInScenario(variant),
      trialId,
      tracePrefix,
      url,
      originMonotonicMs,
      originEpochMs: wallOriginEpochMs,
      load,
      operation,
      phases,
      noop: false,
      profilesFolder: files.profilesFolder,
      profiling: context.profiles ? {heapLimitMiB: variant.process.heapLimitMiB ?? null} : null,
    },
    packages: context.packages.get(variant.name) ?? null,
    receiverUrl: receiver.url,
    environment: context.environment,
    onEvent: event => record(withFrames(event, locations)),
  });
  const probe = new ControlProbe({plan, url, comeback, now, record});
  const witnesses = new Samplers({
    link,
    pid: subject.pid,
    sampleEveryMs: sampleEveryMs(phases),
    now,
    record,
  });
  const harness = new HarnessWatch(
    {injector: context.injector.child, receiver: receiver.child, target: target.child},
    record,
  );
  let killedFor: ProcessExit['killedFor'] = null;
  try {
    const announce = (phase: number, atMs: number): void =>
      receiver.child.send({
        kind: 'phase',
        trialId,
        phase,
        atMs,
        hits: plan.phases[phase]?.role === 'fault',
      });
    const {signal, limits, heapSnapshot} = context;
    const walk = new TrialRunner({
      subject,
      link,
      witnesses,
      harness,
      comeback,
      plan,
      now,
      record,
      notifyReceiver: announce,
      waiting: request.waiting,
      whenLoaded: request.whenLoaded,
      signal,
      limits,
      heapSnapshot,
    });
    await walk.run();
  } catch (error) {
    if (!(error instanceof TrialStopped)) {
      // Not of the subject's making: that it is ended now must not look like a crash.
      record({kind: 'trouble', atMs: now(), what: 'trial', message: messageOf(error)});
      killedFor = 'interrupted';
      throw error;
    }
    if (error.why === 'interrupted') record({kind: 'interrupted', atMs: now()});
    if (error.why === 'unresponsive') await recordStuck(context, subject, now, record);
    killedFor = error.why === 'exited' ? null : error.why;
    const {phase} = comeback;
    const hasDied = error.why === 'exited' || error.why === 'unresponsive';
    if (hasDied && phase !== null && phasesLeft(plan.phases, phase)) {
      record({kind: 'cut', atMs: now(), phase, why: 'died'});
    }
  } finally {
    probe.finish();
    preparer?.kill();
    subject.kill();
    const {code, ...exit} = await subject.exited;
    const stderrTail = withoutInspectorLines(exit.stderrTail);
    record({kind: 'exit', exit: {atMs: now(), exitCode: code, killedFor, ...exit, stderrTail}});
    await witnesses.finish();
    await harness.finish();
    await close().catch((error: unknown) => {
      record({kind: 'trouble', atMs: now(), what: 'proxy', message: messageOf(error)});
    });
    recordForeign(record, 'subject', subject.foreignMessageCount);
    recordForeign(record, 'prepare', preparer?.foreignMessageCount);
  }
  await collect(context, request, now);
};

/** An error that ends the process is worth its stack, by the packages of its frames. */
const withFrames = (event: SubjectEvent, locations: CodeLocations): SubjectEvent => {
  if (event.kind !== 'uncaught' && event.kind !== 'open-failed') return event;
  const frames = describeStack(event.error.stack, locations);
  return frames.length === 0 ? event : {...event, error: {...event.error, frames} satisfies ErrorFacts};
};

const recordForeign = (
  record: (event: TrialEvent) => void,
  process: ForeignMessages['process'],
  count = 0,
): void => {
  if (count > 0) record({kind: 'foreign-messages', messages: {process, count}});
};

/** What a trial's telemetry is known by in the user's own backend. */
const labelsOf = ({runId, plan}: TrialContext, variant: Variant): TrialLabels => ({
  run: runId,
  variant: variant.name,
  phases: plan.phases.map(phase => ({
    name: phase.name,
    faults: phase.faults.map(({kind}) => kind).join(', '),
    windows: faultWindows(phase),
  })),
});

const recordStuck = async (
  {scenarioFile, limits}: TrialContext,
  subject: SubjectChild,
  now: () => number,
  record: (event: TrialEvent) => void,
): Promise<void> => {
  const frames = await captureBlockedStack(subject, limits.stuckMs);
  if (frames.length === 0) return;
  const locations = codeLocationsOf(scenarioFile);
  record({kind: 'stuck', atMs: now(), stack: frames.map(frame => describeFrame(frame, locations))});
};

/** A witness that gave no answer: because the scenario's own code failed, or for a trouble of ours. */
const failureOf = (what: string, error: unknown, atMs: number): TrialEvent => {
  if (!(error instanceof FoulweatherError && error.code === 'FW_SCENARIO_FAILED')) {
    return {kind: 'trouble', atMs, what, message: messageOf(error)};
  }
  const {message, hint: advice, details: stack} = error;
  return {kind: 'hook-failed', atMs, hook: 'verify', message, advice, stack};
};

/** The ledger and the telemetry, once the subject is gone. A witness that does not answer is a trouble, not an end. */
const collect = async (context: TrialContext, request: TrialRequest, now: () => number): Promise<void> => {
  const {plan, target, receiver, limits} = context;
  const {trialId, variant, record} = request;
  const asked = async (what: string, ask: () => Promise<TrialEvent | null>): Promise<void> => {
    try {
      const event = await ask();
      if (event) record(event);
    } catch (error) {
      record(failureOf(what, error, now()));
    }
  };
  await asked('telemetry', async () => {
    receiver.child.send({kind: 'finish', trialId});
    const {observation} = await receiver.child.next(['telemetry'], limits.collectMs);
    // That nothing came from a subject without telemetry says nothing of its library.
    return telemetryModeOf(variant) === 'off' ? null : {kind: 'telemetry', telemetry: observation};
  });
  if (plan.verifies)
    await asked('verify', () =>
      tellingLongWait(
        verifyTrial({
          supervisor: context.supervisor,
          scenarioFile: context.scenarioFile,
          directUrl: target.url,
          trialId,
          variant: nameInScenario(variant),
          outcomes: request.soFar()?.driver.outcomes ?? new Uint8Array(),
          limitMs: limits.verifyMs,
          foreign: count => recordForeign(record, 'verify', count),
        }),
        () => request.waiting('verify() to settle'),
      ),
    );
  if (target.service?.hasExited) {
    record({
      kind: 'trouble',
      atMs: now(),
      what: 'target',
      message: 'the server that was started for this run has ended',
    });
  }
  const targetChild = target.child;
  if (!targetChild) return;
  recordForeign(record, 'target', targetChild.foreignMessageCount);
  await asked('ledger', async () => {
    targetChild.send({kind: 'collect'});
    const {ledger} = await targetChild.next(['ledger'], limits.collectMs);
    return {kind: 'ledger', ledger};
  });
};
