// A fresh client by the same way as the library: when nothing succeeds for a while after a fault, it tells whether
// the way is to blame. It makes no connection as long as the library gets through.
import {request} from 'node:http';
import {connect} from 'node:net';
import type {TrialEvent} from '../model/event.ts';
import type {Plan} from '../model/plan.ts';

export type ProbeOptions = {
  readonly plan: Plan;
  /** The target's address through the injector. */
  readonly url: string;
  readonly now: () => number;
  readonly record: (event: TrialEvent) => void;
};

const probeEveryMs = 1000;
const probeLimitMs = 1000;
/** Nothing has succeeded for so long: the driver's news are half a second to a second and a half old. */
const quietMs = 2500;
/** A proxy accepts before it knows whether the target does: what is closed within this time was not let in. */
const heldMs = 300;

export class ControlProbe {
  readonly #options: ProbeOptions;
  readonly #timer: NodeJS.Timeout;
  /** Since when nothing has succeeded in this recovery; null outside of one. */
  #quietSinceMs: number | null = null;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#probe(), probeEveryMs);
  }

  /** Is told all that is recorded. */
  note(event: TrialEvent): void {
    if (event.kind === 'edge') {
      const role = this.#options.plan.phases[event.edge.phase]?.role;
      this.#quietSinceMs = role === 'recovery' ? event.edge.afterMs : null;
    }
    if (event.kind === 'load-ended') this.#quietSinceMs = null;
    if (event.kind !== 'bins' || this.#quietSinceMs === null) return;
    for (const {outcomes, startMs, durationMs} of event.bins) {
      if (outcomes.ok > 0) this.#quietSinceMs = Math.max(this.#quietSinceMs, startMs + durationMs);
    }
  }

  finish(): void {
    clearInterval(this.#timer);
    this.#quietSinceMs = null;
  }

  async #probe(): Promise<void> {
    const {plan, url, now, record} = this.#options;
    if (this.#quietSinceMs === null || now() - this.#quietSinceMs < quietMs) return;
    const atMs = now();
    const ok = await (plan.target.kind === 'http' ? answers(url) : accepts(url));
    if (this.#quietSinceMs !== null) record({kind: 'probe', atMs, ok});
  }
}

const answers = (url: string): Promise<boolean> =>
  new Promise(resolve => {
    const sent = request(`${url}/foulweather-control`, {agent: false, timeout: probeLimitMs}, response => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('error', () => resolve(false));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
    sent.on('close', () => resolve(false));
    sent.end();
  });

/** Of a protocol that is not ours to speak: a connection that is accepted and stays. */
const accepts = (url: string): Promise<boolean> =>
  new Promise(resolve => {
    const {hostname, port} = new URL(url);
    const socket = connect(Number(port), hostname);
    let isOpen = false;
    const late = setTimeout(() => socket.destroy(), probeLimitMs);
    const held = (): void => {
      resolve(true);
      socket.destroy();
    };
    socket.on('connect', () => {
      isOpen = true;
      setTimeout(() => isOpen && held(), heldMs);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      isOpen = false;
      clearTimeout(late);
      resolve(false);
    });
    socket.resume();
  });
