// Clients that come and go during the load, as an application's do: one for each operation, or one after the other. Whatever
// becomes of their open() and close() is counted, and never ends the trial.
import {context, ROOT_CONTEXT} from '@opentelemetry/api';
import {errorCode, errorMessage} from '../load/error-facts.ts';
import {
  type ClientFigures,
  type ClientLives,
  openFailedName,
  type SlowClose,
} from '../model/client-witness.ts';
import type {SubjectEvent} from '../model/event.ts';
import type {Load} from '../model/plan.ts';
import type {Answer, PerformContext} from '../model/scenario-functions.ts';
import type {SubjectInput} from '../scenarios/define-scenario.ts';

export type ComingClientsOptions = {
  readonly coming: NonNullable<Load['clients']>;
  readonly subject: Pick<SubjectInput<unknown, unknown>, 'perform' | 'close' | 'classify'>;
  readonly open: () => Promise<unknown>;
  readonly now: () => number;
  /** That lasts; null where there is no load. */
  readonly phase: () => number | null;
  /** From when on a close() is reported as slow. */
  readonly slowAfterMs: number;
  /** Clients that were opened within so long a time are reported together. */
  readonly sliceMs: number;
};

/** The client of an operation could not be opened: the operation has certainly not happened. */
export class OpenFailed extends Error {
  override readonly name = openFailedName;
  readonly code: string | null;

  constructor(cause: unknown) {
    super(`open() failed: ${errorMessage(cause)}`, {cause});
    this.code = errorCode(cause);
    openFailures.add(this);
  }
}

const openFailures = new WeakSet<object>();

/** By what it is itself: what else is thrown may throw when it is looked at. */
export const isOpenFailed = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && openFailures.has(error);

type Client = {
  /** When it was opened, in slices. */
  readonly slice: number;
  /** Settles as open() does. */
  readonly opening: Promise<unknown>;
  isOpening: boolean;
  inFlight: number;
  /** Resolves with what close() threw; null before it is to be closed. */
  closing: Promise<Thrown> | null;
};

/** Null where it did not throw. */
type Thrown = {readonly error: unknown} | null;

type Close = {readonly phase: number; readonly startMs: number; slow: number | null};

type Slice = {living: number; untilMs: number};

type Counts = {-readonly [figure in keyof ClientFigures]: ClientFigures[figure]};

/** Enough to judge by; more would only bloat the journal. */
const mostSlowTold = 100;

export class ComingClients {
  readonly #options: ComingClientsOptions;
  readonly #living = new Set<Client>();
  /** For the next operation: null where it opens one itself. */
  #current: Client | null;
  #timer: NodeJS.Timeout | undefined;
  readonly #counts = new Map<number, Counts>();
  readonly #changed = new Set<Counts>();
  readonly #closing = new Set<Close>();
  readonly #slow = new Map<number, SlowClose>();
  #slowCount = 0;
  readonly #slices = new Map<number, Slice>();
  readonly #changedSlices = new Set<number>();

  /** @param first is open; the first operation has it */
  constructor(options: ComingClientsOptions, first: unknown) {
    this.#options = options;
    // It was opened before this was made: it counts from the trial's beginning.
    this.#current = this.#add(Promise.resolve(first), {isOpening: false, slice: 0});
  }

  /** Timers of its own that are set. */
  get timerCount(): number {
    return this.#timer === undefined ? 0 : 1;
  }

  /** With the load. */
  begin(): void {
    const {coming} = this.#options;
    if (coming === 'per-operation') return;
    this.#timer = setInterval(() => this.#replace(), coming.lifeMs);
  }

  /** No further client is opened, but for an operation that needs one. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The scenario's own, for a performer: it has no say in which client is used. */
  driven(): SubjectInput<unknown, unknown> {
    const {subject, open} = this.#options;
    return {
      open,
      perform: (_, operation) => this.#perform(operation),
      ...(subject.classify && {classify: (error: unknown) => subject.classify?.(error) ?? 'unknown'}),
    };
  }

  /** @throws OpenFailed, or what the scenario's own function throws */
  async #perform(operation: PerformContext): Promise<Answer | undefined> {
    const {coming, subject} = this.#options;
    const client = this.#next();
    client.inFlight++;
    try {
      return await subject.perform(await client.opening, operation);
    } finally {
      client.inFlight--;
      if (coming === 'per-operation') void this.#close(client);
    }
  }

  /**
   * Closes all that are open, and returns when they are closed, with those that are being closed already. One whose open() has not
   * returned is closed when it does. @throws what the first close() threw that was called now
   */
  async closeAll(): Promise<void> {
    this.end();
    const open = [...this.#living].filter(({isOpening}) => !isOpening);
    const calledNow = open.filter(({closing}) => closing === null);
    for (const client of this.#living) void this.#close(client);
    await Promise.all(open.map(({closing}) => closing));
    for (const {closing} of calledNow) {
      const thrown = await closing;
      if (thrown) throw thrown.error;
    }
  }

  /** What has changed since the last call. */
  collect(): SubjectEvent[] {
    const slowCloses = this.#takeSlow();
    const phases = [...this.#changed].map(counts => ({...counts}));
    const lives = [...this.#changedSlices].toSorted((a, b) => a - b).map(slice => this.#livesOf(slice));
    this.#changed.clear();
    this.#changedSlices.clear();
    if (phases.length + slowCloses.length + lives.length === 0) return [];
    return [{kind: 'clients', phases, slowCloses, lives}];
  }

  #next(): Client {
    const {coming} = this.#options;
    const client = this.#current ?? this.#open();
    this.#current = coming === 'per-operation' ? null : client;
    return client;
  }

  #replace(): void {
    const old = this.#current;
    this.#current = this.#open();
    if (old) void this.#close(old);
  }

  /** Whoever waits for it learns that it failed, and the next operation opens another one. */
  #open(): Client {
    const {coming, open, phase, now, sliceMs} = this.#options;
    const counts = this.#countsOf(phase());
    if (counts) counts.opens++;
    // One that others will use belongs to no operation's trace.
    const opened = coming === 'per-operation' ? open() : context.with(ROOT_CONTEXT, open);
    const client: Client = this.#add(
      opened.then(
        result => {
          client.isOpening = false;
          this.#count(counts, 'opened');
          return result;
        },
        (error: unknown) => {
          client.isOpening = false;
          this.#count(counts, 'openFailed');
          if (this.#current === client) this.#current = null;
          this.#remove(client);
          throw new OpenFailed(error);
        },
      ),
      {isOpening: true, slice: Math.floor(now() / sliceMs)},
    );
    return client;
  }

  #add(opening: Promise<unknown>, {isOpening, slice}: Pick<Client, 'isOpening' | 'slice'>): Client {
    opening.catch(() => {});
    const client: Client = {slice, opening, isOpening, inFlight: 0, closing: null};
    this.#living.add(client);
    const {living = 0, untilMs = 0} = this.#slices.get(slice) ?? {};
    this.#slices.set(slice, {living: living + 1, untilMs});
    this.#changedSlices.add(slice);
    return client;
  }

  #remove(client: Client): void {
    this.#living.delete(client);
    const slice = this.#slices.get(client.slice)!;
    slice.living--;
    slice.untilMs = this.#options.now();
    this.#changedSlices.add(client.slice);
  }

  /** Once. */
  #close(client: Client): Promise<Thrown> {
    client.closing ??= this.#closeOpen(client);
    return client.closing;
  }

  /** What waits for it to be open comes first. */
  async #closeOpen(client: Client): Promise<Thrown> {
    const {subject, phase, now} = this.#options;
    let opened: unknown;
    try {
      opened = await client.opening;
    } catch {
      return null;
    }
    const during = phase();
    const counts = this.#countsOf(during);
    if (counts) counts.closes++;
    if (counts) counts.inFlightAtClose += client.inFlight;
    const close: Close | null = during === null ? null : {phase: during, startMs: now(), slow: null};
    if (close) this.#closing.add(close);
    try {
      await subject.close?.(opened);
      this.#count(counts, 'closed');
      return null;
    } catch (error) {
      this.#count(counts, 'closeFailed');
      return {error};
    } finally {
      if (close) this.#settleClose(close);
      this.#remove(client);
    }
  }

  #settleClose(close: Close): void {
    this.#noteIfSlow(close, true);
    this.#closing.delete(close);
  }

  /** One that belongs to a phase: what is closed after the load is judged by how close() of the whole trial ends. */
  #noteIfSlow(close: Close, hasSettled: boolean): void {
    const {now, slowAfterMs} = this.#options;
    const {phase, startMs} = close;
    const untilMs = now();
    if (untilMs - startMs <= slowAfterMs) return;
    if (close.slow === null) {
      close.slow = this.#slowCount++;
      this.#count(this.#countsOf(phase), 'closeSlow');
    }
    if (close.slow >= mostSlowTold) return;
    this.#slow.set(close.slow, {number: close.slow, phase, startMs, untilMs, hasSettled});
  }

  #takeSlow(): SlowClose[] {
    for (const close of this.#closing) this.#noteIfSlow(close, false);
    const slow = [...this.#slow.values()];
    this.#slow.clear();
    return slow;
  }

  /** One that is over is never asked for again. */
  #livesOf(slice: number): ClientLives {
    const {sliceMs, now} = this.#options;
    const {living, untilMs} = this.#slices.get(slice)!;
    if (living === 0 && (slice + 1) * sliceMs < now()) this.#slices.delete(slice);
    return {fromMs: slice * sliceMs, untilMs: living === 0 ? untilMs : null};
  }

  #countsOf(phase: number | null): Counts | null {
    if (phase === null) return null;
    let counts = this.#counts.get(phase);
    if (!counts) {
      counts = {
        phase,
        opens: 0,
        opened: 0,
        openFailed: 0,
        closes: 0,
        closed: 0,
        closeFailed: 0,
        closeSlow: 0,
        inFlightAtClose: 0,
      };
      this.#counts.set(phase, counts);
    }
    this.#changed.add(counts);
    return counts;
  }

  #count(counts: Counts | null, figure: Exclude<keyof Counts, 'phase'>): void {
    if (counts === null) return;
    counts[figure]++;
    this.#changed.add(counts);
  }
}
