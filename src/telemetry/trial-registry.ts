// The trials that are open, and the requests for each.
import {setTimeout as delay, setImmediate as nextTurn} from 'node:timers/promises';
import {messageOf} from '../model/error-message.ts';
import type {TelemetryObservation} from '../model/telemetry.ts';
import {BodyBudget, type Share} from './body-budget.ts';
import {OtlpError} from './otlp-error.ts';
import type {Encoding, Signal} from './otlp-messages.ts';
import type {Rejected} from './otlp-response.ts';
import {type TrialStart, TrialTelemetry} from './trial-telemetry.ts';

/** Called for each request that was accepted, with its body inflated. Must not throw. */
export type OnTaken = (trialId: string, signal: Signal, encoding: Encoding, body: Buffer) => void;

type OpenTrial = {readonly trialTelemetry: TrialTelemetry; underWayCount: number};

/** One request of one trial, while it is under way. */
export type PendingRequest = {
  readonly budget: Share;
  /** `bodyBytes` as they were on the wire. */
  readonly countRequest: (bodyBytes: number) => void;
  /** @throws {OtlpError} where the body is not what it should be */
  readonly take: (signal: Signal, encoding: Encoding, body: Buffer) => Promise<Rejected>;
};

/** A subject that was stopped, not killed, may hold a request open indefinitely. */
const finishPatienceMs = 5000;
/** What the kernel still holds of a subject that has just died takes one turn to accept and one to read. */
const quietTurns = 4;

export const toOtlpError = (error: unknown): OtlpError => {
  if (error instanceof OtlpError) return error;
  return new OtlpError('internal', `the receiver failed: ${messageOf(error)}`, {cause: error});
};

export class TrialRegistry {
  readonly #trials = new Map<string, OpenTrial>();
  readonly #budget: BodyBudget;
  readonly #onTaken: OnTaken | undefined;

  constructor(bodiesLimitBytes: number | undefined, onTaken: OnTaken | undefined) {
    this.#budget = new BodyBudget(bodiesLimitBytes);
    this.#onTaken = onTaken;
  }

  start(trial: TrialStart, receiverPort: number): void {
    if (this.#trials.has(trial.trialId)) throw new Error(`trial ${trial.trialId} already exists`);
    this.#trials.set(trial.trialId, {
      trialTelemetry: new TrialTelemetry(trial, receiverPort),
      underWayCount: 0,
    });
  }

  startPhase(trialId: string, phase: number, atMs: number, hits: boolean): void {
    this.#trialOf(trialId).trialTelemetry.startPhase(phase, atMs, hits);
  }

  /**
   * Counts one request. `isAborted` says whether a failure is due to the sender's going away.
   * @throws {OtlpError} for a trial that is not there, and what `deliver` throws
   */
  async accept<T>(
    trialId: string,
    isAborted: () => boolean,
    deliver: (pending: PendingRequest) => Promise<T>,
  ): Promise<T> {
    const trial = this.#trialOf(trialId);
    trial.underWayCount += 1;
    const share = this.#budget.share();
    try {
      return await deliver({
        budget: share,
        countRequest: bodyBytes => trial.trialTelemetry.countRequest(bodyBytes),
        take: async (signal, encoding, body) => {
          const rejected = await trial.trialTelemetry.take(signal, encoding, body);
          this.#onTaken?.(trialId, signal, encoding, body);
          return rejected;
        },
      });
    } catch (error) {
      // A sender that has gone away gets no answer, but is counted.
      trial.trialTelemetry.refuse(isAborted() ? 'aborted by the sender' : toOtlpError(error).kind);
      throw error;
    } finally {
      share.release();
      trial.underWayCount -= 1;
    }
  }

  /** Waits for the requests under way. Rejects for a trial that is not there. */
  async finish(trialId: string): Promise<TelemetryObservation> {
    const trial = this.#trialOf(trialId);
    const deadlineMs = performance.now() + finishPatienceMs;
    let silentTurns = 0;
    while (silentTurns < quietTurns && performance.now() < deadlineMs) {
      await (trial.underWayCount === 0 ? nextTurn() : delay(5));
      silentTurns = trial.underWayCount === 0 ? silentTurns + 1 : 0;
    }
    this.#trials.delete(trialId);
    trial.trialTelemetry.refuse('unfinished at the end of the trial', trial.underWayCount);
    return trial.trialTelemetry.finish();
  }

  #trialOf(trialId: string): OpenTrial {
    const trial = this.#trials.get(trialId);
    if (trial === undefined) throw new OtlpError('unknown trial', `there is no trial ${trialId}`);
    return trial;
  }
}
