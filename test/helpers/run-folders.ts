// Folders that are gone after the test.
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';

export const temporaryFolder = async (t: Pick<ExecutionContext, 'teardown'>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'foulweather-test-'));
  t.teardown(() => rm(folder, {recursive: true, force: true, maxRetries: 3}));
  return folder;
};

/** All files under a folder, with their paths from there, sorted. */
export const filesUnder = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true});
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
};

export const fixture = (name: string): string =>
  new URL(`../fixtures/scenarios/${name}.ts`, import.meta.url).pathname;
