// Labels the telemetry of each trial with its run, variant and phase, and gives it to the relay, where there is one.
import type {RelayCounts, RelayTarget, TrialLabels} from '../../model/receiver-protocol.ts';
import type {Span} from '../../model/telemetry.ts';
import type {Encoding, Signal} from '../otlp-messages.ts';
import {Relay} from './relay.ts';
import {phaseLabels, runTrace, type TrialTimes, trialTrace} from './run-trace.ts';
import {spliceResource} from './splice-resource.ts';

type OpenTrial = {
  readonly labels: TrialLabels;
  readonly originEpochMs: number;
  readonly edges: TrialTimes['edges'][number][];
};

const none: RelayCounts = {sentCount: 0, droppedCount: 0, lastError: null};

export class TrialRelay {
  #relay: Relay | null = null;
  readonly #trials = new Map<string, OpenTrial>();

  begin(target: RelayTarget): void {
    this.#relay = new Relay(target);
  }

  startTrial(trialId: string, originEpochMs: number, labels: TrialLabels): void {
    this.#trials.set(trialId, {labels, originEpochMs, edges: []});
  }

  startPhase(trialId: string, phase: number, atMs: number): void {
    this.#trials.get(trialId)?.edges.push({phase, atMs});
  }

  /** A request that was accepted. It gets the phase in which it came, some 200 ms after its spans ended. */
  pass(trialId: string, signal: Signal, encoding: Encoding, body: Buffer): void {
    const trial = this.#trials.get(trialId);
    if (!this.#relay || !trial) return;
    const labels = phaseLabels(trial.labels, trial.edges.at(-1)?.phase ?? 0);
    this.#relay.offer({signal, encoding, body: spliceResource(encoding, body, labels)});
  }

  /** @param spans some of the library's, to which the phases link */
  finishTrial(trialId: string, spans: readonly Span[]): void {
    const trial = this.#trials.get(trialId);
    this.#trials.delete(trialId);
    if (!trial) return;
    const times = {...trial, spans, endEpochMs: performance.timeOrigin + performance.now()};
    this.#relay?.offer({
      signal: 'traces',
      encoding: 'protobuf',
      body: trialTrace(trialId, trial.labels, times),
    });
  }

  async end(run: string, startEpochMs: number, limitMs: number): Promise<RelayCounts> {
    const endEpochMs = performance.timeOrigin + performance.now();
    const body = runTrace(run, startEpochMs, endEpochMs);
    this.#relay?.offer({signal: 'traces', encoding: 'protobuf', body});
    return (await this.#relay?.end(limitMs)) ?? none;
  }
}
