// Asks the injector and the operating system, at regular intervals, what they see of a trial.
import type {FaultyLink} from '../../faults/control.ts';
import type {TrialEvent} from '../../model/event.ts';
import {sampleChildren, sampleProcess} from '../processes/system-sampler.ts';

export type SamplerOptions = {
  readonly link: FaultyLink;
  readonly pid: number;
  /** The library is not in that process, but in those that it started. */
  readonly isBridge: boolean;
  readonly sampleEveryMs: number;
  readonly now: () => number;
  readonly record: (event: TrialEvent) => void;
};

export class Samplers {
  readonly #options: SamplerOptions;
  readonly #timer: NodeJS.Timeout;
  /** Null between two samples. */
  #ticking: Promise<void> | null = null;
  #trouble = false;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#ticking ??= this.#tick();
    }, options.sampleEveryMs);
  }

  /** Once the subject is gone: what hit it in its last moments. Nothing is recorded after this. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    await this.#ticking;
    await this.#unlessTrouble(async () => {
      await this.sampleInjector();
      await this.drainInjectorLog();
    });
  }

  /** Which connections and requests were hit since the last time. */
  async drainInjectorLog(): Promise<void> {
    const {link, record} = this.#options;
    const log = await link.log();
    if (log) record({kind: 'injector-log', log});
  }

  /** How many connections the injector holds open, or null where it does not count. */
  async sampleInjector(): Promise<number | null> {
    const {link, now, record} = this.#options;
    const witness = await link.witness();
    if (!witness) return null;
    record({kind: 'injector', atMs: now(), witness});
    return witness.openConnections;
  }

  async #tick(): Promise<void> {
    const {pid, isBridge, now, record} = this.#options;
    await this.#unlessTrouble(async () => {
      const sample = await (isBridge ? sampleChildren : sampleProcess)(pid, now());
      if (sample) record({kind: 'system', sample});
      await this.sampleInjector();
    });
    this.#ticking = null;
  }

  /** Trouble is reported once: an injector that is gone will also fail the next edge, which ends the trial. */
  async #unlessTrouble(ask: () => Promise<unknown>): Promise<void> {
    const {now, record} = this.#options;
    try {
      await ask();
    } catch (error) {
      if (!this.#trouble) record({kind: 'trouble', atMs: now(), what: 'witness', message: String(error)});
      this.#trouble = true;
    }
  }
}
