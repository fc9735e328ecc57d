// What each mode of telemetry means to the SDK of a program: it is told by its environment alone.
import test from 'ava';
import type {TelemetryMode} from '../../../src/model/choices.ts';
import {type SubjectOptions, startSubject} from '../../../src/run/processes/start-subject.ts';

const environmentIn = (telemetry: TelemetryMode): NodeJS.ProcessEnv => {
  let given: NodeJS.ProcessEnv = {};
  const supervisor = {
    spawn({env}: {readonly env: NodeJS.ProcessEnv}) {
      given = env;
      return {send() {}};
    },
  };
  startSubject({
    supervisor,
    plan: {name: 'mine', telemetry: {instrumentations: []}},
    variant: {name: 'only', process: {env: {}, telemetry}},
    task: {trialId: 'only-1', scenarioFile: '/mine.ts', program: {command: ['client'], launcher: []}},
    packages: null,
    receiverUrl: 'http://127.0.0.1:9',
    environment: {OTEL_METRICS_EXPORTER: 'console'},
    onEvent() {},
  } as unknown as SubjectOptions);
  return given;
};

type Expected = {
  readonly isDisabled: boolean;
  readonly traces: string;
  readonly metrics: string;
  readonly sampler?: string;
};

const modes: {readonly [mode in TelemetryMode]: Expected} = {
  off: {isDisabled: true, traces: 'none', metrics: 'none'},
  'api-only': {isDisabled: true, traces: 'none', metrics: 'none'},
  unsampled: {isDisabled: false, traces: 'otlp', metrics: 'none', sampler: 'always_off'},
  'metrics-only': {isDisabled: false, traces: 'none', metrics: 'otlp'},
  full: {isDisabled: false, traces: 'otlp', metrics: 'otlp'},
};

for (const [mode, {isDisabled, traces, metrics, sampler}] of Object.entries(modes)) {
  test(`the SDK of a program: ${mode}`, t => {
    const environment = environmentIn(mode as TelemetryMode);
    t.is(environment['OTEL_SDK_DISABLED'], isDisabled ? 'true' : undefined);
    t.is(environment['OTEL_TRACES_EXPORTER'], traces);
    t.is(environment['OTEL_METRICS_EXPORTER'], metrics);
    t.is(environment['OTEL_TRACES_SAMPLER'], sampler);
  });
}
