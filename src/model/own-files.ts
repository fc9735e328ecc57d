// Where foulweather's own files are: in a checkout as they are written, in the package bundled into dist/. A bundle has other
// files than its modules were, so nothing else asks for its own place.
import {fileURLToPath} from 'node:url';

const [, packageUrl, folder, extension] = /^(.*\/)(src|dist)\/.+\.([jt]s)$/.exec(import.meta.url)!;

/** The folder with foulweather's code, as a `file:` URL with a slash at its end: its stack frames begin with it. */
export const codeUrl = `${packageUrl}${folder}/`;

export const packageRoot = fileURLToPath(packageUrl!);

/** @param path from the package's root: documentation, schemas, the manifest */
export const packageFile = (path: string): string => fileURLToPath(new URL(path, packageUrl));

/** @param path from the folder with the code: what is read there, and not run by Node */
export const assetFile = (path: string): string => fileURLToPath(new URL(path, codeUrl));

/**
 * A module that is loaded by its place, and not imported: a process, a thread, a scenario. scripts/build.ts keeps its place in dist/.
 *
 * @param path from the folder with the code, without its ending
 */
export const entryUrl = (path: string): URL => new URL(`${path}.${extension}`, codeUrl);

export const entryFile = (path: string): string => fileURLToPath(entryUrl(path));
