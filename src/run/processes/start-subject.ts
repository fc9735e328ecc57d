// Starts a subject: its heap limit, its environment, and the SDK before everything else.
import {pathToFileURL} from 'node:url';
import type {TelemetryMode} from '../../model/choices.ts';
import type {SubjectEvent} from '../../model/event.ts';
import {type Plan, telemetryModeOf, type Variant} from '../../model/plan.ts';
import {type TelemetryPresetName, telemetryPreset} from '../../model/telemetry-preset.ts';
import type {FromSubject, ProgramTask, SubjectTask, ToSubject} from '../../subject/protocol.ts';
import {isForeignSdkSetting, sdkEnvironment} from '../../telemetry/sdk-settings.ts';
import {inspectorArgs} from './blocked-stack.ts';
import type {Child} from './child.ts';
import {entries} from './entries.ts';
import {launcherOf} from './launcher.ts';
import type {Supervisor} from './supervisor.ts';

export type SubjectChild = Child<ToSubject, FromSubject>;

export type SubjectOptions = {
  readonly supervisor: Supervisor;
  readonly plan: Plan;
  readonly variant: Variant;
  readonly task: SubjectTask;
  /** Where the variant's own packages are; null for those beside the scenario. */
  readonly packages: string | null;
  readonly receiverUrl: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onEvent: (event: SubjectEvent) => void;
};

export const startSubject = (options: SubjectOptions): SubjectChild => {
  const {variant, task} = options;
  const heapLimit = variant.process.heapLimitMiB;
  const mode = telemetryModeOf(variant);
  const child = options.supervisor.spawn<ToSubject, FromSubject>({
    label: `The subject ${task.trialId}`,
    file: entries.subject,
    execArgv: [
      ...inspectorArgs,
      ...(heapLimit === undefined ? [] : [`--max-old-space-size=${heapLimit}`]),
      ...(task.program === null ? ['--import', pathToFileURL(entries.preload).href] : []),
    ],
    // A bridge is the harness's own: the program behind it has these CPUs.
    cpuCount: task.program === null ? variant.process.cpuCount : undefined,
    env: {
      ...Object.fromEntries(
        Object.entries(options.environment).filter(([name]) => !isForeignSdkSetting(name)),
      ),
      ...(mode === 'off' ? withoutTelemetry(task) : telemetryEnvironment(options, mode)),
      ...(options.packages === null ? {} : packageEnvironment(variant, options.packages)),
      // A program's go to it alone.
      ...(task.program === null ? variant.process.env : {}),
    },
    onMessage: options.onEvent,
  });
  child.send({kind: 'task', task});
  return child;
};

/** `noop`: a program that answers each operation at once; null for the one that the plan names. */
export type ProgramCommand = readonly string[] | 'noop' | null;

/** The program of the plan, as it is to be started. */
export const programTask = (
  {program}: Plan,
  {process}: Variant,
  {helloMs, command}: {readonly helloMs: number; readonly command: ProgramCommand},
): ProgramTask | null => {
  if (program === undefined) return null;
  const {execPath, execArgv} = launcherOf(process.cpuCount);
  const pinned = execArgv.length === 0 ? [] : [execPath, ...execArgv.slice(0, -1)];
  const started =
    command === 'noop'
      ? {command: [globalThis.process.execPath, entries.noopProgram]}
      : {...program, command: command ?? program.command, env: {...program.env, ...process.env}};
  return {...started, cpuCount: process.cpuCount ?? null, launcher: pinned, helloMs};
};

const packageEnvironment = ({packages = {}}: Variant, folder: string): Record<string, string> => ({
  FOULWEATHER_PACKAGES: JSON.stringify({folder, names: Object.keys(packages)}),
});

/** Nor are the instrumentations of OpenTelemetry's automatic ones for Python and Java there. */
const withoutTelemetry = (task: SubjectTask): Record<string, string> =>
  task.program === null
    ? {}
    : {
        ...withoutSdk(task),
        OTEL_PYTHON_DISABLED_INSTRUMENTATIONS: '*',
        OTEL_JAVAAGENT_ENABLED: 'false',
      };

/** A program may start an SDK of its own. */
const withoutSdk = ({program}: SubjectTask): Record<string, string> =>
  program === null
    ? {}
    : {
        OTEL_SDK_DISABLED: 'true',
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
      };

const telemetryEnvironment = (
  {plan, variant, task, receiverUrl}: SubjectOptions,
  mode: Exclude<TelemetryMode, 'off'>,
): Record<string, string> => ({
  ...sdkEnvironment(
    {
      endpoint: `${receiverUrl}/${task.trialId}`,
      serviceName: plan.name,
      resourceAttributes: {
        'foulweather.scenario': plan.name,
        'foulweather.variant': variant.name,
        'foulweather.trial': task.trialId,
      },
    },
    mode,
  ),
  ...Object.assign({}, ...(plan.telemetry.use ?? []).map(presetEnvironment)),
  // Its own SDK is a program's affair: the signals of the mode go to the receiver.
  ...(task.program !== null && {
    OTEL_TRACES_EXPORTER: mode === 'metrics-only' ? 'none' : 'otlp',
    OTEL_METRICS_EXPORTER: mode === 'unsampled' ? 'none' : 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    ...(mode === 'api-only' && withoutSdk(task)),
  }),
  FOULWEATHER_SDK: JSON.stringify({
    scenarioFile: task.scenarioFile,
    instrumentations: plan.telemetry.instrumentations,
    use: plan.telemetry.use ?? [],
    mode,
  }),
});

const presetEnvironment = (name: TelemetryPresetName): Readonly<Record<string, string>> => {
  const preset = telemetryPreset(name);
  return preset.kind === 'environment' ? preset.env : {};
};
