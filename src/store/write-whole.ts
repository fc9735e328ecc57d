// A file that is there as a whole, or not at all.
import {renameSync, rmSync, writeFileSync} from 'node:fs';

/** At one go: a process that is asked to end at once (a second Ctrl-C) leaves no draft behind. @throws what keeps it from being written */
export const writeWhole = (file: string, text: string): void => {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    // On a full disk half a draft would take the room that the next one needs.
    rmSync(draft, {force: true});
    throw error;
  }
};
