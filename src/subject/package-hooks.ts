// A variant's own versions of packages: in the subject, these bare names, and only these, resolve to where they were installed.
import Module, {registerHooks} from 'node:module';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {packageNameOf} from './package-name.ts';

/** The folder whose node_modules/ holds the packages, and their names. */
export type PackageSet = {readonly folder: string; readonly names: readonly string[]};

type ResolveFilename = (
  request: string,
  parent: {readonly filename?: string | null} | null | undefined,
  isMain: boolean,
  options?: {readonly paths?: readonly string[]},
) => string;

const isOf = ({names}: PackageSet, specifier: string): boolean => {
  const name = packageNameOf(specifier);
  return name !== null && names.includes(name);
};

/** Before the library is loaded. What the packages import themselves was installed beside them, and is found there. */
export const hookPackages = (set: PackageSet): void => {
  const base = pathToFileURL(join(set.folder, 'package.json')).href;
  const isInside = (file: string): boolean => file.startsWith(set.folder);
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const isForeign = context.parentURL?.startsWith('file:') && !isInside(fileURLToPath(context.parentURL));
      return isForeign && isOf(set, specifier)
        ? nextResolve(specifier, {...context, parentURL: base})
        : nextResolve(specifier, context);
    },
  });
  // require() ignores the hook's parent, and instrumentations that patch a module by its name use this function, too.
  const loader = Module as unknown as {_resolveFilename: ResolveFilename};
  const own = loader._resolveFilename;
  loader._resolveFilename = (request, parent, isMain, options) =>
    options?.paths === undefined && isOf(set, request) && !isInside(parent?.filename ?? '')
      ? own.call(Module, request, parent, isMain, {...options, paths: [set.folder]})
      : own.call(Module, request, parent, isMain, options);
  active = {set, base};
};

let active: {readonly set: PackageSet; readonly base: string} | null = null;

/** Where a package is looked for: in its own set, or from the importing module. */
export const baseOf = (specifier: string, parentUrl: string): string =>
  active !== null && isOf(active.set, specifier) ? active.base : parentUrl;
