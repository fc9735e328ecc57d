// Journal → trial: what the witnesses said, one after the other, becomes what detectors look at.

import type {Artifact} from '../../model/artifact.ts';
import type {
  Bin,
  Drained,
  FailureClass,
  FirstOperation,
  OperationExample,
  PhaseFigures,
} from '../../model/driver-witness.ts';
import type {
  ControlConnection,
  ForeignMessages,
  HarnessSample,
  HookFailure,
  PhaseEdge,
  TrialEvent,
} from '../../model/event.ts';
import {withPhases} from '../../model/fresh-start.ts';
import type {StandIn, UnappliedInstrumentation} from '../../model/loaded-code.ts';
import type {ErrorFacts} from '../../model/outcome.ts';
import type {Plan} from '../../model/plan.ts';
import type {PhaseResources, ProcessExit} from '../../model/process-witness.ts';
import type {ProfileSummary} from '../../model/profile.ts';
import type {TelemetryObservation} from '../../model/telemetry.ts';
import type {
  ClockStep,
  DeliveryBin,
  HeapSample,
  Ledger,
  SubjectEnd,
  Trial,
  Verified,
} from '../../model/trial.ts';
import {samplesWithout, withoutControls} from './control-connections.ts';
import {GrowingBytes} from './growing-bytes.ts';
import {InjectorLogFold} from './injector-log-fold.ts';
import {mergeInjector, mergeResources, mergeSystem} from './merge-samples.ts';
import {ThinnedSamples} from './thinned-samples.ts';

type TrialStarted = Extract<TrialEvent, {kind: 'trial'}>;
type Cut = Extract<TrialEvent, {kind: 'cut'}>;
type Closed = Extract<TrialEvent, {kind: 'closed'}>;

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

export class TrialFold {
  readonly #plan: Plan;
  #trialStarted: TrialStarted | null = null;
  #cut: Cut | null = null;
  readonly #edges: PhaseEdge[] = [];
  readonly #bins = new Map<number, Bin>();
  readonly #phases = new Map<number, PhaseFigures>();
  readonly #injector = new ThinnedSamples(mergeInjector);
  readonly #resources = new ThinnedSamples(mergeResources);
  readonly #phaseResources: PhaseResources[] = [];
  readonly #system = new ThinnedSamples(mergeSystem);
  readonly #heaps: HeapSample[] = [];
  readonly #unhandledRejections: {atMs: number; error: ErrorFacts}[] = [];
  readonly #harness: HarnessSample[] = [];
  readonly #probes: {atMs: number; ok: boolean}[] = [];
  readonly #controls: ControlConnection[] = [];
  #verified: Verified | null = null;
  readonly #warnings: {atMs: number; name: string; message: string}[] = [];
  readonly #hookFailures: HookFailure[] = [];
  readonly #foreignMessages: ForeignMessages[] = [];
  readonly #troubles: {atMs: number; what: string; message: string}[] = [];
  readonly #outcomes = new GrowingBytes();
  readonly #operationPhases = new GrowingBytes();
  readonly #operationDurations = new GrowingBytes();
  #deliveries: GrowingBytes | null = null;
  /** By the moment at which a slice begins. */
  readonly #deliveryBins = new Map<number, DeliveryBin>();
  readonly #redeliveredIn = new GrowingBytes();
  #failures: readonly FailureClass[] = [];
  #uncountedFailures = 0;
  #slowest: readonly OperationExample[] = [];
  #drained: Drained | null = null;
  #loadEndedMs: number | null = null;
  #runtime: string | null = null;
  #cpuCount: number | null = null;
  #versions: Readonly<Record<string, string>> = {};
  #standIns: readonly StandIn[] = [];
  #unapplied: readonly UnappliedInstrumentation[] = [];
  #openError: ErrorFacts | null = null;
  #tried: FirstOperation | null = null;
  #triedSettledMs: number | null = null;
  #uncaught: ErrorFacts | null = null;
  #closed: Closed | null = null;
  #exit: ProcessExit | null = null;
  #interrupted = false;
  #stuck: Trial['stuck'] = null;
  readonly #injectorLog = new InjectorLogFold();
  #ledger: Ledger | null = null;
  #telemetry: TelemetryObservation | null = null;
  readonly #clockSteps: ClockStep[] = [];
  readonly #kept: Artifact[] = [];
  #profiles: readonly ProfileSummary[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  add(event: TrialEvent): void {
    switch (event.kind) {
      case 'trial':
        this.#trialStarted = event;
        break;
      case 'cut':
        this.#cut = event;
        break;
      case 'loaded':
        this.#runtime = event.runtime;
        this.#versions = event.versions;
        this.#cpuCount = event.cpuCount ?? null;
        break;
      case 'opened':
        this.#standIns = event.standIns ?? [];
        this.#unapplied = event.unapplied ?? [];
        break;
      case 'entered':
        break;
      case 'tried':
        this.#tried = event.first;
        break;
      case 'tried-settled':
        this.#triedSettledMs = event.atMs;
        break;
      case 'open-failed':
        this.#openError = event.error;
        break;
      case 'edge':
        this.#edges.push(event.edge);
        this.#bound(event.edge.beforeMs);
        this.#bound(event.edge.afterMs);
        break;
      case 'bins':
        for (const bin of event.bins) this.#bins.set(bin.index, bin);
        break;
      case 'phases':
        for (const figures of event.phases) this.#phases.set(figures.phase, figures);
        break;
      case 'failures':
        this.#failures = event.failures;
        this.#uncountedFailures = event.uncounted;
        break;
      case 'slowest':
        this.#slowest = event.operations;
        break;
      case 'operations':
        this.#outcomes.write(event.fromIndex, bytesOf(event.outcomes));
        this.#operationPhases.write(event.fromIndex, bytesOf(event.phases));
        this.#operationDurations.write(event.fromIndex, bytesOf(event.durations ?? ''));
        break;
      case 'deliveries':
        this.#deliveries ??= new GrowingBytes();
        this.#noteRepeats(event.fromIndex, bytesOf(event.counts));
        this.#deliveries.write(event.fromIndex, bytesOf(event.counts));
        break;
      case 'delivered':
        this.#noteDelivered(event);
        break;
      case 'resources':
        this.#resources.add(event.sample);
        break;
      case 'phase-resources':
        this.#phaseResources.push(event.resources);
        break;
      case 'injector':
        this.#injector.add({atMs: event.atMs, witness: event.witness});
        break;
      case 'injector-log':
        this.#injectorLog.add(event.log);
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
      case 'harness':
        this.#harness.push(event.sample);
        break;
      case 'probe':
        this.#probes.push({atMs: event.atMs, ok: event.ok});
        break;
      case 'control-connection':
        this.#controls.push(event);
        break;
      case 'verified':
        this.#verified = {
          applied: bytesOf(event.applied),
          owed: event.owed === undefined ? null : bytesOf(event.owed),
          queued: event.queued === undefined ? null : bytesOf(event.queued),
          reordered: event.reordered,
        };
        break;
      case 'warning':
        this.#warnings.push({atMs: event.atMs, name: event.name, message: event.message});
        break;
      case 'trouble':
        this.#troubles.push({atMs: event.atMs, what: event.what, message: event.message});
        break;
      case 'hook-failed': {
        const {kind: _, atMs: __, ...failure} = event;
        this.#hookFailures.push(failure);
        break;
      }
      case 'foreign-messages':
        this.#foreignMessages.push(event.messages);
        break;
      case 'uncaught':
        this.#uncaught = event.error;
        break;
      case 'load-ended':
        this.#loadEndedMs = event.atMs;
        this.#bound(event.atMs);
        break;
      case 'drained': {
        const {kind: _, ...drained} = event;
        this.#drained = drained;
        break;
      }
      case 'closed':
        this.#closed = event;
        break;
      case 'ledger':
        this.#ledger = {
          ...event.ledger,
          attempts: bytesOf(event.ledger.attempts),
          effects: bytesOf(event.ledger.effects),
        };
        break;
      case 'telemetry':
        this.#telemetry = {...keptLater, ...event.telemetry};
        break;
      case 'profiles':
        this.#profiles = event.profiles;
        break;
      case 'stuck':
        this.#stuck = {atMs: event.atMs, stack: event.stack};
        break;
      case 'clock-stepped':
        this.#clockSteps.push({atMs: event.atMs, offsetMs: event.offsetMs});
        break;
      case 'kept':
        this.#kept.push(event.kept);
        break;
      case 'interrupted':
        this.#interrupted = true;
        break;
      case 'exit':
        this.#exit = event.exit;
        break;
    }
  }

  /** Null when the journal does not even say which trial it is of. */
  trial(): Trial | null {
    const begin = this.#trialStarted;
    if (!begin) return null;
    const injectorLog = this.#injectorLog.log();
    return {
      id: begin.trialId,
      plan: this.#ownPlan(begin),
      continues: begin.continues ?? null,
      cut: this.#cut?.why ?? null,
      variant: begin.variant,
      number: begin.number,
      seed: begin.seed,
      tracePrefix: begin.tracePrefix,
      originEpochMs: begin.originEpochMs,
      edges: this.#edges,
      loadEndedMs: this.#loadEndedMs,
      closing: this.#closed && {
        startMs: this.#closed.atMs - this.#closed.durationMs,
        durationMs: this.#closed.durationMs,
      },
      end: this.#end(),
      exit: this.#exit,
      stuck: this.#stuck,
      runtime: this.#runtime,
      cpuCount: this.#cpuCount,
      versions: this.#versions,
      standIns: this.#standIns,
      unapplied: this.#unapplied,
      firstUnsettled:
        this.#tried?.status === 'unsettled'
          ? {afterMs: this.#tried.afterMs, settledMs: this.#triedSettledMs}
          : null,
      driver: {
        phases: [...this.#phases.values()].sort((a, b) => a.phase - b.phase),
        bins: [...this.#bins.values()].sort((a, b) => a.index - b.index),
        failures: this.#failures,
        uncountedFailures: this.#uncountedFailures,
        slowest: this.#slowest,
        outcomes: this.#outcomes.bytes(),
        operationPhases: this.#operationPhases.bytes(),
        operationDurations: this.#operationDurations.bytes(),
        drained: this.#drained,
      },
      clockSteps: this.#clockSteps,
      telemetry: this.#telemetry,
      injector: samplesWithout(this.#controls, this.#injector.all()),
      injectorLog: injectorLog && withoutControls(this.#controls, injectorLog, begin.originEpochMs),
      ledger: this.#ledger,
      resources: this.#resources.all(),
      phaseResources: this.#phaseResources,
      system: this.#system.all(),
      heaps: this.#heaps,
      unhandledRejections: this.#unhandledRejections,
      profiles: this.#profiles,
      kept: this.#kept,
      harness: this.#harness,
      probes: this.#probes,
      deliveries: this.#deliveries?.bytes() ?? null,
      deliveryBins:
        this.#deliveryBins.size === 0
          ? null
          : [...this.#deliveryBins.values()].sort((a, b) => a.startMs - b.startMs),
      redeliveredIn: this.#deliveries && this.#redeliveredIn.bytes(),
      verified: this.#verified,
      warnings: this.#warnings,
      hookFailures: this.#hookFailures,
      foreignMessages: this.#foreignMessages,
      troubles: this.#troubles,
    };
  }

  /** What this subject was to see: the rest is no part of its trial. */
  #ownPlan({phases}: TrialStarted): Plan {
    const plan = phases === undefined ? this.#plan : withPhases(this.#plan, phases);
    if (!this.#cut) return plan;
    return withPhases(plan, [...plan.phases.keys()].slice(0, this.#cut.phase + 1));
  }

  #noteDelivered({binMs: durationMs, bins}: Extract<TrialEvent, {kind: 'delivered'}>): void {
    for (const [bin, more] of bins) {
      const startMs = bin * durationMs;
      const count = (this.#deliveryBins.get(startMs)?.count ?? 0) + more;
      this.#deliveryBins.set(startMs, {startMs, durationMs, count});
    }
  }

  /** The subject tells what has come before it enters a phase: what is told later came in that one. */
  #noteRepeats(fromIndex: number, counts: Uint8Array): void {
    const before = this.#deliveries?.bytes() ?? new Uint8Array();
    const known = this.#redeliveredIn.bytes();
    const phase = (this.#edges.at(-1)?.phase ?? 0) + 1;
    const noted = counts.map((count, position) => {
      const index = fromIndex + position;
      return known[index] || (count > 1 && count > (before[index] ?? 0) ? phase : 0);
    });
    this.#redeliveredIn.write(fromIndex, noted);
  }

  #bound(atMs: number): void {
    for (const samples of [this.#injector, this.#resources, this.#system]) samples.bound(atMs);
  }

  /** The first of these that holds. A journal without an exit is of a harness that was killed. */
  #end(): SubjectEnd {
    const exit = this.#exit;
    if (this.#interrupted || exit?.killedFor === 'interrupted' || !exit) return {kind: 'interrupted'};
    if (exit.killedFor === 'unresponsive') return {kind: 'unresponsive'};
    if (this.#openError) return {kind: 'open-failed', error: this.#openError};
    if (this.#tried?.status === 'failed') {
      const {error, triedCount} = this.#tried;
      return {kind: 'first-operation-failed', error, triedCount};
    }
    if (this.#closed) return {kind: 'completed', close: this.#closed.result, error: this.#closed.error};
    return {
      kind: 'crashed',
      exitCode: exit.exitCode,
      signal: exit.signal,
      outOfMemory: ranOutOfMemory(exit),
      error: this.#uncaught,
    };
  }
}

/** What telemetry holds only since it is kept: in older journals nothing is known of it. */
const keptLater: Pick<TelemetryObservation, 'operations' | 'shapes' | 'logs'> = {
  operations: null,
  shapes: null,
  logs: null,
};

/** V8 says so on stderr before it aborts; there is no exit code of its own for it. */
const ranOutOfMemory = (exit: ProcessExit): boolean =>
  /FATAL ERROR: .*(?:heap out of memory|Allocation failed|heap limit)/.test(exit.stderrTail);
