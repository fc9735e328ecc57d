// The packages of variants that bring their own: each set is installed once, by npm, into a folder that is named by
// its contents.
import {createHash, randomUUID} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readdir, realpath, rename, rm, stat, writeFile} from 'node:fs/promises';
import {dirname, join, relative, resolve} from 'node:path';
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import {npmInstall} from './npm.ts';

export type PackageOptions = {
  /** What `file:` is relative to. */
  readonly scenarioFile: string;
  readonly dataDir: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly observer: {readonly preparing?: (what: string) => void};
};

/** A package as npm is given it, and what changes when the folder behind it does. */
type Wanted = {readonly name: string; readonly spec: string; readonly state: string};

export const packagesFolder = (dataDir: string): string => join(dataDir, 'packages');

/**
 * Folders with a node_modules/ by the variant's name, for those variants that have packages of their own. A folder is
 * complete or not there at all: it is put in place by a rename, so that runs at the same time may share it. Those of a
 * program are among its requirements.
 * @throws FoulweatherError FW_NPM_MISSING, FW_PACKAGE_INSTALL, FW_INTERRUPTED
 */
export const installPackages = async (
  plan: Plan,
  options: PackageOptions,
): Promise<ReadonlyMap<string, string>> => {
  const folders = new Map<string, string>();
  if (plan.program) return folders;
  for (const {name, packages} of plan.variants) {
    if (packages === undefined || Object.keys(packages).length === 0) continue;
    const wanted: Wanted[] = [];
    for (const [own, spec] of Object.entries(packages)) wanted.push(await wantedOf(own, spec, options));
    // Node identifies modules by their real paths.
    folders.set(name, await realpath(await installed(name, wanted, options)));
  }
  return folders;
};

const installed = (variant: string, wanted: readonly Wanted[], options: PackageOptions): Promise<string> => {
  const words = wanted.map(({name, spec}) => `${name}@${spec}`).join(' ');
  return inPlace(keyOf(wanted), `installing ${words} for ${variant}`, options, async draft => {
    const dependencies = Object.fromEntries(wanted.map(({name, spec}) => [name, spec]));
    await writeFile(
      join(draft, 'package.json'),
      `${JSON.stringify({private: true, dependencies}, null, 2)}\n`,
    );
    await npmInstall(draft, words, options);
  });
};

/** A folder of that name that is whole, or not there at all: runs at the same time may share it. */
export const inPlace = async (
  key: string,
  what: string,
  {dataDir, observer}: Pick<PackageOptions, 'dataDir' | 'observer'>,
  fill: (draft: string) => Promise<void>,
): Promise<string> => {
  const folder = resolve(packagesFolder(dataDir), key);
  if (existsSync(folder)) return folder;
  observer.preparing?.(what);
  const draft = `${folder}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await mkdir(draft, {recursive: true});
    await fill(draft);
    // Another run may have been quicker; its folder is just as good.
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(draft, {recursive: true, force: true});
  }
};

/** Native parts are built for one platform and one version of Node's interface. */
const keyOf = (wanted: readonly Wanted[]): string => {
  const {platform, arch, versions} = process;
  return hashOf([wanted.toSorted((a, b) => a.name.localeCompare(b.name)), platform, arch, versions.modules]);
};

export const hashOf = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

const wantedOf = async (name: string, spec: string, options: PackageOptions): Promise<Wanted> => {
  if (!spec.startsWith('file:')) return {name, spec, state: ''};
  const path = resolve(dirname(options.scenarioFile), spec.slice('file:'.length));
  const isFolder = existsSync(join(path, 'package.json'));
  if (isFolder || (existsSync(path) && /\.t(?:ar\.)?gz$/.test(path))) {
    return {
      name,
      spec: `file:${path}`,
      state: isFolder ? await stateOfFolder(path) : await stateOfFile(path),
    };
  }
  throw new FoulweatherError(
    'FW_PACKAGE_INSTALL',
    `The package ${name} is specified as ${spec}, but ${path} is neither a folder with a package.json nor a .tgz file.`,
    'Fix the path; it is relative to the scenario file.',
  );
};

const notOfThePackage: ReadonlySet<string> = new Set(['node_modules', '.git', '.foulweather']);

const stateOfFile = async (path: string): Promise<string> => {
  const {size, mtimeMs} = await stat(path);
  return `${size} ${mtimeMs}`;
};

/** A working copy is installed again whenever one of its files has changed. */
export const stateOfFolder = async (
  root: string,
  isPart: (name: string) => boolean = () => true,
): Promise<string> => {
  const hash = createHash('sha256');
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, {withFileTypes: true});
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (notOfThePackage.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile() && isPart(entry.name))
        hash.update(`${relative(root, path)} ${await stateOfFile(path)}\n`);
    }
  };
  await walk(root);
  return hash.digest('hex');
};
