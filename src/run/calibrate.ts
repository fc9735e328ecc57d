// What the harness itself costs: the same driver, SDK and load, with operations that do nothing.
import {setTimeout as sleep} from 'node:timers/promises';
import {monotonicMs, wallEpochMs} from '../model/clock.ts';
import type {PhaseFigures, PhaseResources, SubjectEvent} from '../model/event.ts';
import {durationOf, nameInScenario, type Phase, telemetryModeOf} from '../model/plan.ts';
import type {Calibration} from '../model/run.ts';
import {decodeHistogram, percentileMs} from '../stats/histogram.ts';
import {removeProfileParts} from '../store/profile-parts.ts';
import type {TrialFiles} from '../store/run-folder.ts';
import {unlessAborted} from './interruption.ts';
import type {TrialContext} from './run-trial.ts';
import {startSubject} from './subject-process.ts';

export const calibrationId = 'calibration';
const tracePrefix = '0'.repeat(16);
const measured = 1;

const warmUpShare = 0.25;

/** Of the load's own time: a run of a second is not measured for another one. */
const loadShare = 0.1;
const shortestMs = 100;

const phasesOf = (durationMs: number): readonly Phase[] => [
  {name: 'warm-up', role: 'warm-up', durationMs: durationMs * warmUpShare, faults: []},
  {name: 'measured', role: 'baseline', durationMs: durationMs * (1 - warmUpShare), faults: []},
];

class Interrupted extends Error {}

/** Null when it was interrupted: then nothing is known, and nothing is lost. */
export const calibrate = async (
  context: TrialContext,
  {spansFile, profilesFolder}: TrialFiles,
): Promise<Calibration | null> => {
  const {plan, household, receiver, signal, limits} = context;
  const [variant] = plan.variants;
  let figures: PhaseFigures | undefined;
  let resources: PhaseResources | undefined;
  const onEvent = (event: SubjectEvent): void => {
    if (event.kind === 'phases') figures = event.phases.find(({phase}) => phase === measured) ?? figures;
    if (event.kind === 'phase-resources' && event.resources.phase === measured) resources = event.resources;
  };
  const {load, operation} = plan;
  const phases = phasesOf(
    Math.min(limits.calibrationMs, Math.max(shortestMs, loadShare * durationOf(plan.phases))),
  );
  const trialId = calibrationId;
  const originMonotonicMs = monotonicMs();
  const originEpochMs = wallEpochMs();
  receiver.child.send({
    kind: 'trial',
    trialId,
    tracePrefix,
    originEpochMs,
    spansFile,
    phaseCount: phases.length,
    background: [],
    labels: null,
  });
  const subject = startSubject({
    household,
    plan,
    variant: {...variant, process: {env: {}, telemetry: telemetryModeOf(variant)}},
    task: {
      scenarioFile: context.scenarioFile,
      variant: nameInScenario(variant),
      trialId,
      tracePrefix,
      url: receiver.url,
      originMonotonicMs,
      originEpochMs,
      load,
      operation,
      phases,
      noop: true,
      profilesFolder,
      profiling: context.profiles ? {heapLimitMiB: null} : null,
    },
    packages: null,
    receiverUrl: receiver.url,
    environment: context.environment,
    onEvent,
  });
  try {
    const unlessInterrupted = <T>(step: Promise<T>): Promise<T> =>
      unlessAborted(signal, step, () => new Interrupted());
    await unlessInterrupted(subject.next(['loaded'], limits.loadMs));
    subject.send({kind: 'open', limitMs: limits.openMs});
    await unlessInterrupted(subject.next(['opened'], limits.openMs + limits.answerSlackMs));
    for (const [phase, {durationMs}] of phases.entries()) {
      subject.send({kind: 'phase', phase});
      await unlessInterrupted(sleep(durationMs));
    }
    subject.send({kind: 'drain', limitMs: limits.answerSlackMs});
    await unlessInterrupted(subject.next(['drained'], 2 * limits.answerSlackMs));
  } catch (error) {
    if (error instanceof Interrupted) return null;
    throw error;
  } finally {
    subject.kill();
    await subject.exited;
    await removeProfileParts(profilesFolder);
  }
  if (!figures || !resources) return null;
  return {
    operationCount: figures.started,
    cpuUsPerOperation: figures.started === 0 ? 0 : (resources.cpuMs * 1000) / figures.started,
    startLagP99Ms: percentileMs(decodeHistogram(figures.startLagUs), 99) ?? 0,
  };
};
