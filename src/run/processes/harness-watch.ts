// Asks the harness's own processes, at the edges of the phases, whether they kept up: their delay would look like the
// library's in every figure.
import type {TrialEvent} from '../../model/event.ts';
import {
  type FromHealth,
  type HarnessProcess,
  HealthWatch,
  type ToHealth,
} from '../../model/process-health.ts';
import type {Child} from './child.ts';

type Asked = Child<ToHealth, FromHealth>;

const answerLimitMs = 2000;

export class HarnessWatch {
  readonly #children: readonly (readonly [HarnessProcess, Asked])[];
  readonly #record: (event: TrialEvent) => void;
  readonly #own = new HealthWatch();
  /** One question at a time for each process. */
  readonly #asking = new Map<HarnessProcess, Promise<void>>();
  #phase: number | null = null;

  constructor(
    children: {readonly [process in HarnessProcess]?: unknown},
    record: (event: TrialEvent) => void,
  ) {
    this.#children = Object.entries(children).flatMap(([name, child]) =>
      child ? [[name as HarnessProcess, child as Asked] as const] : [],
    );
    this.#record = record;
  }

  /**
   * A phase begins, or with null the load ends: what happened since the last edge belongs to the previous phase. Does
   * not wait.
   */
  edge(phase: number | null): void {
    const over = this.#phase ?? -1;
    this.#phase = phase;
    this.#note('parent', this.#own.answer(over));
    for (const [name, child] of this.#children) {
      const before = this.#asking.get(name) ?? Promise.resolve();
      this.#asking.set(
        name,
        before.then(() => this.#ask(name, child, over)),
      );
    }
  }

  async finish(): Promise<void> {
    await Promise.all(this.#asking.values());
    this.#own.stop();
  }

  /** One that does not answer is noticed elsewhere: the ledger or the telemetry is missing, or the next edge fails. */
  async #ask(name: HarnessProcess, child: Asked, phase: number): Promise<void> {
    if (child.hasExited) return;
    child.send({kind: 'health', phase});
    const answer = await child.next(['health'], answerLimitMs).catch(() => null);
    if (answer) this.#note(name, answer);
  }

  #note(process: HarnessProcess, {phase, health}: FromHealth): void {
    if (phase >= 0) this.#record({kind: 'harness', sample: {process, phase, ...health}});
  }
}
