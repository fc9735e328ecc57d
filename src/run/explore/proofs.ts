// Trials of one episode alone: with a fresh client each, by every detector; and smaller and smaller ones that show the same.
import {type Episode, episodeOf} from '../../explore/episodes.ts';
import type {ExploredFinding} from '../../explore/exploration.ts';
import {batchPlan, causeKey, type Proving, proofPlan, type Signal, shrink} from '../../explore/search.ts';
import type {Plan, Variant} from '../../model/plan.ts';
import type {SymptomId} from '../../model/symptoms.ts';
import type {Crew} from './crew.ts';
import {judgeEpisodes, judgeProof, type Proof} from './verdicts.ts';

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
export const watched: readonly SymptomId[] = ['wedged-client', 'orphaned-operation', 'silent-consumer'];
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

  /** Once with each of the versions that are compared. */
  async elsewhere(
    episode: Episode,
    symptom: SymptomId,
    proving: Proving,
  ): Promise<ExploredFinding['elsewhere']> {
    return Promise.all(
      this.#options.others.map(async variant => {
        const proof = await this.once(episode, proving, {...this.#options.plan, variants: [variant]});
        const isShown = proof?.present.some(one => one.symptom === symptom) ?? false;
        return {variant: variant.name, isShown};
      }),
    );
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

  async repeat(episode: Episode, proving: Proving, count: number) {
    const all = await Promise.all(Array.from({length: count}, () => this.once(episode, proving)));
    // What was interrupted is no try.
    return {
      shown: all.filter(proof => proof !== null),
      count: this.#options.signal.aborted ? all.filter(proof => proof !== null).length : count,
    };
  }

  async smallest(cause: Suspicion, episode: Episode): Promise<Episode['strikes']> {
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
  async #failsAlone(episode: Episode, {signal, key}: Suspicion): Promise<boolean> {
    if (this.#options.signal.aborted) return false;
    const tries = await Promise.all(
      [1, 2].map(async () => {
        const {trial, forget} = await this.#options.crew.try(
          batchPlan(this.#options.plan, [episode], this.#options.backMs),
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
}

export const findingOf = (
  {id, strikes, faults}: Episode,
  symptom: SymptomId,
  shown: readonly SavedProof[],
  triedCount: number,
): ExploredFinding => {
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
    caseStudy: null,
    reproducer: null,
  };
};

/** Of its reproducer. */
const provingFor = (symptom: SymptomId): Proving => {
  if (symptom === 'connection-leak' || symptom === 'listener-leak') return 'repeated';
  return watched.includes(symptom) ? 'watched' : 'short';
};

/** Whether anything succeeds beside what is stuck is a matter of luck. */
const areAlike = (a: Signal, b: Signal): boolean =>
  a === b || ((a === 'stuck' || a === 'pending') && (b === 'stuck' || b === 'pending'));
