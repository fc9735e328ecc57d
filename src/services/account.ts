// Whom a server runs as. Some refuse to run as root, and none needs it.
import {readFileSync} from 'node:fs';

export type Account = {readonly name: string; readonly uid: number; readonly gid: number};

/** Of the text of /etc/passwd. */
export const accountIn = (passwd: string, names: readonly string[]): Account | null => {
  const lines = passwd.split('\n').map(line => line.split(':'));
  for (const name of names) {
    const line = lines.find(([first]) => first === name);
    if (line) return {name, uid: Number(line[2]), gid: Number(line[3])};
  }
  return null;
};

/** The first of these that the machine has; null for whoever runs us, which is so for all but root. */
export const accountOf = (names: readonly string[]): Account | null =>
  process.getuid?.() === 0 ? accountIn(readFileSync('/etc/passwd', 'utf8'), names) : null;
