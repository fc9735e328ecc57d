// The cause of an error that ends a run: a defect of foulweather, the scenario, or trouble around it.
import {stackOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';

export const noDefect: AbortSignal = new AbortController().signal;

const stackKept = 12;

/** Errors of the scenario's functions. */
const ofTheScenario: readonly string[] = ['FW_SCENARIO_FAILED', 'FW_TARGET_START'];

/** Before there is anything to save. An error that is thrown because `defect` was aborted is not the cause. */
export const unsavedFailure = (error: unknown, defect: AbortSignal): unknown =>
  defect.aborted && !isToldAsDefect(error) ? defectOf(defect.reason, 'No run had been saved yet.') : error;

/** Of a run that is saved. An error of the user's keeps its code: only a failure of foulweather makes a broken run. */
export const savedFailure = (error: unknown, runId: string): FoulweatherError => {
  const saved = `The run so far is saved: foulweather report ${runId}`;
  if (!(error instanceof FoulweatherError || isOfTheSystem(error))) {
    return defectOf(error, `${saved} (the folder of run ${runId} helps to find the bug)`);
  }
  const isTheirs = error instanceof FoulweatherError && ofTheScenario.includes(error.code);
  return new FoulweatherError(
    isTheirs ? error.code : 'FW_RUN_BROKEN',
    `The run broke off: ${error.message}`,
    isTheirs ? `${error.hint} ${saved}` : saved,
    {cause: error, details: error instanceof FoulweatherError ? error.details : []},
  );
};

const isToldAsDefect = (error: unknown): boolean =>
  error instanceof FoulweatherError && error.code === 'FW_INTERNAL';

/** A full disk, or too many open files: a stack trace would explain nothing. */
const isOfTheSystem = (error: unknown): error is Error => error instanceof Error && 'syscall' in error;

/** An error of foulweather's own. */
const defectOf = (error: unknown, whereSaved: string): FoulweatherError => {
  const [first = '', ...lines] = stackOf(error).split('\n');
  return new FoulweatherError(
    'FW_INTERNAL',
    `foulweather itself failed: ${first}`,
    `This is a bug in foulweather, not in the scenario or its library. ${whereSaved}`,
    {cause: error, details: lines.map(line => line.trim()).slice(0, stackKept)},
  );
};
