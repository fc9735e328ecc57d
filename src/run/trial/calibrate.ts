// The cost of the harness itself: the same driver, SDK and load, with operations that do nothing.
import {setTimeout as sleep} from 'node:timers/promises';
import {monotonicMs, wallEpochMs} from '../../model/clock.ts';
import type {PhaseFigures} from '../../model/driver-witness.ts';
import type {SubjectEvent} from '../../model/event.ts';
import {durationOf, nameInScenario, type Phase, telemetryModeOf} from '../../model/plan.ts';
import type {Calibration} from '../../model/run.ts';
import {decodeHistogram, percentileMs} from '../../stats/histogram.ts';
import {removeProfileParts} from '../../store/profile-parts.ts';
import type {TrialFiles} from '../../store/run-folder.ts';
import {unlessAborted} from '../interruption.ts';
import {programTask, type SubjectChild, startSubject} from '../processes/start-subject.ts';
import type {TrialContext} from './trial-context.ts';

export const calibrationId = 'calibration';
const tracePrefix = '0'.repeat(16);
const measured = 1;

const warmUpShare = 0.25;

/** The calibration is no longer than the load itself. */
const loadShare = 0.1;
const shortestMs = 100;

/**
 * The phases are faults without a fault: at the edge of a calm one the subject would measure its heap. The last one
 * only ends the one before.
 */
const phasesOf = (durationMs: number): readonly Phase[] => [
  {name: 'warm-up', role: 'warm-up', durationMs: durationMs * warmUpShare, faults: []},
  {name: 'measured', role: 'warm-up', durationMs: durationMs * (1 - warmUpShare), faults: []},
  {name: 'over', role: 'warm-up', durationMs: 1, faults: []},
];

class Interrupted extends Error {}

/** Its process starts at once, and is idle until it is asked to measure. */
export class Calibrator {
  readonly #context: TrialContext;
  readonly #files: TrialFiles;
  readonly #phases: readonly Phase[];
  readonly #originMonotonicMs = monotonicMs();
  readonly #originEpochMs = wallEpochMs();
  readonly #subject: SubjectChild;
  readonly #loaded: Promise<unknown>;
  #figures: PhaseFigures | undefined;
  #cpuMs: number | null = null;

  constructor(context: TrialContext, files: TrialFiles) {
    this.#context = context;
    this.#files = files;
    const {plan, supervisor, receiver, limits} = context;
    this.#phases = phasesOf(
      Math.min(limits.calibrationMs, Math.max(shortestMs, loadShare * durationOf(plan.phases))),
    );
    receiver.child.send({
      kind: 'trial',
      trialId: calibrationId,
      tracePrefix,
      originEpochMs: this.#originEpochMs,
      spansFile: files.spansFile,
      phaseCount: this.#phases.length,
      background: [],
      labels: null,
    });
    const [variant] = plan.variants;
    const {load, operation} = plan;
    this.#subject = startSubject({
      supervisor,
      plan,
      variant: {...variant, process: {env: {}, telemetry: telemetryModeOf(variant)}},
      task: {
        scenarioFile: context.scenarioFile,
        variant: nameInScenario(variant),
        trialId: calibrationId,
        tracePrefix,
        url: receiver.url,
        originMonotonicMs: this.#originMonotonicMs,
        originEpochMs: this.#originEpochMs,
        load,
        operation,
        phases: this.#phases,
        closeSlowMs: limits.closeMs,
        noop: true,
        profilesFolder: files.profilesFolder,
        program: programTask(plan, variant, {helloMs: limits.loadMs, command: 'noop'}),
        profiling: context.profiles && plan.program === undefined ? {heapLimitMiB: null} : null,
      },
      packages: null,
      receiverUrl: receiver.url,
      environment: context.environment,
      onEvent: event => this.#note(event),
    });
    this.#loaded = this.#subject.next(['loaded'], limits.loadMs);
    this.#loaded.catch(() => {});
  }

  /** Null when it was interrupted: then nothing is known, and nothing is lost. Its process is gone when it returns. */
  async measure(): Promise<Calibration | null> {
    const {openMs, answerSlackMs} = this.#context.limits;
    try {
      await this.#unlessInterrupted(this.#loaded);
      this.#subject.send({kind: 'open', limitMs: openMs});
      await this.#unlessInterrupted(this.#subject.next(['opened'], openMs + answerSlackMs));
      for (const [phase, {durationMs}] of this.#phases.entries()) {
        this.#subject.send({kind: 'phase', phase});
        await this.#unlessInterrupted(this.#subject.next(['entered'], 2 * answerSlackMs));
        await this.#unlessInterrupted(sleep(durationMs));
      }
    } catch (error) {
      if (error instanceof Interrupted) return null;
      throw error;
    } finally {
      await this.end();
    }
    const figures = this.#figures;
    const cpuMs = this.#cpuMs;
    if (!figures || cpuMs === null) return null;
    return {
      operationCount: figures.started,
      cpuUsPerOperation: figures.started === 0 ? 0 : (cpuMs * 1000) / figures.started,
      startLagP99Ms: percentileMs(decodeHistogram(figures.startLagUs), 99) ?? 0,
      ...(this.#context.plan.program && {
        roundTripP50Ms: percentileMs(decodeHistogram(figures.serviceOkUs), 50) ?? 0,
      }),
    };
  }

  async end(): Promise<void> {
    this.#subject.kill();
    await this.#subject.exited;
    await removeProfileParts(this.#files.profilesFolder);
  }

  #note(event: SubjectEvent): void {
    if (event.kind === 'phases') {
      this.#figures = event.phases.find(({phase}) => phase === measured) ?? this.#figures;
    }
    if (event.kind === 'phase-resources' && event.resources.phase === measured) {
      this.#cpuMs = event.resources.cpuMs;
    }
    if (event.kind === 'harness' && event.sample.phase === measured) this.#cpuMs = event.sample.cpuMs;
  }

  #unlessInterrupted<T>(step: Promise<T>): Promise<T> {
    return unlessAborted(this.#context.signal, step, () => new Interrupted());
  }
}
