// The version of this package, and what is said of data that this or another version has saved and that cannot be read.
import {readFileSync} from 'node:fs';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import {packageFile} from '../model/own-files.ts';

export const version = (): string => {
  const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
};

const capitalised = (text: string): string => text.replace(/^run /, 'Run ');

/** Saved data says that it has another form than the one that this version reads. */
export class OtherForm extends Error {}

/**
 * @param what the file, or the run as `run ID`
 * @param madeBy the version that saved it; null where that is not known
 */
export const unreadable = (
  what: string,
  error: unknown,
  madeBy: string | null,
  advice = 'Choose another run, or run the scenario again.',
): FoulweatherError => {
  const own = version();
  const problem = messageOf(error).replace(/\.$/, '');
  if (madeBy !== null && madeBy !== own) {
    return new FoulweatherError(
      'FW_RUN_VERSION',
      `${capitalised(what)} was made by foulweather ${madeBy}, and foulweather ${own} cannot read it: ${problem}.`,
      `Use that version (npx foulweather@${madeBy}), or run the scenario again.`,
      {cause: error},
    );
  }
  if (error instanceof OtherForm) {
    return new FoulweatherError(
      'FW_RUN_VERSION',
      `${capitalised(what)} was made by another version of foulweather than ${own}: ${problem}.`,
      'Use the version that made it, or run the scenario again.',
      {cause: error},
    );
  }
  return new FoulweatherError('FW_RUN_DAMAGED', `Cannot read ${what}: ${problem}.`, advice, {cause: error});
};
