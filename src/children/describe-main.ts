// The describing child: loads the scenario file, answers with its plan as plain data, and ends.
import '../subject/cache-preload.ts';
import {createRequire, flushCompileCache} from 'node:module';
import {tellParent} from '../model/channel.ts';
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import {telemetryPreset} from '../model/telemetry-preset.ts';
import {planOf} from '../scenarios/plan-of.ts';
import {explain, loadScenario, ScenarioLoadError} from '../subject/load-scenario.ts';
import {installedOf} from '../subject/package-name.ts';
import type {Description} from '../subject/protocol.ts';

const describe = async (file: string): Promise<Description> => {
  try {
    const {scenario} = await loadScenario(file);
    const plan = planOf(scenario);
    findInstrumentations(file, plan);
    return {kind: 'plan', plan};
  } catch (error) {
    if (error instanceof FoulweatherError) return {kind: 'invalid', message: error.message, hint: error.hint};
    if (error instanceof ScenarioLoadError) {
      return {kind: 'unloadable', message: error.message, missingModule: error.missingModule};
    }
    throw error;
  }
};

/**
 * The subject registers instrumentations before anything of the scenario runs: one that is not installed would look
 * like a crash of the library.
 * @throws ScenarioLoadError
 */
const findInstrumentations = (file: string, {telemetry}: Plan): void => {
  const require = createRequire(file);
  try {
    for (const name of telemetry.instrumentations) require.resolve(name);
    for (const name of telemetry.use ?? []) installedOf(telemetryPreset(name).packages, require);
  } catch (error) {
    throw explain(file, error);
  }
};

process.on('disconnect', () => process.exit(0));
const description = await describe(process.argv[2]!);
// The parent ends this process as soon as it has answered, before Node would write its compile cache.
flushCompileCache();
// A scenario file may leave timers or sockets open: the child exits as soon as the answer is out.
tellParent(description, () => process.exit(0));
