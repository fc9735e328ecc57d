// What the subject's process reports on itself, and the operating system on it, while it is alive: which code runs,
// and what it uses.
import type {Artifact} from '../../../model/artifact.ts';
import type {TrialEvent} from '../../../model/event.ts';
import type {ErrorFacts} from '../../../model/outcome.ts';
import type {PhaseResources} from '../../../model/process-witness.ts';
import type {ProfileSummary} from '../../../model/profile.ts';
import type {ClockStep, HeapSample, Trial} from '../../../model/trial.ts';
import {mergeResources, mergeSystem} from './merge-samples.ts';
import {boundsOf, ThinnedSamples} from './thinned-samples.ts';

type Code = Pick<Trial, 'runtime' | 'language' | 'cpuCount' | 'versions' | 'standIns' | 'unapplied'>;

export type ProcessObservation = Code &
  Pick<
    Trial,
    | 'resources'
    | 'phaseResources'
    | 'inFlight'
    | 'system'
    | 'heaps'
    | 'unhandledRejections'
    | 'warnings'
    | 'clockSteps'
    | 'kept'
    | 'profiles'
  >;

export class ProcessFold {
  #code: Code = {runtime: null, cpuCount: null, versions: {}, standIns: [], unapplied: []};
  readonly #resources = new ThinnedSamples(mergeResources);
  readonly #phaseResources: PhaseResources[] = [];
  readonly #inFlight = new ThinnedSamples<Trial['inFlight'][number]>((a, b) => ({
    ...b,
    count: Math.max(a.count, b.count),
  }));
  readonly #system = new ThinnedSamples(mergeSystem);
  readonly #heaps: HeapSample[] = [];
  readonly #unhandledRejections: {atMs: number; error: ErrorFacts}[] = [];
  readonly #warnings: {atMs: number; name: string; message: string}[] = [];
  readonly #clockSteps: ClockStep[] = [];
  readonly #kept: Artifact[] = [];
  #profiles: readonly ProfileSummary[] = [];

  add(event: TrialEvent): void {
    for (const boundMs of boundsOf(event)) {
      this.#resources.bound(boundMs);
      this.#system.bound(boundMs);
      this.#inFlight.bound(boundMs);
    }
    switch (event.kind) {
      case 'loaded': {
        const {runtime, language, versions, cpuCount = null} = event;
        this.#code = {...this.#code, runtime, ...(language && {language}), versions, cpuCount};
        break;
      }
      case 'opened': {
        const {standIns = [], unapplied = []} = event;
        this.#code = {...this.#code, standIns, unapplied};
        break;
      }
      case 'resources':
        this.#resources.add(event.sample);
        break;
      case 'in-flight':
        this.#inFlight.add({atMs: event.atMs, count: event.count});
        break;
      case 'phase-resources':
        this.#phaseResources.push(event.resources);
        break;
      case 'system':
        this.#system.add(event.sample);
        break;
      case 'heap': {
        const {kind: _, ...heap} = event;
        this.#heaps.push(heap);
        break;
      }
      case 'unhandled-rejection':
        this.#unhandledRejections.push({atMs: event.atMs, error: event.error});
        break;
      case 'warning':
        this.#warnings.push({atMs: event.atMs, name: event.name, message: event.message});
        break;
      case 'clock-stepped':
        this.#clockSteps.push({atMs: event.atMs, offsetMs: event.offsetMs});
        break;
      case 'kept':
        this.#kept.push(event.kept);
        break;
      case 'profiles':
        this.#profiles = event.profiles;
        break;
    }
  }

  observation(): ProcessObservation {
    return {
      ...this.#code,
      resources: this.#resources.all(),
      phaseResources: this.#phaseResources,
      inFlight: this.#inFlight.all(),
      system: this.#system.all(),
      heaps: this.#heaps,
      unhandledRejections: this.#unhandledRejections,
      warnings: this.#warnings,
      clockSteps: this.#clockSteps,
      kept: this.#kept,
      profiles: this.#profiles,
    };
  }
}
