// What the harness itself costs: the same driver, SDK and load, with operations that do nothing.
import {monotonicMs} from '../model/clock.ts';
import type {PhaseFigures, PhaseResources, SubjectEvent} from '../model/event.ts';
import type {Phase} from '../model/plan.ts';
import type {Calibration} from '../model/run.ts';
import {decodeHistogram, percentileMs} from '../stats/histogram.ts';
import type {TrialContext} from './run-trial.ts';
import {startSubject} from './subject-process.ts';

const warmUpMs = 250;
const measuredMs = 750;
const answerLimitMs = 15_000;
export const calibrationId = 'calibration';
const tracePrefix = '0'.repeat(16);
const measured = 1;

const phases: readonly Phase[] = [
  {name: 'warm-up', role: 'warm-up', durationMs: warmUpMs, faults: []},
  {name: 'measured', role: 'baseline', durationMs: measuredMs, faults: []},
];

/** Null when it was interrupted: then nothing is known, and nothing is lost. */
export const calibrate = async (context: TrialContext, spansFile: string): Promise<Calibration | null> => {
  const {plan, household, receiver} = context;
  const [variant] = plan.variants;
  let figures: PhaseFigures | undefined;
  let resources: PhaseResources | undefined;
  const onEvent = (event: SubjectEvent): void => {
    if (event.kind === 'phases') figures = event.phases.find(({phase}) => phase === measured) ?? figures;
    if (event.kind === 'phase-resources' && event.resources.phase === measured) resources = event.resources;
  };
  const {load, operation} = plan;
  const trialId = calibrationId;
  const originEpochMs = performance.timeOrigin + performance.now();
  receiver.child.send({kind: 'trial', trialId, tracePrefix, originEpochMs, spansFile});
  const subject = startSubject({
    household,
    plan,
    variant: {...variant, process: {env: {}}},
    task: {
      scenarioFile: context.scenarioFile,
      variant: variant.name,
      trialId,
      tracePrefix,
      url: receiver.url,
      originMonotonicMs: monotonicMs(),
      load,
      operation,
      phases,
      noop: true,
    },
    receiverUrl: receiver.url,
    environment: context.environment,
    onEvent,
  });
  try {
    await subject.next(['opened'], answerLimitMs);
    for (const [phase, {durationMs}] of phases.entries()) {
      subject.send({kind: 'phase', phase});
      await pause(durationMs, context.signal);
    }
    subject.send({kind: 'drain', limitMs: answerLimitMs});
    await subject.next(['drained'], answerLimitMs);
  } finally {
    subject.kill();
    await subject.exited;
  }
  if (context.signal.aborted || !figures || !resources) return null;
  return {
    operationCount: figures.started,
    cpuUsPerOperation: figures.started === 0 ? 0 : (resources.cpuMs * 1000) / figures.started,
    startLagP99Ms: percentileMs(decodeHistogram(figures.startLagUs), 99) ?? 0,
  };
};

const pause = (durationMs: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
