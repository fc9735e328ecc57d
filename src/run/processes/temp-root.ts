// Where the folders of servers go that run as another user than we do.
import {statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname} from 'node:path';

const mayBePassed = (folder: string): boolean => {
  const above = dirname(folder);
  try {
    return (statSync(folder).mode & 0o001) !== 0 && (above === folder || mayBePassed(above));
  } catch {
    return false;
  }
};

/** The system's, unless it is closed to all but root, as whom we are: a server's own user could not get there. */
export const tempRoot = (): string => {
  const own = tmpdir();
  if (process.getuid?.() !== 0) return own;
  return [own, '/tmp', '/var/tmp'].find(mayBePassed) ?? own;
};
