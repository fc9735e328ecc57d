// Toolchains of other languages: a test that needs one is left out where it is missing, and says so.
import {execFileSync} from 'node:child_process';
import test from 'ava';

/** What shows that a toolchain is there, and works. */
const proofs = {
  'Python 3.9 or newer': ['python3', '-c', 'import sys, venv; sys.exit(sys.version_info < (3, 9))'],
  'Go 1.21 or newer': ['sh', '-c', "go version | grep -Eq ' go(1[.](2[1-9]|[3-9][0-9])|[2-9])'"],
  'a JDK, 17 or newer': ['javac', '--release', '17', '--version'],
  'Maven 3': ['mvn', '--version'],
} as const satisfies {readonly [toolchain: string]: readonly [string, ...string[]]};

export type Toolchain = keyof typeof proofs;

const answers = new Map<Toolchain, boolean>();

const hasToolchain = (toolchain: Toolchain): boolean => {
  const known = answers.get(toolchain);
  if (known !== undefined) return known;
  const [file, ...args] = proofs[toolchain];
  let isThere = true;
  try {
    execFileSync(file, args, {stdio: 'ignore'});
  } catch {
    isThere = false;
    console.error(`Left out, and needs what is not installed here: ${toolchain}.`);
  }
  answers.set(toolchain, isThere);
  return isThere;
};

/** `test`, where all of them are there. */
export const testWith = (...toolchains: readonly Toolchain[]): typeof test | typeof test.skip =>
  toolchains.filter(toolchain => !hasToolchain(toolchain)).length === 0 ? test : test.skip;

/** `test.serial`, likewise. */
export const serialWith = (...toolchains: readonly Toolchain[]): typeof test.serial | typeof test.skip =>
  toolchains.filter(toolchain => !hasToolchain(toolchain)).length === 0 ? test.serial : test.serial.skip;
