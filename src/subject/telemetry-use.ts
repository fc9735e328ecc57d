// Switches on the telemetry of libraries that a scenario names, resolved from the scenario's folder.
import type {Instrumentation} from '@opentelemetry/instrumentation';
import {type TelemetryPresetName, telemetryPreset} from '../model/telemetry-preset.ts';
import {GotInstrumentation} from './got-instrumentation.ts';
import {installedOf} from './package-name.ts';

type Exports = Readonly<Record<string, unknown>>;
type Holder = Readonly<Record<string, (argument: unknown) => void>>;

const isConstructor = (name: string, value: unknown): value is new () => Instrumentation =>
  typeof value === 'function' && name.endsWith('Instrumentation');

/** The first class of a module whose name says that it is one. */
export const instrumentationOf = (moduleName: string, require: NodeJS.Require): Instrumentation => {
  for (const [name, value] of Object.entries(require(moduleName) as Exports)) {
    if (isConstructor(name, value)) return new value();
  }
  throw new TypeError(`${moduleName} exports no class whose name ends in "Instrumentation"`);
};

const bridges: {readonly [bridge in 'got']: new () => Instrumentation} = {got: GotInstrumentation};

/** What patches or subscribes has to be there before the SDK starts and the library loads. */
export const presetInstrumentations = (
  names: readonly TelemetryPresetName[],
  require: NodeJS.Require,
): Instrumentation[] =>
  names.map(telemetryPreset).flatMap(preset => {
    if (preset.kind === 'instrumentation') {
      return [instrumentationOf(installedOf(preset.packages, require), require)];
    }
    if (preset.kind === 'channels') return [new bridges[preset.bridge]()];
    if (preset.kind !== 'factory') return [];
    const make = (require(installedOf(preset.packages, require)) as Exports)[preset.factory];
    return [(make as () => Instrumentation)()];
  });

/**
 * What a library starts by itself needs the SDK's meters and tracers. A version without telemetry is left as it is:
 * the report says that there was none.
 */
export const beginNative = (names: readonly TelemetryPresetName[], require: NodeJS.Require): void => {
  for (const preset of names.map(telemetryPreset)) {
    if (preset.kind !== 'native') continue;
    const exported = require(installedOf(preset.packages, require)) as Exports;
    const holder = exported[preset.holder] as Holder | undefined;
    holder?.[preset.method]?.(preset.argument);
  }
};
