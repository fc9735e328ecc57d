// What the faults of a phase do to the real server: it is taken away, and is back and ready before the phase is over.
import {setTimeout as sleep} from 'node:timers/promises';
import type {FaultyLink} from '../../faults/control.ts';
import {faultName} from '../../faults/toxics.ts';
import {FoulweatherError} from '../../model/errors.ts';
import type {TrialEvent} from '../../model/event.ts';
import type {Phase} from '../../model/plan.ts';
import {type AnyServerFault, isServerFault, type ServerChange} from '../../model/server-fault.ts';
import type {WayToGo} from '../../services/protocol.ts';
import type {ServiceChild} from '../processes/start-service.ts';

export type ServerFaultsOptions = {
  /** Null for a server that was not started for the run: it is left alone. */
  readonly service: ServiceChild | null;
  readonly link: Pick<FaultyLink, 'serverIsAway' | 'witness'>;
  /** Until it is away, or ready again. */
  readonly limitMs: number;
  readonly now: () => number;
  readonly record: (event: TrialEvent) => void;
};

const waysToGo: {readonly [kind in AnyServerFault['kind']]: WayToGo} = {
  serverStop: 'stop',
  serverKill: 'kill',
  serverPause: 'pause',
};

/** Until what a server said last has passed the injector. */
const passedLimitMs = 500;
const passedPollMs = 20;
const endlessMs = 2 ** 31 - 1;

export class ServerFaults {
  readonly #options: ServerFaultsOptions;
  #acting: Promise<void> | null = null;
  #over = new AbortController();

  constructor(options: ServerFaultsOptions) {
    this.#options = options;
  }

  /** From the beginning of a phase on; the one before has ended. */
  begin({name, faults}: Phase): void {
    const {service} = this.#options;
    const position = faults.findIndex(isServerFault);
    const fault = faults[position];
    if (!service || !fault || !isServerFault(fault)) return;
    this.#over = new AbortController();
    this.#acting = this.#act(service, fault, faultName(name, position, fault));
    // It is thrown by `end`.
    this.#acting.catch(() => {});
  }

  /**
   * The phase is over: returns when the server is ready again, if it is away.
   * @throws FoulweatherError FW_SERVICE_START
   */
  async end(): Promise<void> {
    this.#over.abort();
    const acting = this.#acting;
    this.#acting = null;
    await acting;
  }

  async #act(service: ServiceChild, fault: AnyServerFault, name: string): Promise<void> {
    const {now} = this.#options;
    const {signal: over} = this.#over;
    const {startAfterMs = 0, durationMs, everyMs} = fault;
    const beganMs = now();
    for (let fromMs = startAfterMs; ; fromMs += everyMs ?? 0) {
      await orOver(beganMs + fromMs - now(), over);
      if (over.aborted) return;
      await this.#takeAway(service, waysToGo[fault.kind], name);
      await orOver(durationMs === undefined ? endlessMs : beganMs + fromMs + durationMs - now(), over);
      await this.#bringBack(service, waysToGo[fault.kind], name);
      if (everyMs === undefined) return;
    }
  }

  async #takeAway(service: ServiceChild, how: WayToGo, name: string): Promise<void> {
    this.#note(name, 'leaving');
    await this.#answer(service, {kind: 'take-away', how}, 'away');
    this.#note(name, 'away');
    if (how === 'pause') return;
    // Connects to the server itself would be refused from now on: the proxy alone would let them in, and close them.
    await this.#untilPassed();
    await this.#options.link.serverIsAway(true);
  }

  async #bringBack(service: ServiceChild, how: WayToGo, name: string): Promise<void> {
    this.#note(name, 'returning');
    await this.#answer(service, {kind: 'bring-back'}, 'back');
    if (how !== 'pause') await this.#options.link.serverIsAway(false);
    this.#note(name, 'back');
  }

  async #answer(
    service: ServiceChild,
    ask: Parameters<ServiceChild['send']>[0],
    kind: 'away' | 'back',
  ): Promise<void> {
    const answering = service.next([kind, 'failed', 'ended'], this.#options.limitMs);
    service.send(ask);
    const answer = await answering;
    if (answer.kind === kind) return;
    const message = 'message' in answer ? answer.message : '';
    throw new FoulweatherError(
      'FW_SERVICE_START',
      `${service.label} ${kind === 'back' ? 'did not start again' : 'could not be taken away'}: ${message}`,
      'Run again. If it happens again, look at what the server says.',
    );
  }

  async #untilPassed(): Promise<void> {
    const {link, now} = this.#options;
    const untilMs = now() + passedLimitMs;
    while (now() < untilMs) {
      const witness = await link.witness();
      if (witness === null || witness.openConnections === 0) return;
      await sleep(passedPollMs);
    }
  }

  #note(fault: string, change: ServerChange): void {
    this.#options.record({kind: 'server', atMs: this.#options.now(), fault, change});
  }
}

/** So long, or until the phase is over. */
const orOver = async (ms: number, over: AbortSignal): Promise<void> => {
  await sleep(Math.max(0, ms), undefined, {signal: over}).catch(() => {});
};
