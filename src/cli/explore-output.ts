// What a search and a replay write: whole files or none, and a text for each reporter.
import {appendFile, mkdir} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import {writeWhole} from '../store/write-whole.ts';
import type {CliIo} from './cli-io.ts';
import type {ReporterChoice} from './reporter-option.ts';

/** @throws FoulweatherError FW_FILE_WRITE */
export const writeOutput = (file: string, text: string): void => {
  try {
    writeWhole(file, text);
  } catch (error) {
    throw new FoulweatherError(
      'FW_FILE_WRITE',
      `Cannot write ${file}: ${messageOf(error)}`,
      'Run it in a folder you can write to, or name others with --out and --data.',
      {cause: error},
    );
  }
};

export type ReporterTexts = {readonly [name in ReporterChoice['name']]: () => string};

/** Each to its file or to stdout; the summary of a job on GitHub is the markdown. @throws FoulweatherError FW_FILE_WRITE */
export const toReporters = async (
  io: CliIo,
  reporters: readonly ReporterChoice[],
  texts: ReporterTexts,
): Promise<void> => {
  for (const {name, path} of reporters) {
    const summary = io.env['GITHUB_STEP_SUMMARY'];
    if (name === 'github' && summary) await appendFile(summary, texts.markdown());
    if (path === null) {
      io.stdout.write(texts[name]());
      continue;
    }
    const file = resolve(io.cwd, path);
    await mkdir(dirname(file), {recursive: true});
    writeOutput(file, texts[name]());
  }
};
