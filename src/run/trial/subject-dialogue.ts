// What the parent asks a subject and waits for. Waiting ends when the subject is gone, or the user has interrupted
// the run.

import {announcingLongWait} from '../../model/with-timeout.ts';
import type {FromSubject} from '../../subject/protocol.ts';
import {unlessAborted} from '../interruption.ts';
import type {Limits} from '../limits.ts';
import type {SubjectChild} from '../processes/start-subject.ts';
import {TrialStopped} from './trial-stopped.ts';

export type SubjectDialogueOptions = {
  readonly subject: SubjectChild;
  readonly now: () => number;
  /** Called with what is waited for, if that takes long. */
  readonly waiting: (what: string) => void;
  readonly signal: AbortSignal;
  readonly limits: Limits;
};

export class SubjectDialogue {
  readonly #options: SubjectDialogueOptions;
  #answersEdges = true;

  constructor(options: SubjectDialogueOptions) {
    this.#options = options;
  }

  /** @throws TrialStopped, also where there is no answer of one of these kinds within the limit */
  async answer<Kind extends FromSubject['kind']>(
    kinds: readonly Kind[],
    limitMs: number,
    what: string,
  ): Promise<Extract<FromSubject, {kind: Kind}>> {
    const {subject, waiting} = this.#options;
    try {
      const answer = this.#unlessStopped(subject.next(kinds, limitMs));
      return await announcingLongWait(answer, () =>
        waiting(`${what} (up to ${Math.ceil(limitMs / 1000)} s)`),
      );
    } catch (error) {
      if (error instanceof TrialStopped) throw error;
      throw new TrialStopped(subject.hasExited ? 'exited' : 'unresponsive');
    }
  }

  /**
   * A subject that does not answer starts nothing either: the faults come all the same, and at the next edge it is
   * not waited for as long.
   * @throws TrialStopped
   */
  async enterPhase(phase: number): Promise<void> {
    const {subject, limits, now} = this.#options;
    subject.send({kind: 'phase', phase});
    const untilMs = now() + (this.#answersEdges ? limits.enterMs : limits.enterAgainMs);
    this.#answersEdges = false;
    while (now() < untilMs && !this.#answersEdges) {
      try {
        const entered = await this.#unlessStopped(subject.next(['entered'], Math.max(1, untilMs - now())));
        this.#answersEdges = entered.phase === phase;
      } catch (error) {
        if (error instanceof TrialStopped) throw error;
        if (subject.hasExited) throw new TrialStopped('exited');
      }
    }
  }

  /** @throws TrialStopped */
  async waitFor(durationMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>(resolve => {
      timer = setTimeout(resolve, durationMs);
    });
    try {
      await this.#unlessStopped(over);
    } finally {
      clearTimeout(timer);
    }
  }

  async #unlessStopped<T>(step: Promise<T>): Promise<T> {
    const {subject, signal} = this.#options;
    const exited = subject.exited.then(() => {
      throw new TrialStopped('exited');
    });
    exited.catch(() => {});
    return unlessAborted(signal, Promise.race([step, exited]), () => new TrialStopped('interrupted'));
  }
}
