// The package that an import names.
import {isBuiltin} from 'node:module';

/** «@scope/name» of «@scope/name/part»; null for a path, a URL, a built-in module, or an import of the package's own. */
export const packageNameOf = (specifier: string): string | null => {
  if (/^[./#]|:/.test(specifier) || isBuiltin(specifier)) return null;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
};
