// Journal → trial: the reports of the witnesses become what detectors look at. Each witness has a fold of its own;
// those that report once, and the harness itself, are handled here.
import type {
  ForeignMessages,
  HarnessSample,
  HookFailure,
  PhaseEdge,
  ServerEvent,
  TrialEvent,
} from '../../../model/event.ts';
import {withPhases} from '../../../model/fresh-start.ts';
import type {Plan} from '../../../model/plan.ts';
import type {TelemetryObservation} from '../../../model/telemetry.ts';
import type {Ledger, Trial, Verified} from '../../../model/trial.ts';
import {ClientsFold} from './clients-fold.ts';
import {DeliveriesFold} from './deliveries-fold.ts';
import {DriverFold} from './driver-fold.ts';
import {EndFold} from './end-fold.ts';
import {bytesOf} from './growing-bytes.ts';
import {InjectorFold} from './injector-fold.ts';
import {ProcessFold} from './process-fold.ts';

type TrialStarted = Extract<TrialEvent, {kind: 'trial'}>;
type Cut = Extract<TrialEvent, {kind: 'cut'}>;

export class TrialFold {
  readonly #plan: Plan;
  readonly #driver = new DriverFold();
  readonly #clients = new ClientsFold();
  readonly #deliveries = new DeliveriesFold();
  readonly #injector = new InjectorFold();
  readonly #process = new ProcessFold();
  readonly #end = new EndFold();
  readonly #folds = [this.#driver, this.#clients, this.#deliveries, this.#injector, this.#process, this.#end];
  #trialStarted: TrialStarted | null = null;
  #cut: Cut | null = null;
  readonly #edges: PhaseEdge[] = [];
  readonly #serverEvents: ServerEvent[] = [];
  #loadEndedMs: number | null = null;
  #ledger: Ledger | null = null;
  #telemetry: TelemetryObservation | null = null;
  #verified: Verified | null = null;
  readonly #probes: {atMs: number; ok: boolean}[] = [];
  readonly #harness: HarnessSample[] = [];
  readonly #hookFailures: HookFailure[] = [];
  readonly #foreignMessages: ForeignMessages[] = [];
  readonly #troubles: {atMs: number; what: string; message: string}[] = [];

  /** @param plan the run's, whichever of its phases the trial sees */
  constructor(plan: Plan) {
    this.#plan = plan;
  }

  add(event: TrialEvent): void {
    for (const fold of this.#folds) fold.add(event);
    switch (event.kind) {
      case 'trial':
        this.#trialStarted = event;
        break;
      case 'cut':
        this.#cut = event;
        break;
      case 'edge':
        this.#edges.push(event.edge);
        break;
      case 'server':
        this.#serverEvents.push({atMs: event.atMs, fault: event.fault, change: event.change});
        break;
      case 'load-ended':
        this.#loadEndedMs = event.atMs;
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
      case 'verified':
        this.#verified = {
          applied: bytesOf(event.applied),
          owed: event.owed === undefined ? null : bytesOf(event.owed),
          queued: event.queued === undefined ? null : bytesOf(event.queued),
          reordered: event.reordered,
        };
        break;
      case 'probe':
        this.#probes.push({atMs: event.atMs, ok: event.ok});
        break;
      case 'harness':
        this.#harness.push(event.sample);
        break;
      case 'hook-failed': {
        const {kind: _, atMs: __, ...failure} = event;
        this.#hookFailures.push(failure);
        break;
      }
      case 'foreign-messages':
        this.#foreignMessages.push(event.messages);
        break;
      case 'trouble':
        this.#troubles.push({atMs: event.atMs, what: event.what, message: event.message});
        break;
    }
  }

  /** Null when the journal does not even say which trial it is of. */
  trial(): Trial | null {
    const begin = this.#trialStarted;
    if (!begin) return null;
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
      serverEvents: this.#serverEvents,
      loadEndedMs: this.#loadEndedMs,
      ...this.#end.observation(),
      ...this.#process.observation(),
      driver: this.#driver.observation(),
      ...this.#clients.observation(),
      ...this.#deliveries.observation(),
      ...this.#injector.observation(begin.originEpochMs),
      ledger: this.#ledger,
      telemetry: this.#telemetry,
      verified: this.#verified,
      probes: this.#probes,
      harness: this.#harness,
      hookFailures: this.#hookFailures,
      foreignMessages: this.#foreignMessages,
      troubles: this.#troubles,
    };
  }

  /** The phases that this subject was to see: the rest is no part of its trial. */
  #ownPlan({phases}: TrialStarted): Plan {
    const plan = phases === undefined ? this.#plan : withPhases(this.#plan, phases);
    if (!this.#cut) return plan;
    return withPhases(plan, [...plan.phases.keys()].slice(0, this.#cut.phase + 1));
  }
}

/** Fields that telemetry has had only since they are kept: of older journals they are not known. */
const keptLater: Pick<TelemetryObservation, 'operations' | 'shapes' | 'logs'> = {
  operations: null,
  shapes: null,
  logs: null,
};
