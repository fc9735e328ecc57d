// The search: record, enumerate, try many episodes in one client each, prove what fails in fresh clients, make it small.
import {relative} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {groupsOf} from '../../explore/conversations.ts';
import {type Episode, episodeOf, episodesOf, isSilent, morePairsOf} from '../../explore/episodes.ts';
import {
  type Cell,
  type Exploration,
  type ExploredFinding,
  type LeftOut,
  type Mark,
  outOfTime,
  type SearchEnd,
  type Unconfirmed,
} from '../../explore/exploration.ts';
import {
  batchPlan,
  calmPlan,
  causeKey,
  type Filter,
  faultPhase,
  isNews,
  isWanted,
  type Proving,
  proofPlan,
  reconnectPlan,
  recoveryPhase,
  type Signal,
  searchedPlan,
  shrink,
  withoutTelemetry,
} from '../../explore/search.ts';
import {monotonicMs} from '../../model/clock.ts';
import {messageOf} from '../../model/error-message.ts';
import {FoulweatherError} from '../../model/errors.ts';
import {hungAfterMs, type Plan, type Variant} from '../../model/plan.ts';
import type {Conversation} from '../../model/proxy-witness.ts';
import type {SymptomId} from '../../model/symptoms.ts';
import {phaseWindow} from '../../model/trial.ts';
import {choosePlan} from '../choose-plan.ts';
import {describeScenario} from '../describe.ts';
import {defaultLimits} from '../limits.ts';
import {setUpProgram} from '../npm.ts';
import {Supervisor} from '../processes/supervisor.ts';
import type {RunOptions} from '../run-options.ts';
import {Crew, type Tried} from './crew.ts';
import {
  calmTrouble,
  type EpisodeVerdict,
  endedBadly,
  judgeEpisodes,
  judgeProof,
  type Proof,
  symptomsOf,
} from './verdicts.ts';

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
  readonly observer: ExploreObserver;
};

/** And the plan that its trials had, but for their phases. */
export type Explored = {readonly exploration: Exploration; readonly plan: Plan};

export type ExploreObserver = {
  readonly step: (what: string) => void;
  /** After each trial. What is known is saved then. */
  readonly known: (exploration: Exploration) => Promise<void>;
  readonly found: (finding: ExploredFinding) => void;
};

/** In seconds, as far as one knows: what a silence takes depends on the deadline. */
const batchWeight = 16;
/** Beside the episodes': a proof waits most of the time. */
const proofsAtOnce = 2;
const triesOfFinding = 3;
const mostDismissals = 2;
const mostReturns = 3;
/** What was begun to be confirmed when the time is over gets so much more, at most a share of the budget. */
const overtimeMs = 60_000;
const overtimeShare = 0.5;
const closeLive = episodeOf([{kind: 'live', action: 'close'}]);
/** The plainest silence stands for all of them. */
const plainSilence: Episode['strikes'] = [
  {
    kind: 'moment',
    action: 'silence',
    cut: 'after',
    exchange: 1,
    since: 'fault',
    direction: 'upstream',
    isHandshake: false,
    connections: 'first',
    position: 1,
  },
];
const watched: readonly SymptomId[] = ['wedged-client', 'orphaned-operation', 'silent-consumer'];
const provingOf: {readonly [signal in Signal]?: Proving} = {
  stuck: 'watched',
  pending: 'watched',
  close: 'watched',
  leak: 'repeated',
};

type Cause = {
  readonly key: string;
  readonly signal: Signal;
  readonly episodes: Episode[];
  state: 'open' | 'proven' | 'dismissed';
  dismissals: number;
  finding: number | null;
};

/** @throws FoulweatherError FW_EXPLORE_CALM, FW_EXPLORE_UNSEEN, and those of a run that cannot start */
export const explore = async (options: ExploreOptions): Promise<Explored> => {
  const {run} = options;
  const supervisor = Supervisor.start(run.environment);
  try {
    const limits = {...defaultLimits, ...run.limits};
    const described = await describeScenario(supervisor, run, {
      limitMs: limits.describeMs,
      signal: run.signal,
    });
    const chosen = choosePlan(described, {...run, variants: run.variants}, run.target ?? asTheScenarioSays);
    // Of a comparison of versions the installed one is the last.
    const others = run.reshape === undefined ? [] : chosen.variants.slice(0, -1).map(withoutTelemetry);
    const plan = searchedPlan(chosen, chosen.variants[others.length]?.name ?? null);
    const {reshape: _, ...asChosen} = {...run, variants: null};
    const all: Plan = {...(await withProgramSetUp(plan, options)), variants: [plan.variants[0], ...others]};
    const isShared = plan.target.kind === 'url' || run.target?.targetUrl != null;
    const mostWorkers = isShared ? 1 : options.jobs + proofsAtOnce;
    const crewOf: CrewOf = (signal, limited) =>
      new Crew({supervisor, run: asChosen, plan: all, signal, mostWorkers, limited});
    return {exploration: await search(options, plan, crewOf, others), plan};
  } finally {
    await supervisor.stop();
  }
};

export type CrewOf = (
  signal: AbortSignal,
  limited: (count: number, error: unknown) => void,
) => Pick<Crew, 'try' | 'finish'>;

/**
 * @param crewOf what runs the trials
 * @param others versions with which each finding is tried as well
 */
export const search = (
  options: ExploreOptions,
  plan: Plan,
  crewOf: CrewOf,
  others: readonly Variant[] = [],
): Promise<Exploration> => new Search(options, plan, crewOf, others).run();

/** Once: the environments, which begin beside each other, would disturb each other. */
const withProgramSetUp = async (plan: Plan, {run, observer}: ExploreOptions): Promise<Plan> => {
  if (plan.program?.setup === undefined) return plan;
  const {setup, ...program} = plan.program;
  observer.step(`running ${setup.join(' ')}`);
  await setUpProgram(plan.program, run.scenarioFile, run);
  return {...plan, program};
};

const asTheScenarioSays = {targetUrl: null, startServices: false};

class Search {
  readonly #options: ExploreOptions;
  readonly #plan: Plan;
  readonly #crew: ReturnType<CrewOf>;
  readonly #others: readonly Variant[];
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #startedMs = monotonicMs();
  readonly #startedAt: string;
  readonly #cells = new Map<string, Cell>();
  readonly #causes = new Map<string, Cause>();
  readonly #findings: ExploredFinding[] = [];
  /** What runs beside the search, and the errors of that. */
  readonly #beside = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  readonly #returns = new Map<string, number>();
  /** What is tried next; what can show nothing new as it seems; and what comes when the queue is empty. */
  #queue: Episode[] = [];
  #later: Episode[] = [];
  #pairs: Generator<Episode, void, void> | null = null;
  #knownSymptoms: ReadonlySet<SymptomId> = new Set();
  #conversations: readonly Conversation[] = [];
  #versions: Exploration['versions'] = {};
  #kickCause: Cause | null = null;
  #backMs = 0;
  #episodeCount = 0;
  #findingCount = 0;
  #searchMs = 0;
  #startFailures = 0;
  #isBisecting = false;
  readonly #leftOut: LeftOut[] = [];

  constructor(options: ExploreOptions, plan: Plan, crewOf: CrewOf, others: readonly Variant[]) {
    this.#options = options;
    this.#others = others;
    this.#plan = plan;
    this.#startedAt = options.run.now().toISOString();
    this.#signal = AbortSignal.any([options.run.signal, this.#stop.signal]);
    this.#crew = crewOf(this.#signal, (count, error) => {
      if (!this.#signal.aborted) options.observer.step(`only ${count} at a time: ${messageOf(error)}`);
    });
  }

  async run(): Promise<Exploration> {
    const {observer, jobs} = this.#options;
    observer.step('recording a calm conversation');
    await this.#record();
    this.#enumerate();
    await this.#tell('running');
    const searchedFromMs = monotonicMs();
    await Promise.all(Array.from({length: jobs}, () => this.#searchOn()));
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
    return this.#queue.length + this.#later.length > 0 || this.#pairs !== null ? 'budget' : 'complete';
  }

  /** Calm first: what the library does without faults is not the search's matter. Then how it connects anew. */
  async #record(): Promise<void> {
    const {earlier} = this.#options;
    const calm = await this.#crew.try(calmPlan(this.#plan), 'calm', true);
    if (calm.trial === null || this.#signal.aborted) throw interrupted();
    const trouble = calmTrouble(calm.trial);
    if (trouble !== null) {
      throw new FoulweatherError(
        'FW_EXPLORE_CALM',
        `Scenario "${this.#plan.name}" does not work without faults: ${trouble}.`,
        'Make `foulweather run` succeed with it first; its calm phases show what fails.',
      );
    }
    this.#versions = calm.trial.versions;
    this.#knownSymptoms = new Set(symptomsOf(calm.trial).map(({symptom}) => symptom));
    await calm.forget();
    const again = await this.#crew.try(reconnectPlan(this.#plan, closeLive), 'reconnect', true);
    this.#conversations = madeAnew(again) ?? calm.conversations;
    this.#backMs = backAfter(again);
    if (groupsOf(this.#conversations).length === 0) {
      throw new FoulweatherError(
        'FW_EXPLORE_UNSEEN',
        `No conversation between ${this.#plan.variants[0].name} and its server was seen.`,
        'Check that open() connects to the URL it is given, and that the operations use that connection.',
      );
    }
    if (earlier === null) await this.#take([closeLive], again);
    // What every closed connection causes is told of none of the moments after it.
    this.#kickCause = [...this.#causes.values()][0] ?? null;
  }

  #enumerate(): void {
    const {only, maxDepth, run, earlier} = this.#options;
    const conversations = this.#conversations;
    const done = new Map((earlier?.cells ?? []).map(cell => [cell.id, cell]));
    for (const cell of done.values()) if (cell.mark !== 'undecided') this.#cells.set(cell.id, cell);
    this.#findings.push(...(earlier?.findings ?? []));
    this.#findingCount = Math.max(0, ...this.#findings.map(({number}) => number));
    const all = episodesOf(conversations, {seed: run.seed, maxDepth});
    this.#queue = all.filter(episode => isWanted(episode, only) && !this.#cells.has(episode.id));
    const filtered = all.filter(episode => !isWanted(episode, only)).length;
    if (filtered > 0) this.#leftOut.push({reason: `--only ${only.join(', ')}`, count: filtered});
    if (this.#kickCause?.signal === 'stuck') {
      const count = this.#queue.length;
      this.#queue = this.#queue.filter(
        ({needs, strikes}) => needs === 'live connections' && strikes.length === 1,
      );
      const reason = 'the library does not recover in time after any closed connection';
      this.#leftOut.push({reason, count: count - this.#queue.length});
    }
    const silence = this.#findings.find(
      ({symptom, strikes}) => symptom === 'hung-operation' && strikes.every(isSilent),
    );
    if (silence) {
      const cause = this.#newCause('hung: silence', 'hung');
      cause.state = 'proven';
      cause.finding = silence.number;
      cause.episodes.push(episodeOf(silence.strikes));
      this.#postponeSilence();
    }
    if (maxDepth === 2 && this.#kickCause?.signal !== 'stuck') this.#pairs = this.#pairsOf(conversations);
  }

  *#pairsOf(conversations: readonly Conversation[]): Generator<Episode, void, void> {
    const {only, run} = this.#options;
    for (const episode of morePairsOf(conversations, {seed: run.seed})) {
      if (isWanted(episode, only) && !this.#cells.has(episode.id)) yield episode;
    }
  }

  #next(): Episode | null {
    for (;;) {
      const episode = this.#queue.shift() ?? this.#nextPair() ?? this.#later.shift();
      if (episode === undefined) return null;
      const failed = new Set(
        [...this.#cells.values()].filter(({mark}) => mark === 'failed').map(({id}) => id),
      );
      if (!isNews(episode, failed)) continue;
      return episode;
    }
  }

  /** What can show nothing new, as it seems, comes before pairs: it may be wrong. */
  #nextPair(): Episode | undefined {
    if (this.#later.length > 0 || this.#pairs === null) return undefined;
    const next = this.#pairs.next();
    if (!next.done) return next.value;
    this.#pairs = null;
    return undefined;
  }

  /** As many as there is time for. */
  #batch(): readonly Episode[] {
    const leftMs = this.#startedMs + this.#options.budgetMs - monotonicMs();
    let room = Math.min(batchWeight, leftMs / 1000);
    const batch: Episode[] = [];
    while (room > 0) {
      const episode = this.#next();
      if (episode === null) break;
      batch.push(episode);
      room -= episode.strikes.some(isSilent) ? (2 * hungAfterMs(this.#plan.operation)) / 1000 : 1;
    }
    return batch;
  }

  async #searchOn(): Promise<void> {
    while (!this.#isOver) {
      const batch = this.#batch();
      if (batch.length === 0) return;
      await this.#take(batch, await this.#crew.try(batchPlan(this.#plan, batch, this.#backMs), 'batch'));
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
        `The client of scenario "${this.#plan.name}" no longer starts: ${trial === null ? 'no trial began' : (calmTrouble(trial) ?? 'it was not well')}.`,
        'Check its server: the faults may have damaged its state. A target that the scenario starts is restarted for each trial.',
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
    this.#return(unseen);
    if (trial !== null && endedBadly(trial) && !this.#knownSymptoms.has('close-hangs')) {
      this.#bisect(batch.filter(episode => !unseen.includes(episode)));
    }
    if (!hasSuspects) await forget();
  }

  #return(episodes: readonly Episode[]): void {
    const back = episodes.filter(({id}) => {
      const count = (this.#returns.get(id) ?? 0) + 1;
      this.#returns.set(id, count);
      return count <= mostReturns * batchWeight;
    });
    this.#queue.unshift(...back);
  }

  /** Whether it is a suspect. */
  #note(episode: Episode, {hasActed, signal, error}: EpisodeVerdict): boolean {
    if (signal === null) {
      this.#mark(episode, hasActed ? 'passed' : 'unreached', null);
      return false;
    }
    this.#suspect(episode, signal, error);
    return true;
  }

  #mark({id, strikes}: Episode, mark: Mark, finding: number | null): void {
    this.#cells.set(id, {id, strikes, mark, finding});
  }

  /** Close() took too long after one of them: halves are tried until one is left. */
  #bisect(batch: readonly Episode[]): void {
    if (this.#isBisecting || [...this.#causes.values()].some(({signal}) => signal === 'close')) return;
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
      const {trial, forget} = await this.#crew.try(batchPlan(this.#plan, half, this.#backMs), 'half');
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
      episode.needs === 'new connections';
    const key = isKick ? kick.key : causeKey(episode, signal, error);
    const cause = this.#causes.get(key) ?? this.#newCause(key, signal);
    cause.episodes.push(episode);
    this.#mark(episode, cause.finding === null ? 'undecided' : 'failed', cause.finding);
    const isFirst = cause.episodes.length === 1;
    const isTriedAgain = cause.state === 'dismissed' && cause.dismissals < mostDismissals;
    if (cause.state === 'dismissed' && !isTriedAgain) this.#mark(episode, 'slow', null);
    if (!isFirst && !isTriedAgain) return;
    cause.state = 'open';
    if (key === 'hung: silence') this.#postponeSilence();
    this.#follow(this.#prove(cause, episode));
  }

  #newCause(key: string, signal: Signal): Cause {
    const cause: Cause = {key, signal, episodes: [], state: 'open', dismissals: 0, finding: null};
    this.#causes.set(key, cause);
    return cause;
  }

  /** Alone, each time with a fresh client: once or twice as it is, then as small as it gets. */
  async #prove(cause: Cause, episode: Episode): Promise<void> {
    const proving = provingOf[cause.signal] ?? 'short';
    const first = (await this.#proof(episode, proving)) ?? (await this.#proof(episode, proving));
    if (this.#signal.aborted && first === null) return;
    if (first === null) {
      cause.state = 'dismissed';
      cause.dismissals++;
      if (cause.key === 'hung: silence') this.#queue.push(...this.#later.splice(0));
      for (const one of cause.episodes) this.#mark(one, 'slow', null);
      return;
    }
    const {symptom} = first.present[0]!;
    const early = this.#add(cause, this.#findingOf(episode, symptom, [first], 1));
    const strikes = await this.#smallest(cause, episode);
    const small = episodeOf(strikes);
    const isSame = small.id === episode.id;
    const isLong = proving === 'short' && watched.includes(symptom) ? 'watched' : proving;
    const more = await this.#repeat(small, isLong, isSame ? triesOfFinding - 1 : triesOfFinding);
    const ofSmall = more.shown.filter(({present}) => present.some(one => one.symptom === symptom));
    if (ofSmall.length > 0 || isSame) {
      const shown = isSame ? [first, ...ofSmall] : ofSmall;
      const finding = this.#findingOf(small, symptom, shown, more.count + (isSame ? 1 : 0));
      this.#replace(cause, early, {...finding, elsewhere: await this.#elsewhere(small, symptom, isLong)});
    } else {
      const again = await this.#repeat(episode, isLong, triesOfFinding - 1);
      const shown = again.shown.filter(({present}) => present.some(one => one.symptom === symptom));
      this.#replace(cause, early, this.#findingOf(episode, symptom, [first, ...shown], again.count + 1));
    }
    await this.#tell('running');
  }

  /** Once with each of the versions that are compared. */
  async #elsewhere(
    episode: Episode,
    symptom: SymptomId,
    proving: Proving,
  ): Promise<ExploredFinding['elsewhere']> {
    return Promise.all(
      this.#others.map(async variant => {
        const proof = await this.#proof(episode, proving, {...this.#plan, variants: [variant]});
        const isShown = proof?.present.some(one => one.symptom === symptom) ?? false;
        return {variant: variant.name, isShown};
      }),
    );
  }

  /** Null where it shows nothing, or did not come to its end. */
  async #proof(
    episode: Episode,
    proving: Proving,
    plan = this.#plan,
  ): Promise<(Proof & {readonly run: string}) | null> {
    if (this.#signal.aborted) return null;
    const {trial, run, forget} = await this.#crew.try(
      proofPlan(plan, episode, proving, this.#backMs),
      'alone',
    );
    if (trial === null || trial.end.kind === 'interrupted') return null;
    const proof = judgeProof(trial, episode, this.#knownSymptoms);
    if (proof.hasActed && proof.present.length > 0) return {...proof, run};
    await forget();
    return null;
  }

  async #repeat(episode: Episode, proving: Proving, count: number) {
    const all = await Promise.all(Array.from({length: count}, () => this.#proof(episode, proving)));
    // What was interrupted is no try.
    return {
      shown: all.filter(proof => proof !== null),
      count: this.#signal.aborted ? all.filter(proof => proof !== null).length : count,
    };
  }

  async #smallest(cause: Cause, episode: Episode): Promise<Episode['strikes']> {
    const known = new Map<string, Promise<boolean>>();
    const fails = (strikes: Episode['strikes']): Promise<boolean> => {
      const candidate = episodeOf(strikes);
      const answer = known.get(candidate.id) ?? this.#failsAlone(candidate, cause);
      known.set(candidate.id, answer);
      return answer;
    };
    if (cause.key === 'hung: silence' && (await fails(plainSilence))) return plainSilence;
    return shrink(episode.strikes, fails);
  }

  /** Twice, at the same time. */
  async #failsAlone(episode: Episode, {signal, key}: Cause): Promise<boolean> {
    if (this.#signal.aborted) return false;
    const tries = await Promise.all(
      [1, 2].map(async () => {
        const {trial, forget} = await this.#crew.try(
          batchPlan(this.#plan, [episode], this.#backMs),
          'smaller',
        );
        const verdict = trial === null ? null : (judgeEpisodes(trial, [episode])[0] ?? null);
        await forget();
        if (verdict?.hasActed !== true || verdict.signal === null) return false;
        const isError = signal === 'crash' || signal === 'rejection';
        return isError
          ? causeKey(episode, verdict.signal, verdict.error) === key
          : areAlike(verdict.signal, signal);
      }),
    );
    return tries.every(Boolean);
  }

  #findingOf(
    {id, strikes, faults}: Episode,
    symptom: SymptomId,
    shown: readonly (Proof & {readonly run: string})[],
    triedCount: number,
  ): ExploredFinding {
    const [proof] = shown;
    const finding = proof?.present.find(one => one.symptom === symptom);
    const others = new Set(shown.flatMap(({present}) => present.map(one => one.symptom)));
    others.delete(symptom);
    return {
      number: 0,
      symptom,
      others: [...others],
      id,
      strikes,
      faults,
      shownCount: shown.length,
      triedCount: Math.max(triedCount, shown.length),
      statement: finding?.evidence[0].statement ?? '',
      error: symptom === 'process-crash' || symptom === 'unhandled-rejection' ? (proof?.error ?? null) : null,
      moments: [],
      run: proof?.run ?? '',
      proving: provingFor(symptom),
      elsewhere: [],
      reproducer: null,
    };
  }

  /** Saved before anything is made of it. */
  #add(cause: Cause, finding: ExploredFinding): number {
    const number = ++this.#findingCount;
    this.#findings.push({...finding, number});
    cause.state = 'proven';
    this.#joinMoments(cause, number);
    return number;
  }

  /** What turns out to be the same as another one is told with it. */
  #replace(cause: Cause, number: number, finding: ExploredFinding): void {
    const same = this.#findings.find(
      other =>
        other.number !== number &&
        other.symptom === finding.symptom &&
        (other.id === finding.id || (finding.error !== null && other.error === finding.error)),
    );
    const index = this.#findings.findIndex(other => other.number === number);
    if (same) {
      this.#findings.splice(index, 1);
      this.#joinMoments(cause, same.number);
      return;
    }
    const {moments} = this.#findings[index]!;
    const kept = {...finding, number, moments};
    this.#findings[index] = kept;
    this.#options.observer.found(kept);
  }

  #joinMoments(cause: Cause, number: number): void {
    cause.finding = number;
    for (const episode of cause.episodes) this.#mark(episode, 'failed', number);
  }

  /** A client that waits through one silence waits through all of them: the others come last. */
  #postponeSilence(): void {
    const isKnown = ({strikes}: Episode): boolean => strikes.some(isSilent);
    this.#later.push(...this.#queue.filter(isKnown));
    this.#queue = this.#queue.filter(episode => !isKnown(episode));
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
    const unconfirmed: Unconfirmed[] = [...this.#causes.values()].flatMap(({state, signal, episodes}) =>
      state === 'open' && episodes[0] ? [{id: episodes[0].id, signal}] : [],
    );
    // Those that turned out to be the same as another leave no gap.
    const numberOf = (number: number | null): number | null =>
      number === null ? null : this.#findings.findIndex(finding => finding.number === number) + 1;
    return {
      schemaVersion: 1,
      id,
      data: relative(run.baseDir, run.dataDir),
      scenario: this.#plan.name,
      variant: this.#plan.variants[0].name,
      versions: this.#versions,
      command: run.command(this.#plan),
      startedAt: this.#startedAt,
      end,
      elapsedMs: monotonicMs() - this.#startedMs,
      budgetMs,
      seed: run.seed,
      maxDepth,
      only,
      groups: groupsOf(this.#conversations),
      episodeCount: this.#episodeCount,
      searchMs: this.#searchMs,
      cells: [...this.#cells.values()].map(cell => ({...cell, finding: numberOf(cell.finding)})),
      findings: this.#findings.map(finding => ({
        ...finding,
        number: numberOf(finding.number)!,
        moments: [...this.#cells.values()]
          .filter(cell => cell.finding === finding.number)
          .map(cell => cell.id),
      })),
      unconfirmed,
      backMs: this.#backMs,
      leftOut: [
        ...this.#leftOut,
        ...(this.#queue.length > 0 ? [{reason: outOfTime, count: this.#queue.length}] : []),
        ...(this.#later.length > 0
          ? [{reason: 'silence, which the client is known to wait through', count: this.#later.length}]
          : []),
      ],
    };
  }
}

/** Of its reproducer. */
const provingFor = (symptom: SymptomId): Proving => {
  if (symptom === 'connection-leak' || symptom === 'listener-leak') return 'repeated';
  return watched.includes(symptom) ? 'watched' : 'short';
};

/** What the library took to be well again. Its phases are watched for a while in any case. */
const backAfter = ({trial}: Tried): number => {
  const [fault, after] = [faultPhase(0), recoveryPhase(0)].map(phase => trial && phaseWindow(trial, phase));
  if (!trial || !fault || !after) return 0;
  const afterMs = after.endMs - after.startMs;
  const isLate = afterMs > (trial.plan.phases[recoveryPhase(0)]?.durationMs ?? 0) + backSlackMs;
  return fault.endMs - fault.startMs + (isLate ? afterMs : 0);
};

const backSlackMs = 300;

/** The conversations of connections that were made after all that were open were closed; null where there were none. */
const madeAnew = ({trial, conversations}: Tried): readonly Conversation[] | null => {
  const edge = trial?.edges.find(({phase}) => phase === faultPhase(0));
  if (!trial || !edge) return null;
  const fresh = conversations.filter(({openedMs}) => openedMs - trial.originEpochMs >= edge.beforeMs);
  return groupsOf(fresh).length > 0 ? fresh : null;
};

/** Whether anything succeeds beside what is stuck is a matter of luck. */
const areAlike = (a: Signal, b: Signal): boolean =>
  a === b || ((a === 'stuck' || a === 'pending') && (b === 'stuck' || b === 'pending'));

const interrupted = (): FoulweatherError =>
  new FoulweatherError(
    'FW_INTERRUPTED',
    'Interrupted before the search began; there is nothing to report.',
    'Run it again.',
  );
