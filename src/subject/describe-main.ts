// The describing child: loads the scenario file, answers with its plan as plain data, and ends.
import {FoulweatherError} from '../model/errors.ts';
import {planOf} from '../scenarios/plan-of.ts';
import {loadScenario, ScenarioLoadError} from './load-scenario.ts';
import type {Description} from './protocol.ts';

const describe = async (file: string): Promise<Description> => {
  try {
    const {scenario} = await loadScenario(file);
    return {kind: 'plan', plan: planOf(scenario)};
  } catch (error) {
    if (error instanceof FoulweatherError) return {kind: 'invalid', message: error.message, hint: error.hint};
    if (error instanceof ScenarioLoadError) {
      return {kind: 'unloadable', message: error.message, missingModule: error.missingModule};
    }
    throw error;
  }
};

process.on('disconnect', () => process.exit(0));
const description = await describe(process.argv[2]!);
// A scenario file may leave timers or sockets open: the child ends as soon as the answer is out.
process.send?.(description, () => process.exit(0));
