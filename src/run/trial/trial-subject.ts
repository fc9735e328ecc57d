// The subject of a trial: it is started with its task, and what it reports is recorded.
import type {SubjectEvent, TrialEvent} from '../../model/event.ts';
import type {ErrorFacts} from '../../model/outcome.ts';
import {nameInScenario} from '../../model/plan.ts';
import {thresholdsOf} from '../../model/symptoms.ts';
import type {CodeLocations} from '../../profiles/owner.ts';
import {describeStack} from '../../profiles/stack.ts';
import {codeLocationsOf} from '../hook.ts';
import {programTask, type SubjectChild, startSubject} from '../processes/start-subject.ts';
import type {TrialContext, TrialRequest} from './trial-context.ts';
import type {TrialStart} from './trial-start.ts';

export type TrialSubjectOptions = {
  readonly start: TrialStart;
  /** The target's address through the injector. */
  readonly url: string;
  readonly record: (event: TrialEvent) => void;
};

export const startTrialSubject = (
  {
    supervisor,
    plan,
    scenarioFile,
    receiver,
    packages,
    programCommands,
    environment,
    profiles,
    limits,
  }: TrialContext,
  {trialId, variant, files}: TrialRequest,
  {start, url, record}: TrialSubjectOptions,
): SubjectChild => {
  const {load, operation, phases} = plan;
  const locations = codeLocationsOf(scenarioFile);
  return startSubject({
    supervisor,
    plan,
    variant,
    task: {
      scenarioFile,
      variant: nameInScenario(variant),
      trialId,
      tracePrefix: start.tracePrefix,
      url,
      originMonotonicMs: start.originMonotonicMs,
      originEpochMs: start.wallOriginEpochMs,
      load,
      operation,
      phases,
      closeSlowMs: thresholdsOf('close-hangs', plan.thresholds ?? {}).closeMs,
      noop: false,
      profilesFolder: files.profilesFolder,
      program: programTask(plan, variant, {
        helloMs: limits.loadMs,
        command: programCommands.get(variant.name) ?? null,
      }),
      profiling:
        profiles && plan.program === undefined ? {heapLimitMiB: variant.process.heapLimitMiB ?? null} : null,
    },
    packages: packages.get(variant.name) ?? null,
    receiverUrl: receiver.url,
    environment,
    onEvent: event => record(withFrames(event, locations)),
  });
};

/** The stack of an error that ends the process is kept, by the packages of its frames. */
const withFrames = (event: SubjectEvent, locations: CodeLocations): SubjectEvent => {
  if (event.kind !== 'uncaught' && event.kind !== 'open-failed') return event;
  const frames = describeStack(event.error.stack, locations);
  return frames.length === 0 ? event : {...event, error: {...event.error, frames} satisfies ErrorFacts};
};
