// A worker that judges a trial of millions of operations and renders its report. It has a small heap, of which bytes in
// typed arrays are no part: an object for each operation, or a list of all, does not fit in.
import {drainPhase, type MetricSummary} from '../../src/model/telemetry.ts';
import type {Trial} from '../../src/model/trial.ts';
import {renderReport} from '../../src/report/report.ts';
import {judgeRun} from '../../src/run/judge/judge.ts';
import {judgedRun} from './judged-run.ts';
import {baseline, fault, recovery, telemetryOf, trialWith} from './trial-believable.ts';

const perPhase = 1_000_000;
const phases = [baseline, fault, recovery];
const count = perPhase * phases.length;

const ones = new Uint8Array(count).fill(1);
const base64 = Buffer.from(ones).toString('base64');
const {plan} = trialWith();

const sdkSum = (name: string, last: number): MetricSummary => ({
  kind: 'sum',
  isMonotonic: false,
  phase: drainPhase(plan),
  scope: 'sdk',
  name,
  unit: '{span}',
  attributes: {},
  increase: last,
  last,
});

const trial: Trial = trialWith({
  driver: {
    outcomes: ones,
    operationPhases: ones.map((_, index) => phases[Math.floor(index / perPhase)]!),
  },
  ledger: {attempts: ones, effects: ones, unattributedCount: 0, binMs: 500, attemptsByBin: []},
  verified: {applied: ones, owed: null, queued: null, reordered: null},
  telemetry: {
    ...telemetryOf([]),
    spanCount: count,
    spansPerOperation: base64,
    operations: {httpSpans: base64, callSpans: '', marks: base64},
    metrics: [sdkSum('otel.sdk.span.started', count), sdkSum('otel.sdk.span.live', 0)],
    shapes: [
      {
        area: 'http',
        scope: 'library',
        kind: 'client',
        status: 'unset',
        attributes: {},
        count,
        credentialCount: 0,
        example: {traceId: '0'.repeat(32), spanId: '0'.repeat(16)},
      },
    ],
  },
});

const judgement = judgeRun([trial], ['defaults']);
const {record} = judgedRun({oneVariant: true});
renderReport({record: {...record, plan, trialIds: [trial.id]}, trials: [trial], judgement});
