// Drives the library through the phases, and reports what it sees.
import {constants} from 'node:os';
import {setTimeout as delay} from 'node:timers/promises';
import {Deliveries} from '../load/deliveries.ts';
import {Driver} from '../load/driver.ts';
import {errorFacts} from '../load/error-facts.ts';
import type {KeptWhat} from '../model/artifact.ts';
import type {FirstOperation} from '../model/driver-witness.ts';
import type {SubjectEvent} from '../model/event.ts';
import {triedId} from '../model/message-id.ts';
import {durationOf, type Phase, reportEveryMs, sampleEveryMs} from '../model/plan.ts';
import {withTimeout} from '../model/with-timeout.ts';
import {writeArtifact} from './artifacts.ts';
import {ClockWatch} from './clock-watch.ts';
import {ComingClients} from './coming-clients.ts';
import {Connects} from './connects.ts';
import type {Loaded} from './load-subject.ts';
import {operationId, performer} from './perform.ts';
import type {Profiling} from './profiling.ts';
import type {ProgramEnd, RunningProgram} from './program-subject.ts';
import {flushLimitMs, send} from './protocol.ts';
import {bridgeVitals, ownVitals, type Vitals} from './resources.ts';
import {flushMetrics, openSpanCount, registeredInstrumentations} from './running-sdk.ts';
import {standInsOf} from './stand-ins.ts';
import {tracePrefixOfTries, tryOperation} from './try-operation.ts';
import {unappliedOf} from './unapplied.ts';

/** A tick that comes a little early still counts. */
const timerSlackMs = 50;

/** Clients that are opened within so long a time are reported together. */
const clientSliceMs = 250;
const clientSlices = 10_000;

/** What the library is opened and closed by. */
type Opened = {
  readonly client: unknown;
  readonly open: () => Promise<unknown>;
  readonly deliveries: Deliveries;
  readonly connects: Connects;
};

export class SubjectSession {
  readonly #now: () => number;
  readonly #vitals: Vitals;
  readonly #program: RunningProgram | null;
  readonly #connects: Connects;
  readonly #clock: ClockWatch;
  readonly #profiling: Profiling | null;
  readonly #profilesFolder: string;
  /** Null where one client lasts. */
  readonly #clients: ComingClients | null;
  readonly #closeAll: () => unknown;
  readonly #driver: Driver;
  readonly #deliveries: Deliveries;
  readonly #phases: readonly Phase[];
  readonly #try: (limitMs: number) => Promise<FirstOperation>;
  #phase: number | null = null;
  #isLoadOver = false;
  #ticker: NodeJS.Timeout | undefined;
  /** The interval at which the driver's figures are reported. */
  #tellAtMs = 0;

  private constructor(
    {task, now, subject, profiling, program}: Loaded,
    {client, open, deliveries, connects}: Opened,
  ) {
    const {load, operation, phases} = task;
    this.#now = now;
    this.#deliveries = deliveries;
    const clients =
      load.clients === undefined
        ? null
        : new ComingClients(
            {
              coming: load.clients,
              subject,
              open,
              now,
              phase: () => (this.#isLoadOver ? null : this.#phase),
              slowAfterMs: task.closeSlowMs,
              sliceMs: Math.max(clientSliceMs, durationOf(phases) / clientSlices),
            },
            client,
          );
    this.#clients = clients;
    this.#closeAll = () => (clients === null ? subject.close?.(client) : clients.closeAll());
    this.#profiling = profiling;
    this.#profilesFolder = task.profilesFolder;
    this.#program = program;
    this.#vitals = program ? bridgeVitals(now) : ownVitals(now);
    this.#connects = connects;
    this.#clock = new ClockWatch(task.originEpochMs, now);
    const idOf = (index: number): string => operationId(task.trialId, index);
    const common = {
      subject: clients?.driven() ?? subject,
      client,
      now,
      deadlineMs: operation.deadlineMs,
      sentNothingSince: (sinceMs: number): boolean => connects.hadNoneSince(sinceMs),
    };
    const perform = performer({...common, idOf, tracePrefix: task.tracePrefix});
    this.#try = limitMs =>
      tryOperation({
        perform: performer({
          ...common,
          idOf: number => triedId(task.trialId, number),
          tracePrefix: tracePrefixOfTries(task.tracePrefix),
        }),
        deadlineMs: operation.deadlineMs,
        limitMs,
        now,
        settledLate: () => send({kind: 'tried-settled', atMs: now()}),
      });
    this.#phases = phases;
    this.#driver = new Driver({load, operation, phases, perform, idOf, now});
    // At an exit or an exception: what was accounted for until then is reported.
    process.on('exit', () => this.#report(true));
  }

  /** Null when the library could not be opened: that has been reported, and there is nothing else. */
  static async open(loaded: Loaded, limitMs: number): Promise<SubjectSession | null> {
    const {task, now, subject, options, versions, profiling, program} = loaded;
    const deliveries = new Deliveries(task.trialId, now);
    const delivered = (messageId: string): void => deliveries.add(messageId);
    // Before the library makes its first connection.
    const connects = new Connects(task.url, now);
    const opening = async (): Promise<unknown> =>
      subject.open({url: task.url, options, variant: task.variant, delivered});
    try {
      const client = await withTimeout(limitMs, opening(), () => {
        throw new Error(`open() did not return within ${limitMs / 1000} s`);
      });
      profiling?.noteOpened();
      const standIns = program ? [] : standInsOf(task.scenarioFile, versions);
      const unapplied = unappliedOf(registeredInstrumentations(), versions);
      send({
        kind: 'opened',
        atMs: now(),
        ...(standIns.length > 0 && {standIns}),
        ...(unapplied.length > 0 && {unapplied}),
      });
      return new SubjectSession(loaded, {client, open: opening, deliveries, connects});
    } catch (error) {
      connects.stop();
      send({kind: 'open-failed', atMs: now(), error: errorFacts(error)});
      return null;
    }
  }

  /** Before the load. Its metrics are exported before the load begins, so that they are in none of its phases. */
  async try(limitMs: number): Promise<void> {
    const first = await this.#try(limitMs);
    await this.#flush();
    send({kind: 'tried', atMs: this.#now(), first});
  }

  enterPhase(phase: number): void {
    const calledMs = this.#now();
    this.#endPhase();
    const before = this.#phase;
    if (before !== null && this.#isCalm(before)) this.#recordHeap(before);
    this.#report(false);
    this.#checkClock();
    this.#phase = phase;
    this.#driver.enterPhase(phase, calledMs);
    this.#profiling?.enterPhase(phase);
    if (before === null) {
      // What opening the library took, and the operation that was tried, belong to no phase.
      this.#vitals.beginPhase();
      this.#connects.take();
      this.#ticker = setInterval(() => this.#tick(), sampleEveryMs(this.#phases));
      this.#driver.startLoad();
      this.#clients?.begin();
    }
    const planned = this.#phases[phase];
    if (planned) this.#program?.enterPhase(planned);
    send({kind: 'entered', atMs: this.#now(), phase});
  }

  pulse(): void {
    send({kind: 'pulse', ...this.#driver.pulse()});
  }

  async drain(limitMs: number): Promise<void> {
    this.#endLoad();
    const inFlight = await this.#driver.drain(limitMs);
    const unsettled = this.#driver.unsettled();
    this.#report(true);
    this.#recordHeap(null);
    this.#profiling?.takeMemory();
    // Whether the library has ended its spans is checked before it is closed.
    await this.#flush();
    await spansEnd();
    if (inFlight > 0 && this.#program === null) this.keep('process-report');
    send({kind: 'drained', atMs: this.#now(), inFlight, unsettled});
  }

  keep(what: KeptWhat): void {
    send({kind: 'kept', atMs: this.#now(), kept: writeArtifact(what, this.#profilesFolder)});
  }

  async close(limitMs: number): Promise<void> {
    clearInterval(this.#ticker);
    this.#driver.stop();
    send(await this.#closed(limitMs));
    this.leave();
  }

  /** What is in flight is watched on. */
  async closeUnderLoad(limitMs: number): Promise<void> {
    this.#endLoad();
    const closed = await this.#closed(limitMs);
    send({...closed, inFlight: this.#driver.inFlight});
  }

  /** How the program has ended after SIGTERM; null where it has not in time. */
  async terminate(limitMs: number): Promise<ProgramEnd | null> {
    this.#endLoad();
    const startMs = this.#now();
    const terminated = this.#program && (await withTimeout(limitMs, this.#program.terminate(), () => null));
    this.#report(true);
    const atMs = this.#now();
    const closed = {kind: 'closed', atMs, durationMs: atMs - startMs} as const;
    if (!terminated) {
      const {inFlight} = this.#driver;
      send({...closed, result: 'hung', error: null, inFlight, sigterm: null});
      return null;
    }
    const {end, unsettledCount} = terminated;
    const {exitCode, signal} = end;
    const inOrder = isInOrder(end);
    send({
      ...closed,
      result: inOrder ? 'resolved' : 'failed',
      error: inOrder ? null : errorFacts(new EndedBadly(end)),
      inFlight: unsettledCount,
      sigterm: {exitCode, signal},
    });
    return end;
  }

  leave(): void {
    clearInterval(this.#ticker);
    this.#driver.stop();
    this.#report(true);
    this.#vitals.stop();
    this.#connects.stop();
    this.#profiling?.stop();
  }

  async #closed(limitMs: number): Promise<Extract<SubjectEvent, {kind: 'closed'}>> {
    const startMs = this.#now();
    const {result, error} = await closeWithin(this.#closeAll, limitMs);
    this.#report(true);
    const atMs = this.#now();
    return {
      kind: 'closed',
      atMs,
      durationMs: atMs - startMs,
      result,
      error: error === null ? null : errorFacts(error),
    };
  }

  #endLoad(): void {
    if (this.#isLoadOver) return;
    this.#isLoadOver = true;
    this.#endPhase();
    this.#driver.stopLoad();
    this.#clients?.end();
    this.#checkClock();
    this.#profiling?.endLoad();
  }

  /** What is reported of a phase once its time is over. */
  #endPhase(): void {
    if (this.#phase === null) return;
    send(this.#vitals.endPhase(this.#phase, this.#connects.take()));
    void this.#flush();
  }

  /** A failed export is noticed at the receiver; it must not end the library's process. */
  async #flush(): Promise<void> {
    try {
      await withTimeout(flushLimitMs, flushMetrics(), () => {
        throw new Error(`the metrics were not taken within ${flushLimitMs} ms`);
      });
    } catch (error) {
      send({kind: 'warning', atMs: this.#now(), name: 'TelemetryFlush', message: String(error)});
    }
  }

  #isCalm(phase: number): boolean {
    const role = this.#phases[phase]?.role;
    return role === 'baseline' || role === 'recovery';
  }

  /** The collection belongs to no phase: its pause would be in the figures of the one that begins. */
  #recordHeap(phase: number | null): void {
    const heap = this.#vitals.heap(phase);
    if (heap === null) return;
    send(heap);
    this.#vitals.beginPhase();
  }

  #checkClock(): void {
    const stepped = this.#clock.look();
    if (stepped) send(stepped);
  }

  #tick(): void {
    this.#checkClock();
    // This very timer, the driver's, and the channel to the parent.
    const own = {
      Timeout: 1 + this.#driver.timerCount + (this.#clients?.timerCount ?? 0),
      PipeWrap: 1,
    };
    send(this.#vitals.sample(this.#driver.inFlight, own));
    if (this.#now() < this.#tellAtMs) return;
    this.#tellAtMs = this.#now() + reportEveryMs(this.#phases) - timerSlackMs;
    this.#report(false);
  }

  #report(final: boolean): void {
    const clients = this.#clients?.collect() ?? [];
    for (const event of [...this.#driver.collect(final), ...this.#deliveries.collect(), ...clients]) {
      send(event);
    }
  }
}

/** Spans that are open may be under way, as those of work in the background are: they get this long to end. */
const spanPatienceMs = 1000;
const spanPollMs = 100;

/** Nothing is changed by it: which spans have ended is seen by the receiver. */
const spansEnd = async (): Promise<void> => {
  const untilMs = performance.now() + spanPatienceMs;
  const isAnyOpen = (): Promise<boolean> =>
    openSpanCount().then(
      count => count > 0,
      () => false,
    );
  while (performance.now() < untilMs && (await isAnyOpen())) await delay(spanPollMs);
};

type Closed = {readonly result: 'resolved' | 'failed' | 'hung'; readonly error: unknown};

/** By itself, with the exit code of a shell for SIGTERM, or by the signal, which it left to the system. */
const isInOrder = ({exitCode, signal}: ProgramEnd): boolean =>
  exitCode === 0 || exitCode === 128 + constants.signals.SIGTERM || signal === 'SIGTERM';

/** It failed on its way out. */
class EndedBadly extends Error {
  override readonly name = 'EndedBadly';
  readonly code: string;

  constructor({exitCode, signal}: ProgramEnd) {
    const how = signal === null ? `with exit code ${exitCode}` : `by signal ${signal}`;
    super(`the program ended ${how}`);
    this.code = signal ?? String(exitCode);
  }
}

const closeWithin = async (close: () => unknown, limitMs: number): Promise<Closed> => {
  const closing = async (): Promise<Closed> => {
    try {
      await close();
      return {result: 'resolved', error: null};
    } catch (error) {
      return {result: 'failed', error};
    }
  };
  return withTimeout<Closed>(limitMs, closing(), () => ({result: 'hung', error: null}));
};
