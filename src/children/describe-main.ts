// The describing child: loads the scenario file, answers with its plan as plain data, and ends.
import '../subject/cache-preload.ts';
import {readFileSync} from 'node:fs';
import {createRequire, flushCompileCache} from 'node:module';
import {sendToParent} from '../model/channel.ts';
import type {Plan} from '../model/plan.ts';
import {telemetryPreset} from '../model/telemetry-preset.ts';
import {codeFrame, placeInSource} from '../scenarios/code-frame.ts';
import {InvalidScenario, type PlacedMistake} from '../scenarios/mistakes.ts';
import {planOf} from '../scenarios/plan-of.ts';
import {explainLoad, ScenarioLoadError} from '../subject/explain-load.ts';
import {loadScenario} from '../subject/load-scenario.ts';
import {installedOf} from '../subject/package-name.ts';
import type {Description, FramedProblem} from '../subject/protocol.ts';

const describe = async (file: string): Promise<Description> => {
  try {
    const {scenario} = await loadScenario(file);
    const plan = planOf(scenario);
    await findInstrumentations(file, plan);
    return {kind: 'plan', plan};
  } catch (error) {
    if (error instanceof InvalidScenario) {
      return {
        kind: 'invalid',
        problems: await Promise.all(error.mistakes.map(mistake => framed(file, mistake))),
      };
    }
    if (error instanceof ScenarioLoadError) {
      const {reason: text, place, hint, missingModule} = error;
      const frame = place === null ? [] : codeFrame(readFileSync(place.file, 'utf8'), place);
      return {kind: 'unloadable', problem: {text, place, frame}, hint, missingModule};
    }
    throw error;
  }
};

const framed = async (file: string, {text, path}: PlacedMistake): Promise<FramedProblem> => {
  const source = readFileSync(file, 'utf8');
  const place = await placeInSource(source, file, path);
  return place === null
    ? {text, place, frame: []}
    : {text, place: {file, ...place}, frame: codeFrame(source, place)};
};

/**
 * The subject registers instrumentations before anything of the scenario runs: one that is not installed would look
 * like a crash of the library.
 * @throws ScenarioLoadError
 */
const findInstrumentations = async (file: string, {telemetry}: Plan): Promise<void> => {
  const require = createRequire(file);
  try {
    for (const name of telemetry.instrumentations) require.resolve(name);
    for (const name of telemetry.use ?? []) installedOf(telemetryPreset(name).packages, require);
  } catch (error) {
    throw await explainLoad(file, error);
  }
};

process.on('disconnect', () => process.exit(0));
const description = await describe(process.argv[2]!);
// The parent ends this process as soon as it has answered, before Node would write its compile cache.
flushCompileCache();
// A scenario file may leave timers or sockets open: the child exits as soon as the answer is out.
sendToParent(description, () => process.exit(0));
