// Asks a child process what a scenario file says: the parent never loads it.
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import type {Description} from '../subject/protocol.ts';
import {interruptedEarly, unlessAborted} from './interruption.ts';
import {entries} from './processes/entries.ts';
import type {Supervisor} from './processes/supervisor.ts';

/** @throws FoulweatherError FW_MODULE_MISSING, FW_SCENARIO_LOAD, FW_SCENARIO_INVALID */
export const describeScenario = async (
  supervisor: Supervisor,
  file: string,
  {limitMs, signal}: {readonly limitMs: number; readonly signal: AbortSignal},
): Promise<Plan> => {
  const child = supervisor.spawn<never, Description>({
    label: `Describing ${file}`,
    file: entries.describe,
    args: [file],
  });
  try {
    const answer = child.next(['plan', 'invalid', 'unloadable'], limitMs);
    const description = await unlessAborted(signal, answer, interruptedEarly);
    switch (description.kind) {
      case 'plan':
        return description.plan;
      case 'invalid':
        throw new FoulweatherError('FW_SCENARIO_INVALID', description.message, description.hint);
      case 'unloadable':
        throw unloadable(description.message, description.missingModule);
    }
  } catch (error) {
    if (error instanceof FoulweatherError && error.code === 'FW_CHILD_FAILED') {
      throw new FoulweatherError(
        'FW_SCENARIO_LOAD',
        `The scenario could not be loaded. ${error.message}`,
        'The file must load by itself: try `node` on it. Long work belongs into open() or start().',
        {cause: error},
      );
    }
    throw error;
  } finally {
    child.kill();
  }
};

export const unloadable = (message: string, missingModule: string | null): FoulweatherError =>
  missingModule === null
    ? new FoulweatherError('FW_SCENARIO_LOAD', message, 'Mend the scenario file and try again.')
    : new FoulweatherError(
        'FW_MODULE_MISSING',
        `The scenario needs the package ${missingModule}, which is not installed.`,
        `Install it beside the scenario file, or beside foulweather for one of its own: npm install ${missingModule}`,
      );
