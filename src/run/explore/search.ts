// The search: record, enumerate, try many episodes in one client each, prove what fails in fresh clients, make it small.
import {relative} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {groupsOf} from '../../explore/conversations.ts';
import {type Episode, episodeOf, isSilent, widened} from '../../explore/episodes.ts';
import type {Exploration, ExploredFinding, SearchEnd} from '../../explore/exploration.ts';
import {
  batchPlan,
  causeKey,
  type Filter,
  isWanted,
  neighbourhood,
  type Signal,
  signals,
} from '../../explore/search.ts';
import {monotonicMs} from '../../model/clock.ts';
import {messageOf} from '../../model/error-message.ts';
import {FoulweatherError} from '../../model/errors.ts';
import {hungAfterMs, type Plan, type Variant} from '../../model/plan.ts';
import type {Speech} from '../../model/server-errors.ts';
import type {SymptomId} from '../../model/symptoms.ts';
import type {RunOptions} from '../run-options.ts';
import {Agenda, mostReturns} from './agenda.ts';
import type {Crew, Tried} from './crew.ts';
import {type Cause, Knowledge} from './knowledge.ts';
import {findingOf, leaks, Proofs, provingOf, type Suspicion} from './proofs.ts';
import {closeLive, type Recording, record} from './recording.ts';
import {calmTrouble, type EpisodeVerdict, endedBadly, judgeEpisodes} from './verdicts.ts';

export type ExploreOptions = {
  /** `dataDir` is the search's own folder. */
  readonly run: RunOptions & {readonly dataDir: string};
  readonly id: string;
  readonly only: readonly Filter[];
  readonly maxDepth: 1 | 2;
  readonly budgetMs: number;
  /** Trials of episodes at a time. */
  readonly jobs: number;
  /** An earlier search that this one goes on with. */
  readonly earlier: Exploration | null;
  /** How the server speaks; null where that is not known. */
  readonly speechOf: (plan: Plan, targetUrl?: string) => Speech | null;
  readonly observer: ExploreObserver;
};

export type ExploreObserver = {
  readonly step: (what: string) => void;
  /** After each trial. What is known is saved then. */
  readonly known: (exploration: Exploration) => Promise<void>;
  readonly found: (finding: ExploredFinding) => void;
};

const provenAtOnce = 2;
const triesOfFinding = 3;
const mostDismissals = 2;
/** What was begun to be confirmed when the time is over gets so much more, at most a share of the budget. */
const overtimeMs = 60_000;
const overtimeShare = 0.5;

/** Tried again and again, with the heap measured in between. */
const wearing: readonly Episode[] = [closeLive, episodeOf([{kind: 'connect', action: 'flapping'}])];
const shortestWithWearMs = 60_000;

export type CrewOf = (
  signal: AbortSignal,
  limited: (count: number, error: unknown) => void,
) => Pick<Crew, 'try' | 'finish'>;

/**
 * @param crewOf what runs the trials
 * @param others versions with which each finding is tried as well
 */
export const search = async (
  options: ExploreOptions,
  plan: Plan,
  crewOf: CrewOf,
  others: readonly Variant[] = [],
): Promise<Exploration> => {
  const {run, observer} = options;
  const startedMs = monotonicMs();
  const startedAt = run.now().toISOString();
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const crew = crewOf(signal, (count, error) => {
    if (!signal.aborted) observer.step(`no more than ${count} at a time: ${messageOf(error)}`);
  });
  observer.step('recording a calm conversation');
  const recording = await record(crew, plan, signal);
  return new Search({
    options,
    plan,
    crew,
    others,
    recording,
    stop,
    signal,
    startedMs,
    startedAt,
  }).run();
};

type SearchOptions = {
  readonly options: ExploreOptions;
  readonly plan: Plan;
  readonly crew: ReturnType<CrewOf>;
  readonly others: readonly Variant[];
  readonly recording: Recording;
  /** Ends it, and all that it runs: with the user's signal that is the other one. */
  readonly stop: AbortController;
  readonly signal: AbortSignal;
  readonly startedMs: number;
  readonly startedAt: string;
};

class Search {
  readonly #options: ExploreOptions;
  readonly #plan: Plan;
  readonly #crew: ReturnType<CrewOf>;
  readonly #recording: Recording;
  readonly #agenda: Agenda;
  readonly #proofs: Proofs;
  readonly #stop: AbortController;
  readonly #signal: AbortSignal;
  readonly #knownSymptoms: ReadonlySet<SymptomId>;
  readonly #startedMs: number;
  readonly #startedAt: string;
  readonly #knowledge: Knowledge;
  /** What runs beside the search, and the errors of that. */
  readonly #beside = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  /** What looks wrong, and is not tried alone yet. */
  readonly #toProve: {readonly cause: Cause; readonly episode: Episode}[] = [];
  #provingCount = 0;
  /** What any closed connection causes. */
  #kickCause: Cause | null = null;
  #episodeCount = 0;
  #searchMs = 0;
  #startFailures = 0;
  #isBisecting = false;

  constructor({options, plan, crew, others, recording, stop, signal, startedMs, startedAt}: SearchOptions) {
    const {run, maxDepth, only, earlier} = options;
    this.#options = options;
    this.#plan = plan;
    this.#crew = crew;
    this.#recording = recording;
    this.#stop = stop;
    this.#signal = signal;
    this.#startedMs = startedMs;
    this.#startedAt = startedAt;
    const {conversations, backMs, calm} = recording;
    this.#knownSymptoms = new Set(calm.map(({symptom}) => symptom));
    const knownSymptoms = this.#knownSymptoms;
    this.#knowledge = new Knowledge(earlier);
    this.#agenda = new Agenda(conversations, {
      seed: run.seed,
      maxDepth,
      only,
      speech: options.speechOf(plan) ?? options.speechOf(plan, recording.reconnect.targetUrl),
      knownIds: new Set([...this.#knowledge.cellIds(), closeLive.id]),
    });
    this.#proofs = new Proofs({crew, plan, others, signal, backMs, knownSymptoms});
  }

  async run(): Promise<Exploration> {
    await this.#begin();
    if (this.#options.budgetMs >= shortestWithWearMs && this.#options.earlier === null) {
      this.#follow(this.#wear());
    }
    await this.#tell('running');
    const searchedFromMs = monotonicMs();
    await Promise.all(Array.from({length: this.#options.jobs}, () => this.#searchOn()));
    this.#searchMs = monotonicMs() - searchedFromMs;
    await this.#settleProofs();
    await this.#crew.finish();
    if (this.#failures.length > 0) throw this.#failures[0];
    return this.#tell(this.#end());
  }

  get #isOver(): boolean {
    return this.#signal.aborted || monotonicMs() - this.#startedMs >= this.#options.budgetMs;
  }

  #end(): SearchEnd {
    if (this.#options.run.signal.aborted) return 'interrupted';
    return this.#agenda.isEmpty ? 'complete' : 'budget';
  }

  /** With what is known from the recording, and from an earlier search. */
  async #begin(): Promise<void> {
    if (this.#options.earlier === null) {
      await this.#take([closeLive], this.#recording.reconnect);
      // It is told of none of the moments after one.
      this.#kickCause = this.#knowledge.causes[0] ?? null;
      if (this.#kickCause?.signal === 'stuck') this.#agenda.leaveOutReconnects();
    }
    const silence = this.#knowledge.knownSilence();
    if (silence) this.#agenda.postpone(isBeside(silence.cause, silence.episode));
  }

  /** What piles up from fault to fault shows in no short try. The first that shows it stands for all. */
  async #wear(): Promise<void> {
    for (const episode of wearing) {
      if (!isWanted(episode, this.#options.only)) continue;
      const proof = await this.#proofs.once(episode, 'repeated');
      if (proof?.present.some(({symptom}) => leaks.includes(symptom))) {
        this.#suspect(episode, 'leak', null);
        return;
      }
    }
  }

  #batch(): readonly Episode[] {
    const leftMs = this.#startedMs + this.#options.budgetMs - monotonicMs();
    const silentMs = 2 * hungAfterMs(this.#plan.operation);
    return this.#agenda.batch(leftMs, silentMs, new Set(this.#knowledge.cellIds('failed', 'undecided')));
  }

  async #searchOn(): Promise<void> {
    while (!this.#isOver) {
      const batch = this.#batch();
      if (batch.length === 0) return;
      await this.#take(
        batch,
        await this.#crew.try(batchPlan(this.#plan, batch, this.#recording.backMs), 'batch'),
      );
      await this.#tell('running');
    }
  }

  /** Judges a trial of episodes, and returns to the queue what it did not come to. */
  async #take(batch: readonly Episode[], {trial, forget}: Tried): Promise<void> {
    const verdicts = trial === null ? batch.map(() => null) : judgeEpisodes(trial, batch);
    const isWasted = verdicts.every(verdict => verdict === null);
    this.#startFailures = isWasted && !this.#signal.aborted ? this.#startFailures + 1 : 0;
    if (this.#startFailures > mostReturns) {
      throw new FoulweatherError(
        'FW_EXPLORE_CALM',
        `The client of scenario "${this.#plan.name}" no longer starts: ${trial === null ? 'no trial began' : (calmTrouble(trial) ?? 'the trial ended before its first fault')}.`,
        'Check its server: the faults may have damaged its state.',
      );
    }
    const unseen: Episode[] = [];
    let hasSuspects = false;
    for (const [index, episode] of batch.entries()) {
      const verdict = verdicts[index] ?? null;
      if (verdict === null) unseen.push(episode);
      else {
        this.#episodeCount++;
        hasSuspects = this.#note(episode, verdict) || hasSuspects;
      }
    }
    this.#agenda.putBack(unseen);
    if (trial !== null && endedBadly(trial) && !this.#knownSymptoms.has('close-hangs')) {
      this.#bisect(batch.filter(episode => !unseen.includes(episode)));
    }
    if (!hasSuspects) await forget();
  }

  /** Whether it is a suspect. */
  #note(episode: Episode, {hasActed, signal, error}: EpisodeVerdict): boolean {
    if (signal === null) {
      this.#knowledge.mark(episode, hasActed ? 'passed' : 'unreached', null);
      return false;
    }
    this.#suspect(episode, signal, error);
    return true;
  }

  /** Close() took too long after one of them: halves are tried until one is left. */
  #bisect(batch: readonly Episode[]): void {
    if (this.#isBisecting || this.#knowledge.causes.some(({signal}) => signal === 'close')) return;
    this.#isBisecting = true;
    this.#follow(
      this.#halve(batch).finally(() => {
        this.#isBisecting = false;
      }),
    );
  }

  async #halve(batch: readonly Episode[]): Promise<void> {
    let left = batch;
    while (left.length > 1 && !this.#isOver) {
      const half = left.slice(0, Math.ceil(left.length / 2));
      const {trial, forget} = await this.#crew.try(
        batchPlan(this.#plan, half, this.#recording.backMs),
        'half',
      );
      await forget();
      left = trial !== null && endedBadly(trial) ? half : left.slice(half.length);
    }
    if (left.length === 1) this.#suspect(left[0]!, 'close', null);
  }

  /** It runs beside the search, which an error in it ends. */
  #follow(task: Promise<void>): void {
    const followed = task
      .catch((error: unknown) => {
        this.#failures.push(error);
        this.#stop.abort();
      })
      .finally(() => this.#beside.delete(followed));
    this.#beside.add(followed);
  }

  #suspect(episode: Episode, signal: Signal, error: string | null): void {
    const kick = this.#kickCause;
    const isKick =
      kick !== null &&
      kick.signal === signal &&
      kick.state !== 'dismissed' &&
      !this.#knowledge.isInAllVersions(kick) &&
      // A client that does not get over one closed connection does not, whichever way it loses it.
      (episode.needs === 'new connections' ||
        signal === 'stuck' ||
        (signal === 'pending' && !episode.strikes.some(isSilent)));
    const key = isKick ? kick.key : causeKey(episode, signal, error);
    const cause = this.#knowledge.causeOf(key, signal);
    cause.episodes.push(episode);
    this.#knowledge.mark(episode, cause.finding === null ? 'undecided' : 'failed', cause.finding);
    const isFirst = cause.episodes.length === 1;
    const isTriedAgain = cause.state === 'dismissed' && cause.dismissals < mostDismissals;
    if (cause.state === 'dismissed' && !isTriedAgain) this.#knowledge.mark(episode, 'slow', null);
    if (!isFirst && !isTriedAgain) return;
    cause.state = 'open';
    this.#agenda.postpone(isBeside(cause, episode));
    this.#toProve.push({cause, episode});
    this.#proveNext();
  }

  /** The worst first; what is not begun when the time is over remains unconfirmed. */
  #proveNext(): void {
    if (this.#provingCount >= provenAtOnce || this.#signal.aborted) return;
    const [next] = this.#toProve.toSorted(
      (a, b) => signals.indexOf(a.cause.signal) - signals.indexOf(b.cause.signal),
    );
    if (!next) return;
    this.#toProve.splice(this.#toProve.indexOf(next), 1);
    this.#provingCount++;
    this.#follow(
      this.#prove(next.cause, next.episode).finally(() => {
        this.#provingCount--;
        this.#proveNext();
      }),
    );
  }

  /** First made as small as it gets, by short tries; then tried alone, each time with a fresh client and a fresh target. */
  async #prove(cause: Cause, episode: Episode): Promise<void> {
    const reliable = await this.#reliable(cause, episode);
    const small = reliable === null ? episode : episodeOf(await this.#proofs.smallest(cause, reliable));
    if (!this.#knowledge.joinKnown(cause, small)) {
      let finding = await this.#confirmed(cause, small);
      if (finding === null && small.id !== episode.id) finding = await this.#confirmed(cause, episode);
      if (finding !== null) this.#add(cause, finding);
      else if (!this.#signal.aborted) this.#dismiss(cause, episode);
    }
    await this.#tell('running');
  }

  /** What hits one connection may miss the operation that matters: then all that come for a while are hit. Null where that is not enough. */
  async #reliable(cause: Cause, episode: Episode): Promise<Episode | null> {
    for (const candidate of [episode, widened(episode)]) {
      if (candidate !== null && (await this.#proofs.showsQuickly(candidate, cause))) return candidate;
    }
    return null;
  }

  async #confirmed(cause: Cause, episode: Episode): Promise<ExploredFinding | null> {
    const proving = provingOf[cause.signal] ?? 'short';
    const confirmed = await this.#proofs.confirm(episode, proving, triesOfFinding);
    return confirmed.shown.length === 0 ? null : findingOf(episode, confirmed);
  }

  #dismiss(cause: Cause, episode: Episode): void {
    this.#agenda.restore(isBeside(cause, episode));
    this.#knowledge.dismiss(cause);
  }

  #add(cause: Cause, finding: ExploredFinding): void {
    const added = this.#knowledge.add(cause, finding);
    if (added !== null) this.#options.observer.found(added);
  }

  async #settleProofs(): Promise<void> {
    const {budgetMs} = this.#options;
    const untilMs = this.#startedMs + budgetMs + Math.min(overtimeMs, overtimeShare * budgetMs);
    const over = new AbortController();
    const timer = sleep(Math.max(0, untilMs - monotonicMs()), undefined, {signal: over.signal}).then(
      () => this.#stop.abort(),
      () => {},
    );
    if (this.#beside.size > 0) this.#options.observer.step('confirming what was found');
    while (this.#beside.size > 0) await Promise.all(this.#beside);
    over.abort();
    await timer;
  }

  async #tell(end: SearchEnd): Promise<Exploration> {
    const exploration = this.#exploration(end);
    await this.#options.observer.known(exploration);
    return exploration;
  }

  #exploration(end: SearchEnd): Exploration {
    const {id, run, budgetMs, maxDepth, only} = this.#options;
    return {
      schemaVersion: 1,
      id,
      data: relative(run.baseDir, run.dataDir),
      scenario: this.#plan.name,
      variant: this.#plan.variants[0].name,
      versions: this.#recording.versions,
      command: run.command(this.#plan),
      startedAt: this.#startedAt,
      end,
      elapsedMs: monotonicMs() - this.#startedMs,
      budgetMs,
      seed: run.seed,
      maxDepth,
      only,
      groups: groupsOf(this.#recording.conversations),
      episodeCount: this.#episodeCount,
      searchMs: this.#searchMs,
      ...this.#knowledge.told(),
      calm: this.#recording.calm,
      backMs: this.#recording.backMs,
      leftOut: this.#agenda.leftOut,
    };
  }
}

/**
 * What can show nothing new, as it seems: a client that waits through one silence waits through those of the same stage, and one
 * that an end of its connection stops is stopped by the others at that exchange.
 */
const isBeside =
  ({key, signal}: Suspicion, episode: Episode) =>
  (other: Episode): boolean => {
    if (signal === 'hung') return other.strikes.some(isSilent) && causeKey(other, 'hung', null) === key;
    const endsTrial = signal === 'stuck' || signal === 'pending' || signal === 'crash';
    return endsTrial && neighbourhood(other) === neighbourhood(episode);
  };
