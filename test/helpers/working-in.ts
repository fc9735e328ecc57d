// The processes of a real server. Some servers overwrite their environment, where others are found by a mark: all of them work
// in their folder.
import {readdirSync, readlinkSync} from 'node:fs';

export const workingIn = (folder: string): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter(pid => {
      try {
        return pid > 0 && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      } catch {
        return false;
      }
    });
