// Clients that come and go: figures are reported again as they change, and the last report counts.
import type {ClientFigures, ClientLives, SlowClose} from '../../../model/client-witness.ts';
import type {TrialEvent} from '../../../model/event.ts';
import type {Trial} from '../../../model/trial.ts';

export class ClientsFold {
  readonly #phases = new Map<number, ClientFigures>();
  readonly #slowCloses = new Map<number, SlowClose>();
  readonly #lives = new Map<number, ClientLives>();
  #isSeen = false;

  add(event: TrialEvent): void {
    if (event.kind !== 'clients') return;
    this.#isSeen = true;
    for (const figures of event.phases) this.#phases.set(figures.phase, figures);
    for (const close of event.slowCloses) this.#slowCloses.set(close.number, close);
    for (const life of event.lives) this.#lives.set(life.fromMs, life);
  }

  observation(): Pick<Trial, 'clients'> {
    if (!this.#isSeen) return {clients: null};
    return {
      clients: {
        phases: [...this.#phases.values()].sort((a, b) => a.phase - b.phase),
        slowCloses: [...this.#slowCloses.values()].sort((a, b) => a.number - b.number),
        lives: [...this.#lives.values()].sort((a, b) => a.fromMs - b.fromMs),
      },
    };
  }
}
