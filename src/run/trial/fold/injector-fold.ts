// What the injector saw of the library: its counts, and its log of connections and hits.
import type {ControlConnection, TrialEvent} from '../../../model/event.ts';
import type {ConnectionRecord, HttpHit, InjectorLog} from '../../../model/proxy-witness.ts';
import type {Trial} from '../../../model/trial.ts';
import {samplesWithout, withoutControls} from './control-connections.ts';
import {mergeInjector} from './merge-samples.ts';
import {boundsOf, ThinnedSamples} from './thinned-samples.ts';

/** Older journals have the last records only, without counts of what is missing and without the times of hits. */
type JournalledLog = Pick<InjectorLog, 'hits'> &
  Partial<Pick<InjectorLog, 'connectionsLeftOut' | 'hitsLeftOut'>> & {
    readonly connections: readonly (Omit<ConnectionRecord, 'hitsMs'> &
      Partial<Pick<ConnectionRecord, 'hitsMs'>>)[];
  };

class InjectorLogFold {
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

export class InjectorFold {
  readonly #samples = new ThinnedSamples(mergeInjector);
  readonly #log = new InjectorLogFold();
  readonly #controls: ControlConnection[] = [];

  add(event: TrialEvent): void {
    for (const boundMs of boundsOf(event)) this.#samples.bound(boundMs);
    switch (event.kind) {
      case 'injector':
        this.#samples.add({atMs: event.atMs, witness: event.witness});
        break;
      case 'injector-log':
        this.#log.add(event.log);
        break;
      case 'control-connection':
        this.#controls.push(event);
        break;
    }
  }

  observation(originEpochMs: number): Pick<Trial, 'injector' | 'injectorLog'> {
    const log = this.#log.log();
    return {
      injector: samplesWithout(this.#controls, this.#samples.all()),
      injectorLog: log && withoutControls(this.#controls, log, originEpochMs),
    };
  }
}
