// The folder of a trial's profiles: the parts that the subject left, and the files that they become.
import {readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {ProfilePart} from '../model/profile-part.ts';

const isPart = (name: string): boolean => /^\d+\.json(?:\.tmp)?$/.test(name);

const partNames = async (folder: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).filter(isPart).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};

/** In the order in which they were written. An incomplete one was being written when the subject died. */
export async function* profileParts(folder: string): AsyncGenerator<ProfilePart> {
  for (const name of await partNames(folder)) {
    if (name.endsWith('.tmp')) continue;
    yield JSON.parse(await readFile(join(folder, name), 'utf8')) as ProfilePart;
  }
}

/** Called once they have become profiles. */
export const removeProfileParts = async (folder: string): Promise<void> => {
  for (const name of await partNames(folder)) await rm(join(folder, name));
};
