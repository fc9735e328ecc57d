// The injector's news of each phase, put together: connections as they were last seen, and all hits.
import type {ConnectionRecord, HttpHit, InjectorLog} from '../../../model/proxy-witness.ts';

/** Journals of old have the last records only, without counts of what is missing and without the times of hits. */
export type JournalledLog = Pick<InjectorLog, 'hits'> &
  Partial<Pick<InjectorLog, 'connectionsLeftOut' | 'hitsLeftOut'>> & {
    readonly connections: readonly (Omit<ConnectionRecord, 'hitsMs'> &
      Partial<Pick<ConnectionRecord, 'hitsMs'>>)[];
  };

export class InjectorLogFold {
  readonly #connections = new Map<number, ConnectionRecord>();
  readonly #hits: HttpHit[] = [];
  #connectionsLeftOut = 0;
  #hitsLeftOut = 0;
  #isEmpty = true;

  add({connections, hits, connectionsLeftOut = 0, hitsLeftOut = 0}: JournalledLog): void {
    this.#isEmpty = false;
    for (const record of connections)
      this.#connections.set(record.id, {...record, hitsMs: record.hitsMs ?? []});
    this.#hits.push(...hits);
    this.#connectionsLeftOut += connectionsLeftOut;
    this.#hitsLeftOut += hitsLeftOut;
  }

  /** Null where the injector keeps no records. */
  log(): InjectorLog | null {
    if (this.#isEmpty) return null;
    return {
      connections: [...this.#connections.values()].sort((a, b) => a.id - b.id),
      connectionsLeftOut: this.#connectionsLeftOut,
      hits: this.#hits,
      hitsLeftOut: this.#hitsLeftOut,
    };
  }
}
