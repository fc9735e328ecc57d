// A judged run that never took place: undici's pool, defaults against bounded, with numbers as they might have been.
import type {Plan, Sweep} from '../../src/model/plan.ts';
import type {JudgedRun, RunRecord} from '../../src/model/run.ts';
import {bounded, defaults, type Options, patient, phases, ratePerSecond} from './judged-behaviour.ts';
import {judge} from './judged-judgement.ts';
import {trialOf} from './judged-trial.ts';

export type {Options} from './judged-behaviour.ts';

const sweep: Sweep = {
  option: 'headersTimeout',
  points: [
    {value: 500, variant: 'bounded'},
    {value: 1500, variant: 'patient'},
    {value: null, variant: 'defaults'},
  ],
};

export const judgedRun = (options: Options = {}): JudgedRun => {
  const {trialsPerVariant = 1} = options;
  const plan: Plan = {
    name: 'undici-stall',
    observation:
      'Requests hang for minutes after the gateway stops answering; only a restart of the service helps.',
    target: {kind: 'http', thinkTimeMs: 0},
    variants: options.oneVariant
      ? [defaults]
      : options.swept
        ? [defaults, patient, bounded]
        : [defaults, bounded],
    ...(options.swept ? {sweep} : {}),
    load: {model: 'open', ratePerSecond, maxInFlight: 4000},
    operation: {deadlineMs: 2000, idempotent: true},
    phases,
    drainLimitMs: 4000,
    goals: {},
    telemetry: {instrumentations: ['@opentelemetry/instrumentation-undici']},
  };
  const trials = Array.from({length: trialsPerVariant}, (_, number) =>
    plan.variants.map(({name}) => trialOf(plan, name, number + 1, options)),
  ).flat();
  const judgements = trials.map(trial => judge(trial, options));
  const candidate = plan.variants.at(-1)!.name;
  const own = judgements.filter(({variant}) => variant === candidate).map(({verdict}) => verdict);
  const record: RunRecord = {
    schemaVersion: 1,
    id: '20261102-140312-undici-stall',
    scenario: plan.name,
    plan,
    seed: 42,
    trialsPerVariant,
    command: `npx foulweather run undici-stall --seed 42${trialsPerVariant > 1 ? ` --trials ${trialsPerVariant}` : ''}`,
    startedAt: '2026-11-02T14:03:12.480Z',
    status: options.interrupted ? 'interrupted' : 'complete',
    endedAt: '2026-11-02T14:04:08.020Z',
    environment: {
      foulweather: '0.1.0',
      node: 'v24.21.0',
      platform: 'linux x64 6.8.0',
      cpu: 'AMD EPYC 7763 64-Core Processor',
      cpuCount: 2,
      memoryBytes: 8 * 1024 ** 3,
      injector: options.uncounted ? 'Toxiproxy 2.12.0 at http://127.0.0.1:8474' : 'embedded 0.1.0',
      commit: '9e25fcf',
      dirty: true,
    },
    calibration: {operationCount: 1000, cpuUsPerOperation: 41.3, startLagP99Ms: 0.9},
    trialIds: trials.map(({id}) => id),
  };
  const verdict = own.includes('missed') ? 'missed' : own.includes('inconclusive') ? 'inconclusive' : 'met';
  return {record, trials, judgement: {verdict, candidate, gates: [], trials: judgements}};
};
