// Trials of one episode alone: with a fresh client each, by every detector; and smaller and smaller ones that show the same.
import {type Episode, episodeOf} from '../../explore/episodes.ts';
import type {ExploredFinding} from '../../explore/exploration.ts';
import {
  batchPlan,
  causeKey,
  isSilenceInUse,
  type Proving,
  proofPlan,
  type Signal,
  shrink,
} from '../../explore/search.ts';
import type {PresentFinding} from '../../model/finding.ts';
import type {Plan, Variant} from '../../model/plan.ts';
import type {SymptomId} from '../../model/symptoms.ts';
import type {Crew} from './crew.ts';
import {endedBadly, judgeEpisodes, judgeProof, oracle, type Proof} from './verdicts.ts';

export type ProofOptions = {
  readonly crew: Pick<Crew, 'try'>;
  readonly plan: Plan;
  /** Versions with which each finding is tried as well. */
  readonly others: readonly Variant[];
  readonly signal: AbortSignal;
  /** What the library takes to be back after its connections were closed. */
  readonly backMs: number;
  /** What it shows without any fault. */
  readonly knownSymptoms: ReadonlySet<SymptomId>;
};

/** What failures are taken to have in common. */
export type Suspicion = {readonly key: string; readonly signal: Signal};

type SavedProof = Proof & {readonly run: string};

export type Confirmed = {
  readonly shown: readonly SavedProof[];
  /** How many were tried to their end. */
  readonly count: number;
  readonly elsewhere: readonly {readonly variant: string; readonly present: Proof['present']}[];
};

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
const watched: readonly SymptomId[] = [
  'wedged-client',
  'orphaned-operation',
  'silent-consumer',
  'slow-recovery',
];
export const provingOf: {readonly [signal in Signal]?: Proving} = {
  stuck: 'watched',
  pending: 'watched',
  close: 'watched',
  leak: 'repeated',
};

export class Proofs {
  readonly #options: ProofOptions;

  constructor(options: ProofOptions) {
    this.#options = options;
  }

  /** Null where it shows nothing, or did not come to its end. */
  async once(episode: Episode, proving: Proving, plan = this.#options.plan): Promise<SavedProof | null> {
    if (this.#options.signal.aborted) return null;
    const {trial, run, forget} = await this.#options.crew.try(
      proofPlan(plan, episode, proving, this.#options.backMs),
      'alone',
      {isAlone: true},
    );
    if (trial === null || trial.end.kind === 'interrupted') return null;
    const proof = judgeProof(trial, episode, this.#options.knownSymptoms);
    if (proof.hasActed && proof.present.length > 0) return {...proof, run};
    await forget();
    return null;
  }

  /** So many times, and once with each of the versions that are compared, all at a time. */
  async confirm(episode: Episode, proving: Proving, count: number): Promise<Confirmed> {
    const {others, plan, signal} = this.#options;
    const [all, elsewhere] = await Promise.all([
      Promise.all(Array.from({length: count}, () => this.once(episode, proving))),
      Promise.all(
        others.map(async variant => {
          const proof = await this.once(episode, proving, {...plan, variants: [variant]});
          return {variant: variant.name, present: proof?.present ?? []};
        }),
      ),
    ]);
    const shown = all.filter(proof => proof !== null);
    // What was interrupted is no try.
    return {shown, count: signal.aborted ? shown.length : count, elsewhere};
  }

  async smallest(cause: Suspicion, episode: Episode): Promise<Episode['strikes']> {
    const known = new Map<string, Promise<boolean>>();
    const fails = (strikes: Episode['strikes']): Promise<boolean> => {
      const candidate = episodeOf(strikes);
      const answer = known.get(candidate.id) ?? this.showsQuickly(candidate, cause);
      known.set(candidate.id, answer);
      return answer;
    };
    if (isSilenceInUse(cause.key) && (await fails(plainSilence))) return plainSilence;
    return shrink(episode.strikes, fails);
  }

  /** Whether both of two short tries at a time show the same. */
  async showsQuickly(episode: Episode, suspicion: Suspicion): Promise<boolean> {
    const tries = await Promise.all([1, 2].map(() => this.#showsAlone(episode, suspicion)));
    return tries.every(Boolean);
  }

  async #showsAlone(episode: Episode, {signal, key}: Suspicion): Promise<boolean> {
    const {crew, plan, backMs, signal: over} = this.#options;
    if (over.aborted) return false;
    const {trial, forget} = await crew.try(batchPlan(plan, [episode], backMs), 'smaller');
    await forget();
    if (trial === null) return false;
    const verdict = judgeEpisodes(trial, [episode])[0] ?? null;
    if (verdict?.hasActed !== true) return false;
    if (signal === 'close') return endedBadly(trial);
    if (verdict.signal === null) return false;
    const isError = signal === 'crash' || signal === 'rejection';
    return isError
      ? causeKey(episode, verdict.signal, verdict.error) === key
      : areAlike(verdict.signal, signal);
  }
}

/** Of its tries, at least one of which shows something; its symptom is the worst. */
export const findingOf = (
  {id, strikes, faults}: Episode,
  {shown: all, count, elsewhere}: Confirmed,
): ExploredFinding => {
  const {symptom} = worstOf(all);
  const shown = all.filter(({present}) => present.some(one => one.symptom === symptom));
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
    triedCount: Math.max(count, shown.length),
    statement: finding?.evidence[0].statement ?? '',
    error: symptom === 'process-crash' || symptom === 'unhandled-rejection' ? (proof?.error ?? null) : null,
    moments: [],
    run: proof?.run ?? '',
    proving: provingFor(symptom),
    elsewhere: elsewhere.map(({variant, present}) => ({
      variant,
      isShown: present.some(one => one.symptom === symptom),
    })),
    caseStudy: null,
    reproducer: null,
  };
};

const worstOf = (shown: readonly SavedProof[]): PresentFinding =>
  shown
    .flatMap(({present}) => present[0] ?? [])
    .reduce((worst, one) => (oracle.indexOf(one.symptom) < oracle.indexOf(worst.symptom) ? one : worst));

/** They show by their growth from fault to fault. */
export const leaks: readonly SymptomId[] = ['connection-leak', 'listener-leak', 'memory-growth'];

/** Of its reproducer. */
const provingFor = (symptom: SymptomId): Proving => {
  if (leaks.includes(symptom)) return 'repeated';
  return watched.includes(symptom) ? 'watched' : 'short';
};

/** Whether anything succeeds beside what is stuck is a matter of luck. */
const areAlike = (a: Signal, b: Signal): boolean =>
  a === b || ((a === 'stuck' || a === 'pending') && (b === 'stuck' || b === 'pending'));
