// One trial: a fresh subject goes through all phases; what every witness reports is recorded.
import {messageOf} from '../../model/error-message.ts';
import type {TrialEvent} from '../../model/event.ts';
import {nameInScenario, sampleEveryMs} from '../../model/plan.ts';
import type {ProcessExit} from '../../model/process-witness.ts';
import {announcingLongWait} from '../../model/with-timeout.ts';
import {withoutInspectorLines} from '../processes/blocked-stack.ts';
import {HarnessWatch} from '../processes/harness-watch.ts';
import {collect, recordForeign} from './collect.ts';
import {ComebackWatch} from './comeback-watch.ts';
import {ControlProbe} from './control-probe.ts';
import {type Preparer, prepareTrial} from './prepare.ts';
import {Samplers} from './samplers.ts';
import {ServerFaults} from './server-faults.ts';
import type {TrialContext, TrialRequest} from './trial-context.ts';
import {openTrialLink} from './trial-link.ts';
import {TrialRunner} from './trial-runner.ts';
import {startTrial} from './trial-start.ts';
import {killedForOf, noteStop} from './trial-stopped.ts';
import {startTrialSubject} from './trial-subject.ts';

export const runTrial = async (context: TrialContext, request: TrialRequest): Promise<void> => {
  const {supervisor, plan, target, injector, receiver, signal, limits, heapSnapshot, keepGoing} = context;
  const {trialId, recorder, waiting, whenIdle, recorded} = request;
  const comeback = new ComebackWatch(plan);
  const record = (event: TrialEvent): void => {
    recorder.record(event);
    comeback.note(event);
  };
  const preparer = plan.prepares ? await prepare(context, request) : null;
  const start = startTrial(context, request, record);
  const {now} = start;
  const {link, url, controlUrl, close} = await openTrialLink(supervisor, injector, {
    target,
    plan,
    name: proxyNameOf(context, request),
    trustsInjector: context.trustsInjector,
  });
  if (recorded) await link.startRecording();
  const subject = startTrialSubject(context, request, {start, url, record});
  const probe = new ControlProbe({plan, url: controlUrl, comeback, now, record});
  const samplers = new Samplers({
    link,
    pid: subject.pid,
    isBridge: plan.program !== undefined,
    sampleEveryMs: sampleEveryMs(plan.phases),
    now,
    record,
  });
  const server = new ServerFaults({service: target.service, link, limitMs: limits.serviceMs, now, record});
  const harness = new HarnessWatch(
    {injector: injector.child, receiver: receiver.child, target: target.child},
    record,
  );
  const runner = new TrialRunner({
    subject,
    link,
    server,
    samplers,
    harness,
    comeback,
    plan,
    now,
    record,
    notifyReceiver: (phase, atMs) =>
      receiver.child.send({
        kind: 'phase',
        trialId,
        phase,
        atMs,
        hits: plan.phases[phase]?.role === 'fault',
      }),
    waiting,
    whenIdle,
    signal,
    limits,
    heapSnapshot,
    keepGoing,
  });
  let killedFor: ProcessExit['killedFor'] = null;
  try {
    await runner.run();
  } catch (error) {
    killedFor = killedForOf(error);
    await noteStop(error, {context, subject, phase: comeback.phase, now, record});
  } finally {
    probe.finish();
    preparer?.kill();
    subject.kill();
    const {code, ...exit} = await subject.exited;
    const stderrTail = withoutInspectorLines(exit.stderrTail);
    record({kind: 'exit', exit: {atMs: now(), exitCode: code, killedFor, ...exit, stderrTail}});
    // Where the trial has stopped in a fault: verify() and the next trial need the server.
    await server.end().catch((error: unknown) => {
      record({kind: 'trouble', atMs: now(), what: 'target', message: messageOf(error)});
    });
    await samplers.finish();
    await harness.finish();
    // That it could not be read shows as a recording without conversations.
    recorded?.((await link.recording().catch(() => null))?.conversations ?? []);
    await close().catch((error: unknown) => {
      record({kind: 'trouble', atMs: now(), what: 'proxy', message: messageOf(error)});
    });
    recordForeign(record, 'subject', subject.foreignMessageCount);
    recordForeign(record, 'prepare', preparer?.foreignMessageCount);
  }
  await collect(context, request, now);
};

const prepare = (
  {supervisor, scenarioFile, target, limits}: TrialContext,
  {trialId, variant, waiting}: TrialRequest,
): Promise<Preparer> =>
  announcingLongWait(
    prepareTrial(
      supervisor,
      {scenarioFile, directUrl: target.url, trialId, variant: nameInScenario(variant)},
      limits.prepareMs,
    ),
    () => waiting('prepare() to return'),
  );

/**
 * The embedded injector decides by seed, proxy name and connection: trials with one number decide alike in every
 * variant. On a Toxiproxy that others may use too, the name has to be the run's own.
 */
const proxyNameOf = ({plan, injector, runId}: TrialContext, {number, trialId}: TrialRequest): string =>
  injector.embedded ? `${plan.name}-${number}` : `foulweather-${runId}-${trialId}`;
