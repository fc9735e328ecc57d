// foulweather init: writes a commented scenario that runs as it is.
import {writeFile} from 'node:fs/promises';
import {basename, resolve} from 'node:path';
import type {Command} from 'commander';
import {FoulweatherError} from '../../model/errors.ts';
import {scenarioTemplate} from '../scenario-template.ts';
import type {Session} from '../session.ts';
import {shellWord} from '../shell-word.ts';

const defaultFile = 'scenario.ts';

export const addInitCommand = (root: Command, {world}: Session): void => {
  root
    .command('init')
    .description('write a scenario to start from')
    .argument('[file]', 'where to', defaultFile)
    .option('--force', 'overwrite a file that is there')
    .action(async (name: string, options: {force?: boolean}) => {
      const file = resolve(world.cwd, name);
      try {
        await writeFile(file, scenarioTemplate(basename(file)), {flag: options.force ? 'w' : 'wx'});
      } catch (error) {
        throw cannotWrite(file, error);
      }
      world.stdout.write(`Wrote ${name}. Run it: npx foulweather run ${shellWord(asPath(name))}\n`);
    });
};

/** A bare name could be that of a built-in scenario. */
const asPath = (name: string): string => (/[/\\]/.test(name) ? name : `./${name}`);

const cannotWrite = (file: string, error: unknown): FoulweatherError =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST'
    ? new FoulweatherError(
        'FW_FILE_EXISTS',
        `${file} is there already.`,
        'Name another file, or overwrite it with --force.',
      )
    : new FoulweatherError(
        'FW_FILE_WRITE',
        `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
        'See that the folder exists and may be written to.',
        {cause: error},
      );
