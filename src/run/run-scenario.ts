// A run from its first process to its verdict: describe, start, try, save, judge.
import {Supervisor} from './processes/supervisor.ts';
import {noDefect, unsavedFailure} from './run-failure.ts';
import {RunInProgress} from './run-in-progress.ts';
import type {FinishedRun, RunOptions} from './run-options.ts';
import {startRun} from './start-run.ts';

/**
 * @throws FoulweatherError before there is anything to save; from then on the run is saved, whatever happens, and
 * only FW_RUN_BROKEN is thrown
 */
export const runScenario = async (options: RunOptions): Promise<FinishedRun> => {
  const {defect = noDefect} = options;
  const supervisor = Supervisor.start(options.environment);
  try {
    const started = await startRun(supervisor, options, AbortSignal.any([options.signal, defect]));
    return await new RunInProgress(options, started).finish();
  } catch (error) {
    throw unsavedFailure(error, defect);
  } finally {
    await supervisor.stop();
  }
};
