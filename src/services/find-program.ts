// Finds a server's programs: in the folders that its packages use, in PATH, and in node_modules.
import {accessSync, constants, globSync} from 'node:fs';
import {delimiter, dirname, join} from 'node:path';

/** Debian keeps servers out of a user's PATH. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** By the numbers in their names, the highest first: of versions 9 and 15 that is 15. */
const newestFirst = (folders: readonly string[]): string[] =>
  folders.toSorted((a, b) => b.localeCompare(a, 'en', {numeric: true}));

const binFoldersAbove = (folder: string): string[] => {
  const above = dirname(folder);
  return [join(folder, 'node_modules/.bin'), ...(above === folder ? [] : binFoldersAbove(above))];
};

export type SearchPlaces = {readonly path: string; readonly cwd: string};

/** The whole path of a program, or null where the machine has none. */
export const findProgram = (
  program: string,
  folders: readonly string[],
  {path, cwd}: SearchPlaces,
): string | null =>
  [
    ...folders.flatMap(pattern => newestFirst(globSync(pattern))),
    ...path.split(delimiter).filter(folder => folder !== ''),
    ...systemFolders,
    ...binFoldersAbove(cwd),
  ]
    .map(folder => join(folder, program))
    .find(isProgram) ?? null;
