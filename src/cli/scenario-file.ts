// What a user names on the command line → the scenario's file.
import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import {FoulweatherError} from '../model/errors.ts';
import {didYouMean} from '../model/suggestions.ts';
import {builtinFile, builtinNames} from '../scenarios/builtin.ts';

const looksLikeFile = (name: string): boolean => /[/\\]|\.[cm]?[jt]s$/.test(name);

/** @throws FoulweatherError FW_UNKNOWN_SCENARIO */
export const findScenario = (name: string, cwd: string): string => {
  const builtin = builtinFile(name);
  if (builtin !== null) return builtin;
  const file = resolve(cwd, name);
  if (looksLikeFile(name)) {
    if (existsSync(file)) return file;
    throw new FoulweatherError(
      'FW_UNKNOWN_SCENARIO',
      `There is no file ${file}.`,
      '`foulweather init` writes a scenario to start from.',
    );
  }
  throw new FoulweatherError(
    'FW_UNKNOWN_SCENARIO',
    `There is no built-in scenario "${name}".`,
    `${didYouMean(name, builtinNames)} A file is named with its path: ./${name}.ts`,
  );
};
