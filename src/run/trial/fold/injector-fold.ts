// What the injector saw of the library: its counts, and its log of connections and hits.
import type {ControlConnection, TrialEvent} from '../../../model/event.ts';
import type {Trial} from '../../../model/trial.ts';
import {samplesWithout, withoutControls} from './control-connections.ts';
import {InjectorLogFold} from './injector-log-fold.ts';
import {mergeInjector} from './merge-samples.ts';
import {boundsOf, ThinnedSamples} from './thinned-samples.ts';

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
