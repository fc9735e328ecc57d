// Takes one subject through its trial: load, open, the phases with their faults, drain, close, end.
import type {FaultyLink} from '../../faults/control.ts';
import type {TrialEvent} from '../../model/event.ts';
import {phasesLeft} from '../../model/fresh-start.ts';
import {durationOf, type Phase, type Plan} from '../../model/plan.ts';
import {thresholdsOf} from '../../model/symptoms.ts';
import {closingPhase, drainPhase, openingPhase} from '../../model/telemetry.ts';
import {announcingLongWait, withTimeout} from '../../model/with-timeout.ts';
import {flushLimitMs, triesLimitMs} from '../../subject/protocol.ts';
import type {HarnessWatch} from '../processes/harness-watch.ts';
import type {ComebackWatch} from './comeback-watch.ts';
import type {Samplers} from './samplers.ts';
import type {ServerFaults} from './server-faults.ts';
import {SubjectDialogue, type SubjectDialogueOptions} from './subject-dialogue.ts';
import {TrialStopped} from './trial-stopped.ts';
import {untilWell} from './until-well.ts';

export type TrialRunnerOptions = SubjectDialogueOptions & {
  readonly link: FaultyLink;
  readonly server: Pick<ServerFaults, 'begin' | 'end'>;
  readonly samplers: Samplers;
  readonly harness: HarnessWatch;
  readonly comeback: ComebackWatch;
  readonly plan: Plan;
  readonly record: (event: TrialEvent) => void;
  /** Tells the telemetry receiver where a phase begins, including the time before the first and after the last one. */
  readonly notifyReceiver: (phase: number, atMs: number) => void;
  /** Waited for before the load, while the subject has nothing to do. */
  readonly whenIdle: () => Promise<void>;
  /** Whether there is a load even where the operation that is tried before it fails. */
  readonly keepGoing: boolean;
  readonly heapSnapshot: boolean;
};

const idlePollMs = 100;
/**
 * So many times its limit a library has to close, or its program to end, where that is asked of it under faults: once under them,
 * and then until the server is back, and once more.
 */
const endTimes = 3;
const comebackPollMs = 100;
/**
 * How long the driver takes to report its first figures of a phase: half a second for a slice, and a second to the
 * next report.
 */
const newsMs = 1600;
/** A library that recovers late is watched for so long: by default that many good seconds in a row are a recovery. */
const backMs = 3000;

export class TrialRunner {
  readonly #options: TrialRunnerOptions;
  readonly #dialogue: SubjectDialogue;
  #baselineConnections = 0;

  constructor(options: TrialRunnerOptions) {
    this.#options = options;
    this.#dialogue = new SubjectDialogue(options);
  }

  /** @throws TrialStopped */
  async run(): Promise<void> {
    const {subject, plan, link, harness, now, record, notifyReceiver, limits} = this.#options;
    const {loadMs, openMs, answerSlackMs} = limits;
    notifyReceiver(openingPhase, 0);
    // A program that does not say hello in time is ended by its bridge, which says so.
    const slackMs = plan.program === undefined ? 0 : answerSlackMs;
    await this.#dialogue.answer(['loaded'], loadMs + slackMs, 'the scenario and its library to load');
    // A server of the scenario's own may flood a client as soon as it is there, and what is measured here wants quiet.
    if (plan.target.kind === 'custom') await this.#options.whenIdle();
    subject.send({kind: 'open', limitMs: openMs});
    const opened = await this.#dialogue.answer(
      ['opened', 'open-failed'],
      openMs + answerSlackMs,
      'open() to return',
    );
    if (opened.kind === 'open-failed') return this.#end();
    if (!(await this.#works()) && !this.#options.keepGoing) {
      await this.#close();
      return this.#end();
    }
    await this.#options.whenIdle();
    for (const [index, phase] of plan.phases.entries()) {
      await this.#enterPhase(index, phase);
      const isLast = phasesLeft(plan.phases, index) === null;
      const isWell = await this.#waitPhase(phase, isLast);
      if (phase.endsWith !== undefined) return this.#endUnderFaults(phase, phase.endsWith);
      await this.#serverBack();
      await this.#noteConnections(phase);
      await this.#options.samplers.drainInjectorLog();
      if (!isWell) {
        record({kind: 'cut', atMs: now(), phase: index, why: 'wedged'});
        throw new TrialStopped('interrupted');
      }
      if (isLast || !this.#options.comeback.isWedged(now())) continue;
      record({kind: 'cut', atMs: now(), phase: index, why: 'wedged'});
      break;
    }
    const endedMs = now();
    record({kind: 'load-ended', atMs: endedMs});
    notifyReceiver(drainPhase(plan), endedMs);
    harness.edge(null);
    await link.apply('drain', []);
    await this.#drain();
    await this.#untilIdle();
    if (this.#options.heapSnapshot) await this.#snapshotHeap();
    notifyReceiver(closingPhase(plan), now());
    await this.#close();
    await this.#options.samplers.sampleInjector();
    return this.#end();
  }

  async #drain(): Promise<void> {
    const {subject, plan, limits} = this.#options;
    subject.send({kind: 'drain', limitMs: plan.drainLimitMs});
    const drainMs = plan.drainLimitMs + flushLimitMs + limits.answerSlackMs;
    await this.#dialogue.answer(['drained'], drainMs, 'operations in flight');
  }

  /**
   * close() is called, or a program sent SIGTERM, under the load and the faults of the last phase. They last until it has returned,
   * or ended, or has had its time; what is in flight is watched to its end without them.
   */
  async #endUnderFaults(phase: Phase, endsWith: NonNullable<Phase['endsWith']>): Promise<void> {
    const {subject, plan, link, samplers, harness, now, record, notifyReceiver, limits} = this.#options;
    await this.#noteConnections(phase);
    await samplers.drainInjectorLog();
    const endedMs = now();
    record({kind: 'load-ended', atMs: endedMs});
    notifyReceiver(drainPhase(plan), endedMs);
    harness.edge(null);
    const bySignal = endsWith === 'sigterm';
    const patienceMs = bySignal ? thresholdsOf('close-hangs', plan.thresholds).exitMs : limits.closeMs;
    const limitMs = endTimes * patienceMs;
    subject.send({kind: bySignal ? 'terminate' : 'close-under-load', limitMs});
    const closed = this.#dialogue.answer(
      ['closed'],
      limitMs + limits.answerSlackMs,
      bySignal ? 'the program to end' : 'close() to return',
    );
    await settlesWithin(patienceMs, closed);
    await this.#serverBack();
    await link.apply('drain', []);
    record({kind: 'calmed', atMs: now()});
    await closed;
    await this.#drain();
    notifyReceiver(closingPhase(plan), now());
    subject.send({kind: 'leave'});
    await samplers.sampleInjector();
    return this.#end();
  }

  /** Whether an operation is answered, or at least does not fail, before there is a load and any fault. */
  async #works(): Promise<boolean> {
    const {subject, plan, limits} = this.#options;
    const limitMs = Math.min(plan.operation.deadlineMs, limits.tryMs);
    subject.send({kind: 'try', limitMs});
    const {first} = await this.#dialogue.answer(
      ['tried'],
      triesLimitMs(limitMs) + flushLimitMs + limits.answerSlackMs,
      'the first operation',
    );
    return first.status !== 'failed';
  }

  async #close(): Promise<void> {
    const {closeMs, answerSlackMs} = this.#options.limits;
    this.#options.subject.send({kind: 'close', limitMs: closeMs});
    await this.#dialogue.answer(['closed'], closeMs + answerSlackMs, 'close() to return');
  }

  /**
   * First the faults of the previous phase are removed, then the subject counts what starts as the new phase's, and
   * then the new faults begin: so an operation belongs to a phase whose faults could have reached it. The load starts
   * with the first phase, into its faults.
   */
  async #enterPhase(index: number, phase: Phase): Promise<void> {
    const {link, server, samplers, harness, now, record, notifyReceiver} = this.#options;
    await samplers.sampleInjector();
    const beforeMs = now();
    await link.clear(phase.faults);
    // Without faults to come there is nothing to wait for: what a client does once a fault is gone belongs to the
    // recovery from its first moment.
    if (index > 0 && phase.faults.length === 0) this.#options.subject.send({kind: 'phase', phase: index});
    else if (index > 0) await this.#dialogue.enterPhase(index);
    const enteredMs = now();
    await link.put(phase.name, phase.faults, phase.durationMs);
    server.begin(phase);
    const afterMs = now();
    record({kind: 'edge', edge: {phase: index, beforeMs, afterMs}});
    notifyReceiver(index, index > 0 ? enteredMs : afterMs);
    harness.edge(index);
    if (index === 0) await this.#dialogue.enterPhase(index);
    await samplers.sampleInjector();
  }

  /**
   * As long as is planned; a recovery may be prolonged until the library is back. A wedged one does not hold up
   * further faults, but after the last one it is watched for as long as any detector needs. False if it
   * ends an exploration.
   */
  async #waitPhase(phase: Phase, isLast: boolean): Promise<boolean> {
    const {comeback, now} = this.#options;
    const {durationMs, prolongedToMs, untilWellMs} = phase;
    const beganMs = now();
    if (untilWellMs !== undefined) {
      const isWell = await untilWell(this.#dialogue, this.#options, {...phase, untilWellMs});
      return isWell || phase.role === 'fault';
    }
    await this.#dialogue.waitFor(durationMs);
    if (prolongedToMs === undefined) return true;
    const stayWhile = async (isWaiting: () => boolean, toMs: number): Promise<void> => {
      while (isWaiting() && now() - beganMs < toMs) await this.#dialogue.waitFor(comebackPollMs);
    };
    await stayWhile(() => !comeback.hasNews, Math.min(prolongedToMs, durationMs + newsMs));
    if (comeback.goodMs > 0) return true;
    const goodMs = Math.min(backMs, durationMs);
    const isGivenUp = (): boolean => !isLast && comeback.isWedged(now());
    await stayWhile(() => comeback.goodMs < goodMs && !isGivenUp(), prolongedToMs);
    return true;
  }

  /** The phase of a fault lasts until the server is ready again: its own start is no part of the library's recovery. */
  async #serverBack(): Promise<void> {
    const {server, waiting} = this.#options;
    await announcingLongWait(server.end(), () => waiting('the server to be ready again'));
  }

  async #noteConnections(phase: Phase): Promise<void> {
    const open = await this.#options.samplers.sampleInjector();
    if (phase.role === 'baseline' && open !== null) {
      this.#baselineConnections = Math.max(this.#baselineConnections, open);
    }
  }

  /**
   * Waits until the idle connections are closed: those that stay are leaks. There is no wait after a load that was
   * shorter than it, and what is still open then proves nothing.
   */
  async #untilIdle(): Promise<void> {
    const {samplers, plan, now, limits} = this.#options;
    const untilMs = now() + (durationOf(plan.phases) < limits.idleMs ? 0 : limits.idleMs);
    let open = await samplers.sampleInjector();
    while (open !== null && open > this.#baselineConnections + 1 && now() < untilMs) {
      await this.#dialogue.waitFor(idlePollMs);
      open = await samplers.sampleInjector();
    }
  }

  /** What becomes of the process meanwhile is not the library's doing. */
  async #snapshotHeap(): Promise<void> {
    const {subject, limits, now, record} = this.#options;
    subject.send({kind: 'snapshot-heap'});
    try {
      await this.#dialogue.answer(['kept'], limits.heapSnapshotMs, 'the heap snapshot');
    } catch (error) {
      if (error instanceof TrialStopped && error.why !== 'interrupted') {
        const message = 'the process did not survive the heap snapshot; try it without --heap-snapshot';
        record({kind: 'trouble', atMs: now(), what: 'heap-snapshot', message});
      }
      throw error;
    }
  }

  /** The subject exits by itself when nothing keeps it alive. */
  async #end(): Promise<void> {
    const {subject, limits, now, record} = this.#options;
    // First the SDK exports what it has. If it cannot, the cause is the receiver or the machine.
    if (!(await settlesWithin(limits.collectMs, subject.disconnected))) {
      const message = `the SDK had not delivered its telemetry after ${limits.collectMs} ms`;
      record({kind: 'trouble', atMs: now(), what: 'telemetry', message});
      return;
    }
    if (!(await settlesWithin(limits.lingerMs, subject.exited))) throw new TrialStopped('lingering');
  }
}

/** Whether it does. */
const settlesWithin = (limitMs: number, step: Promise<unknown>): Promise<boolean> =>
  withTimeout(
    limitMs,
    step.then(() => true),
    () => false,
  );
