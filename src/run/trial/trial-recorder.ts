// What is reported in a trial goes to its journal first, and then into the fold.
import type {TrialEvent} from '../../model/event.ts';
import type {Plan} from '../../model/plan.ts';
import type {Trial} from '../../model/trial.ts';
import {Journal} from '../../store/journal.ts';
import type {TrialFiles} from '../../store/run-folder.ts';
import {TrialFold} from './fold/trial-fold.ts';

export class TrialRecorder {
  readonly #journal: Journal;
  readonly #fold: TrialFold;
  readonly #observe: (event: TrialEvent) => void;

  /** @param plan the run's, whichever of its phases the trial sees */
  constructor(plan: Plan, {journalFile}: TrialFiles, observe: (event: TrialEvent) => void) {
    this.#journal = new Journal(journalFile);
    this.#fold = new TrialFold(plan);
    this.#observe = observe;
  }

  readonly record = (event: TrialEvent): void => {
    this.#journal.add(event);
    this.#fold.add(event);
    this.#observe(event);
  };

  /** Aborted as soon as the disk refuses to write. */
  get failed(): AbortSignal {
    return this.#journal.failed;
  }

  /** What is recorded so far; null where that does not even say which trial it is of. */
  trial(): Trial | null {
    return this.#fold.trial();
  }

  /** @throws the first error of the disk */
  close(): Promise<void> {
    return this.#journal.close();
  }
}
