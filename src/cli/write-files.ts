// Writes the files of a report to the user's folder and to the run's data.
import {mkdir, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import type {RunRecord} from '../model/run.ts';
import type {RunFolder} from '../store/run-folder.ts';
import type {CliIo} from './cli-io.ts';

export type WriteWhere = {
  readonly record: RunRecord;
  readonly folder: RunFolder;
  /** Folder of all reports, relative to the working directory. */
  readonly out: string;
};

/**
 * Twice: under `out`, where the newest of a scenario is found, and with the run's data.
 * @returns the folder of the scenario's reports
 * @throws FoulweatherError FW_FILE_WRITE
 */
export const writeFiles = async (
  io: CliIo,
  {record, folder, out}: WriteWhere,
  files: {readonly [name: string]: string},
): Promise<string> => {
  const target = resolve(io.cwd, out, record.plan.name);
  try {
    await mkdir(target, {recursive: true});
    for (const [name, text] of Object.entries(files)) {
      await folder.writeFile(name, text);
      await writeFile(join(target, name), text);
    }
  } catch (error) {
    throw new FoulweatherError(
      'FW_FILE_WRITE',
      `Cannot write the report to ${target}: ${messageOf(error)}`,
      `Choose another folder with --out. The run is saved: foulweather report ${record.id}`,
      {cause: error},
    );
  }
  return target;
};
