// Starts a subject: its heap limit, its environment, and the SDK before everything else.
import {pathToFileURL} from 'node:url';
import type {TelemetryMode} from '../../model/choices.ts';
import type {SubjectEvent} from '../../model/event.ts';
import {type Plan, telemetryModeOf, type Variant} from '../../model/plan.ts';
import {type TelemetryPresetName, telemetryPreset} from '../../model/telemetry-preset.ts';
import type {FromSubject, SubjectTask, ToSubject} from '../../subject/protocol.ts';
import {isForeignSdkSetting, sdkEnvironment} from '../../telemetry/sdk-settings.ts';
import {inspectorArgs} from './blocked-stack.ts';
import type {Child} from './child.ts';
import {entries} from './entries.ts';
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
      '--import',
      pathToFileURL(entries.preload).href,
    ],
    cpuCount: variant.process.cpuCount,
    env: {
      ...Object.fromEntries(
        Object.entries(options.environment).filter(([name]) => !isForeignSdkSetting(name)),
      ),
      ...(mode === 'off' ? {} : telemetryEnvironment(options, mode)),
      ...(options.packages === null ? {} : packageEnvironment(variant, options.packages)),
      ...variant.process.env,
    },
    onMessage: options.onEvent,
  });
  child.send({kind: 'task', task});
  return child;
};

const packageEnvironment = ({packages = {}}: Variant, folder: string): Record<string, string> => ({
  FOULWEATHER_PACKAGES: JSON.stringify({folder, names: Object.keys(packages)}),
});

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
