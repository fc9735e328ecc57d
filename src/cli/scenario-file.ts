// What a user names on the command line → the scenario's file.
import {accessSync, constants, existsSync, readdirSync, statSync} from 'node:fs';
import {extname, join, resolve} from 'node:path';
import {FoulweatherError} from '../model/errors.ts';
import {nearest} from '../model/suggestions.ts';
import {builtinFile, builtinNames} from '../scenarios/builtin.ts';
import {scenarioExtensions as extensions, programExtensions} from '../scenarios/program-scenario.ts';
import {shellQuote} from './shell-quote.ts';

const looksLikeFile = (name: string): boolean =>
  /[/\\]|\.[cm]?[jt]s$/.test(name) || programExtensions.includes(extname(name));

/** @throws FoulweatherError FW_UNKNOWN_SCENARIO */
export const findScenario = (name: string, cwd: string): string => {
  const builtin = builtinFile(name);
  if (builtin !== null) return builtin;
  const file = resolve(cwd, name);
  if (looksLikeFile(name)) return knownFile(name, file);
  const beside = extensions
    .map(extension => `${name}${extension}`)
    .find(path => existsSync(resolve(cwd, path)));
  const meant = beside === undefined ? nearest(name, builtinNames) : `./${beside}`;
  throw new FoulweatherError(
    'FW_UNKNOWN_SCENARIO',
    `There is no built-in scenario "${name}".`,
    meant === null
      ? `\`foulweather list\` lists them; a file of yours needs its path, such as ./${name}.ts.`
      : `Did you mean "${meant}"?`,
  );
};

/** @throws FoulweatherError FW_UNKNOWN_SCENARIO for what is not there, is a folder, or is no code */
const knownFile = (name: string, file: string): string => {
  const refuse = (message: string, hint: string): never => {
    throw new FoulweatherError('FW_UNKNOWN_SCENARIO', message, hint);
  };
  if (!existsSync(file))
    refuse(`There is no file ${name}.`, '`foulweather init` writes a scenario to start from.');
  if (statSync(file).isDirectory()) {
    const within = readdirSync(file).filter(entry => extensions.includes(extname(entry)));
    const shown = within.slice(0, filesShown).map(entry => join(name, entry));
    refuse(
      `${name} is a folder.`,
      shown.length === 0
        ? 'Name a scenario file.'
        : `Name the files in it: foulweather run ${shown.map(path => shellQuote(path.startsWith('.') ? path : `./${path}`)).join(' ')}${within.length > filesShown ? ' …' : ''}`,
    );
  }
  if (![...extensions, ...programExtensions].includes(extname(file)) && !isExecutable(file)) {
    refuse(
      `${name} is neither a scenario nor a program.`,
      `A scenario ends in ${extensions.join(', ')}. A program in another language ends in ${programExtensions.join(', ')}, or is executable (docs/languages.md).`,
    );
  }
  return file;
};

const filesShown = 5;

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
