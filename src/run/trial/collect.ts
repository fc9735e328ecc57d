// What witnesses report when a subject is gone: the telemetry receiver, verify() of the scenario, and the target.
import {messageOf} from '../../model/error-message.ts';
import {FoulweatherError} from '../../model/errors.ts';
import type {ForeignMessages, TrialEvent} from '../../model/event.ts';
import {nameInScenario, telemetryModeOf} from '../../model/plan.ts';
import {announcingLongWait} from '../../model/with-timeout.ts';
import type {TrialContext, TrialRequest} from './trial-context.ts';
import {verifyTrial} from './verify.ts';

/** A witness that does not answer is recorded as trouble, and does not end the run. */
export const collect = async (
  context: TrialContext,
  request: TrialRequest,
  now: () => number,
): Promise<void> => {
  const {record} = request.recorder;
  const asked = async (what: string, ask: () => Promise<TrialEvent | null>): Promise<void> => {
    try {
      const event = await ask();
      if (event) record(event);
    } catch (error) {
      record(failureOf(what, error, now()));
    }
  };
  await asked('telemetry', () => collectTelemetry(context, request));
  if (context.plan.verifies) await asked('verify', () => verify(context, request));
  const {service, child} = context.target;
  if (service?.hasExited) {
    const message = 'the server that was started for this run has ended';
    record({kind: 'trouble', atMs: now(), what: 'target', message});
  }
  if (!child) return;
  recordForeign(record, 'target', child.foreignMessageCount);
  await asked('ledger', async () => {
    child.send({kind: 'collect'});
    const {ledger} = await child.next(['ledger'], context.limits.collectMs);
    return {kind: 'ledger', ledger};
  });
};

const collectTelemetry = async (
  {receiver, limits}: TrialContext,
  {trialId, variant}: TrialRequest,
): Promise<TrialEvent | null> => {
  receiver.child.send({kind: 'finish', trialId});
  const {observation} = await receiver.child.next(['telemetry'], limits.collectMs);
  // That nothing came from a subject without telemetry says nothing about its library.
  return telemetryModeOf(variant) === 'off' ? null : {kind: 'telemetry', telemetry: observation};
};

const verify = (
  {supervisor, scenarioFile, target, limits}: TrialContext,
  {trialId, variant, recorder, waiting}: TrialRequest,
): Promise<TrialEvent> =>
  announcingLongWait(
    verifyTrial({
      supervisor,
      scenarioFile,
      directUrl: target.url,
      trialId,
      variant: nameInScenario(variant),
      outcomes: recorder.trial()?.driver.outcomes ?? new Uint8Array(),
      limitMs: limits.verifyMs,
      foreign: count => recordForeign(recorder.record, 'verify', count),
    }),
    () => waiting('verify() to settle'),
  );

/** A witness that gave no answer: because the scenario's own code failed, or the harness is in trouble. */
const failureOf = (what: string, error: unknown, atMs: number): TrialEvent => {
  if (!(error instanceof FoulweatherError && error.code === 'FW_SCENARIO_FAILED')) {
    return {kind: 'trouble', atMs, what, message: messageOf(error)};
  }
  const {message, hint: advice, details: stack} = error;
  return {kind: 'hook-failed', atMs, hook: 'verify', message, advice, stack};
};

/** Recorded only where there were any. */
export const recordForeign = (
  record: (event: TrialEvent) => void,
  process: ForeignMessages['process'],
  count = 0,
): void => {
  if (count > 0) record({kind: 'foreign-messages', messages: {process, count}});
};
