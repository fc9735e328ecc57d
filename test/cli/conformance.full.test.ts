// Kits whose programs are compiled first: each keeps to the protocol.
import {execFile, execFileSync} from 'node:child_process';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import test from 'ava';
import {checkConformance} from '../../src/cli/conformance.ts';
import {temporaryFolder} from '../helpers/run-folders.ts';

const run = promisify(execFile);
const programs = resolve(import.meta.dirname, '../fixtures/programs');
const kits = resolve(import.meta.dirname, '../../kits');

type Kit = {
  readonly needs: string;
  /** The command of the program, once it is built. */
  readonly build: (folder: string) => Promise<readonly string[]>;
  readonly hello: RegExp;
};

const compiled: {readonly [language: string]: Kit} = {
  Go: {
    needs: 'go',
    async build(folder) {
      const program = join(folder, 'client');
      await run('go', ['vet', './...'], {cwd: join(kits, 'go')});
      await run('go', ['build', '-o', program, '.'], {cwd: join(programs, 'go')});
      return [program];
    },
    hello: /^Go 1\.\d+.*, foulweather for Go \d+\.\d+\.\d+, net\/http 1\./,
  },
  Java: {
    needs: 'javac',
    async build(folder) {
      const sources = [join(kits, 'java/Foulweather.java'), join(programs, 'java/Client.java')];
      await run('javac', ['--release', '17', '-Xlint:all', '-Werror', '-d', folder, ...sources]);
      return ['java', '-cp', folder, 'Client'];
    },
    hello: /^.* (?:1[7-9]|[2-9]\d)\b.*, foulweather for Java \d+\.\d+\.\d+, java\.net\.http /,
  },
};

const isThere = (program: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], {stdio: 'ignore'});
    return true;
  } catch {
    console.error(`Left out: ${program} is not installed.`);
    return false;
  }
};

for (const [language, {needs, build, hello}] of Object.entries(compiled)) {
  (isThere(needs) ? test : test.skip)(`the kit for ${language} keeps to the protocol`, async t => {
    t.timeout(180_000);
    const command = await build(await temporaryFolder(t));
    const {checks, output} = await checkConformance({
      command,
      cwd: programs,
      environment: process.env,
      targetUrl: null,
      options: {},
      limitMs: 3000,
    });
    t.deepEqual(
      checks.filter(({result}) => result !== 'kept'),
      [],
      output,
    );
    t.regex(checks[0]!.note, hello);
  });
}
