// What a search tries next: what is on its list, then pairs without end; and last what can show nothing new, as it seems.
import {type Episode, episodesOf, insteadOf, isSaid, isSilent, morePairsOf} from '../../explore/episodes.ts';
import {type LeftOut, outOfTime} from '../../explore/exploration.ts';
import {type Filter, isNews, isWanted} from '../../explore/search.ts';
import type {Conversation} from '../../model/proxy-witness.ts';
import type {Speech} from '../../model/server-errors.ts';

export type AgendaOptions = {
  readonly seed: number;
  readonly maxDepth: 1 | 2;
  readonly only: readonly Filter[];
  /** How the server speaks; null where that is not known. */
  readonly speech: Speech | null;
  /** Ids of episodes that were tried in an earlier search. */
  readonly knownIds: ReadonlySet<string>;
};

/** In seconds, as far as one knows: what a silence takes depends on the deadline. */
const batchWeight = 16;
/** An episode that its trial did not come to is tried again, so often. */
export const mostReturns = 3;

export class Agenda {
  readonly #returns = new Map<string, number>();
  readonly #leftOut: LeftOut[] = [];
  #queue: Episode[];
  #later: Episode[] = [];
  #pairs: Generator<Episode, void, void> | null = null;

  constructor(conversations: readonly Conversation[], options: AgendaOptions) {
    const {seed, maxDepth, only, speech, knownIds} = options;
    const all = episodesOf(conversations, {seed, maxDepth, speech});
    this.#queue = all.filter(episode => isWanted(episode, only) && !knownIds.has(episode.id));
    const filtered = all.filter(episode => !isWanted(episode, only)).length;
    if (filtered > 0) this.#leftOut.push({reason: `--only ${only.join(',')}`, count: filtered});
    if (maxDepth === 2) this.#pairs = pairsOf(conversations, options);
  }

  /** The library does not even get over one closed connection: nothing that follows one can be seen. */
  leaveOutReconnects(): void {
    const count = this.#queue.length;
    this.#queue = this.#queue.filter(
      ({needs, strikes}) => needs === 'live connections' && strikes.length === 1,
    );
    this.#pairs = null;
    const reason = 'the library does not recover in time from any closed connection';
    this.#leftOut.push({reason, count: count - this.#queue.length});
  }

  get isEmpty(): boolean {
    return this.#queue.length + this.#later.length === 0 && this.#pairs === null;
  }

  get leftOut(): readonly LeftOut[] {
    return [
      ...this.#leftOut,
      ...(this.#queue.length > 0 ? [{reason: outOfTime, count: this.#queue.length}] : []),
      ...(this.#later.length > 0
        ? [{reason: 'probably the same as a known finding', count: this.#later.length}]
        : []),
    ];
  }

  /**
   * As many as there is time for, and at most as many as one client should meet.
   * @param silentMs what a silence takes
   * @param failedIds episodes that show something
   */
  batch(leftMs: number, silentMs: number, failedIds: ReadonlySet<string>): readonly Episode[] {
    let room = Math.min(batchWeight, leftMs / 1000);
    const batch: Episode[] = [];
    while (room > 0) {
      const episode = this.#next(failedIds);
      if (episode === null) break;
      if (batch[0] !== undefined && isSaid(batch[0]) !== isSaid(episode)) {
        this.#queue.unshift(episode);
        break;
      }
      batch.push(episode);
      room -= episode.strikes.some(isSilent) ? silentMs / 1000 : 1;
    }
    return batch;
  }

  #next(failedIds: ReadonlySet<string>): Episode | null {
    for (;;) {
      const episode = this.#queue.shift() ?? this.#nextPair() ?? this.#later.shift();
      if (episode === undefined) return null;
      const news = [episode, ...insteadOf(episode)].find(one => isNews(one, failedIds));
      if (news) return news;
    }
  }

  /** What can show nothing new, as it seems, comes before pairs without end: it may be wrong. */
  #nextPair(): Episode | undefined {
    if (this.#later.length > 0 || this.#pairs === null) return undefined;
    const next = this.#pairs.next();
    if (!next.done) return next.value;
    this.#pairs = null;
    return undefined;
  }

  /** Those that their trial did not come to. */
  putBack(episodes: readonly Episode[]): void {
    const back = episodes.filter(({id}) => {
      const count = (this.#returns.get(id) ?? 0) + 1;
      this.#returns.set(id, count);
      return count <= mostReturns * batchWeight;
    });
    this.#queue.unshift(...back);
  }

  /** They come last: it seems that they show nothing new. */
  postpone(isAlike: (episode: Episode) => boolean): void {
    this.#later.push(...this.#queue.filter(isAlike));
    this.#queue = this.#queue.filter(episode => !isAlike(episode));
  }

  /** They do, after all. */
  restore(isAlike: (episode: Episode) => boolean): void {
    this.#queue.push(...this.#later.filter(isAlike));
    this.#later = this.#later.filter(episode => !isAlike(episode));
  }
}

function* pairsOf(
  conversations: readonly Conversation[],
  {seed, only, knownIds}: AgendaOptions,
): Generator<Episode, void, void> {
  for (const episode of morePairsOf(conversations, {seed})) {
    if (isWanted(episode, only) && !knownIds.has(episode.id)) yield episode;
  }
}
