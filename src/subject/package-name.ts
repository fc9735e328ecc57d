// The package that an import names, and which of several is installed.
import {isBuiltin} from 'node:module';

/** "@scope/name" of "@scope/name/part"; null for a path, a URL, a built-in module, or an import of the package's own. */
export const packageNameOf = (specifier: string): string | null => {
  if (/^[./#]|:/.test(specifier) || isBuiltin(specifier)) return null;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
};

/** The first of some packages that is installed. @throws what Node throws for the first, where none is */
export const installedOf = (packages: readonly string[], require: NodeJS.Require): string => {
  const found = packages.find(name => {
    try {
      require.resolve(name);
      return true;
    } catch {
      return false;
    }
  });
  return found ?? require.resolve(packages[0]!);
};
