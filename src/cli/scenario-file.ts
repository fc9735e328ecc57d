// What a user names on the command line → the scenario's file.
import {existsSync, readdirSync, statSync} from 'node:fs';
import {extname, join, resolve} from 'node:path';
import {FoulweatherError} from '../model/errors.ts';
import {nearest} from '../model/suggestions.ts';
import {builtinFile, builtinNames} from '../scenarios/builtin.ts';
import {shellQuote} from './shell-quote.ts';

const looksLikeFile = (name: string): boolean => /[/\\]|\.[cm]?[jt]s$/.test(name);

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
  if (!extensions.includes(extname(file))) {
    refuse(`${name} is not a scenario file.`, `A scenario ends in ${extensions.join(', ')}.`);
  }
  return file;
};

const filesShown = 5;
const extensions: readonly string[] = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];
