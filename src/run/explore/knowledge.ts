// What a search knows: a cell for each episode that was tried, the causes of what looked wrong, and what was found.
import {type Episode, episodeOf, isSilent} from '../../explore/episodes.ts';
import type {Cell, Exploration, ExploredFinding, Mark} from '../../explore/exploration.ts';
import {causeKey, isSilenceInUse, type Signal} from '../../explore/search.ts';
import type {Suspicion} from './proofs.ts';

/** What is known of one makes others quicker. */
export type Cause = Suspicion & {
  readonly episodes: Episode[];
  state: 'open' | 'proven' | 'dismissed';
  dismissals: number;
  finding: number | null;
};

export class Knowledge {
  readonly #cells = new Map<string, Cell>();
  readonly #causes = new Map<string, Cause>();
  readonly #findings: ExploredFinding[];
  #findingCount: number;

  /** With what an earlier search knew; what that one left undecided is tried again. */
  constructor(earlier: Exploration | null) {
    for (const cell of earlier?.cells ?? []) if (cell.mark !== 'undecided') this.#cells.set(cell.id, cell);
    this.#findings = [...(earlier?.findings ?? [])];
    this.#findingCount = Math.max(0, ...this.#findings.map(({number}) => number));
  }

  /** Of those with one of the marks, or of all. */
  cellIds(...marks: readonly Mark[]): readonly string[] {
    return [...this.#cells.values()].flatMap(({id, mark}) =>
      marks.length === 0 || marks.includes(mark) ? id : [],
    );
  }

  get causes(): readonly Cause[] {
    return [...this.#causes.values()];
  }

  causeOf(key: string, signal: Signal): Cause {
    const known = this.#causes.get(key);
    if (known) return known;
    const cause: Cause = {key, signal, episodes: [], state: 'open', dismissals: 0, finding: null};
    this.#causes.set(key, cause);
    return cause;
  }

  /** That the client waits through silence, as an earlier search found; null where it did not. */
  knownSilence(): {readonly cause: Cause; readonly episode: Episode} | null {
    const finding = this.#findings.find(
      ({symptom, strikes}) => symptom === 'hung-operation' && strikes.every(isSilent),
    );
    if (!finding) return null;
    const episode = episodeOf(finding.strikes);
    const cause = this.causeOf(causeKey(episode, 'hung', null), 'hung');
    cause.state = 'proven';
    cause.finding = finding.number;
    cause.episodes.push(episode);
    return {cause, episode};
  }

  mark({id, strikes}: Episode, mark: Mark, finding: number | null): void {
    this.#cells.set(id, {id, strikes, mark, finding});
  }

  /** Then it says nothing of what sets the versions apart, which it must not hide. */
  isInAllVersions({finding}: Cause): boolean {
    const elsewhere = this.#findings.find(({number}) => number === finding)?.elsewhere ?? [];
    return elsewhere.length > 0 && elsewhere.every(({isShown}) => isShown);
  }

  dismiss(cause: Cause): void {
    cause.state = 'dismissed';
    cause.dismissals++;
    for (const episode of cause.episodes) this.mark(episode, 'slow', null);
  }

  /** Whether an episode is a finding already, by the same signal; then it is the cause's. */
  joinKnown(cause: Cause, {id}: Episode): boolean {
    const known = this.#findings.find(finding => finding.id === id);
    if (known === undefined || this.#signalOf(known) !== cause.signal) return false;
    this.#join(cause, known.number);
    return true;
  }

  /** The finding with its number; null where it turns out to be the same as another one, which then stands for both. */
  add(cause: Cause, finding: ExploredFinding): ExploredFinding | null {
    const {id, symptom, error} = finding;
    const same = this.#findings.find(
      other =>
        other.symptom === symptom &&
        (other.id === id || (error !== null && other.error === error) || areOfOneKind(other, finding)),
    );
    if (same) {
      // Of several stages the plainest is told.
      if (isSilenceInUse(cause.key)) {
        this.#findings[this.#findings.indexOf(same)] = {...finding, number: same.number};
      }
      this.#join(cause, same.number);
      return null;
    }
    const numbered = {...finding, number: ++this.#findingCount};
    this.#findings.push(numbered);
    this.#join(cause, numbered.number);
    return numbered;
  }

  /** Numbered without gaps: those that turned out to be the same as another have none. */
  told(): Pick<Exploration, 'cells' | 'findings' | 'unconfirmed'> {
    const cells = [...this.#cells.values()];
    const numberOf = (number: number | null): number | null =>
      number === null ? null : this.#findings.findIndex(finding => finding.number === number) + 1;
    return {
      cells: cells.map(cell => ({...cell, finding: numberOf(cell.finding)})),
      findings: this.#findings.map(finding => ({
        ...finding,
        number: numberOf(finding.number)!,
        moments: cells.filter(cell => cell.finding === finding.number).map(({id}) => id),
      })),
      unconfirmed: this.causes.flatMap(({state, signal, episodes: [episode]}) =>
        state === 'open' && episode ? [{id: episode.id, signal}] : [],
      ),
    };
  }

  #signalOf({number}: ExploredFinding): Signal | null {
    return this.causes.find(({finding}) => finding === number)?.signal ?? null;
  }

  #join(cause: Cause, number: number): void {
    cause.state = 'proven';
    cause.finding = number;
    for (const episode of cause.episodes) this.mark(episode, 'failed', number);
  }
}

/**
 * A client that waits through silence at several stages has one finding, unless versions differ in one of them. Of those that all
 * versions have in common one is enough, too: a comparison is about the others.
 */
const areOfOneKind = (a: ExploredFinding, b: ExploredFinding): boolean => {
  const [isSilentA, isSilentB] = [a, b].map(({strikes}) => strikes.every(isSilent));
  const isAlike = a.elsewhere.every(({isShown}, index) => isShown === b.elsewhere[index]?.isShown);
  const isCommon = a.elsewhere.length > 0 && a.elsewhere.every(({isShown}) => isShown);
  return (
    isSilentA === isSilentB && isAlike && (isCommon || (isSilentA === true && a.symptom === 'hung-operation'))
  );
};
