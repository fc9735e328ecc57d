// Kits whose programs are compiled first keep to the protocol, and a library of each language is run; kits are installed by
// their languages' own tools.
import {execFile} from 'node:child_process';
import {cp, readdir} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {checkConformance} from '../../src/cli/conformance.ts';
import {isClear} from '../helpers/machine-doubt.ts';
import {temporaryFolder} from '../helpers/run-folders.ts';
import {runOnce} from '../helpers/run-once.ts';
import {serialWith, type Toolchain} from '../helpers/toolchains.ts';

const run = promisify(execFile);
const programs = resolve(import.meta.dirname, '../fixtures/programs');
const kits = resolve(import.meta.dirname, '../../kits');

type Kit = {
  readonly needs: Toolchain;
  /** The command of the program, once it is built. */
  readonly build: (folder: string) => Promise<readonly string[]>;
  readonly hello: RegExp;
  readonly runtime: RegExp;
  /** Names of the error when the time limit of the library is over. */
  readonly timeout: RegExp;
};

const compiled: {readonly [language: string]: Kit} = {
  Go: {
    needs: 'Go 1.21 or newer',
    async build(folder) {
      const program = join(folder, 'client');
      await run('go', ['vet', './...'], {cwd: join(kits, 'go')});
      await run('go', ['build', '-o', program, '.'], {cwd: join(programs, 'go')});
      return [program];
    },
    hello: /^Go 1\.\d+.*, foulweather for Go \d+\.\d+\.\d+, net\/http 1\./,
    runtime: /^Go 1\./,
    timeout: /Client\.Timeout exceeded/,
  },
  Java: {
    needs: 'a JDK, 17 or newer',
    async build(folder) {
      const sources = [join(kits, 'java/Foulweather.java'), join(programs, 'java/Client.java')];
      await run('javac', ['--release', '17', '-Xlint:all', '-Werror', '-d', folder, ...sources]);
      return ['java', '-cp', folder, 'Client'];
    },
    hello: /^.* (?:1[7-9]|[2-9]\d)\b.*, foulweather for Java \d+\.\d+\.\d+, java\.net\.http /,
    runtime: / (?:1[7-9]|[2-9]\d)\b/,
    timeout: /HttpTimeoutException/,
  },
};

const keepsToTheProtocol = async (t: ExecutionContext, command: readonly string[], hello: RegExp) => {
  const {checks, output} = await checkConformance({
    command,
    cwd: programs,
    environment: process.env,
    targetUrl: null,
    options: {},
    limitMs: 10_000,
  });
  t.deepEqual(
    checks.filter(({result}) => result !== 'kept'),
    [],
    output,
  );
  t.regex(checks[0]!.note, hello);
};

for (const [language, {needs, build, hello, runtime, timeout}] of Object.entries(compiled)) {
  serialWith(needs)(
    `the kit for ${language} keeps to the protocol, and its library hangs only without a time limit`,
    async t => {
      t.timeout(300_000);
      const command = await build(await temporaryFolder(t));
      await keepsToTheProtocol(t, command, hello);

      const ran = await runOnce(t, 'program-compiled', {
        environment: {FOULWEATHER_TEST_COMMAND: JSON.stringify(command)},
      });
      const {findings} = ran.trial('defaults').judgement;
      const hung = findings.find(({symptom}) => symptom === 'hung-operation');
      t.like(hung, {verdict: 'present', phase: 'stall'});
      const {trial, judgement} = ran.trial('bounded');
      isClear(t, judgement, 'hung-operation');
      t.regex(trial.runtime ?? '', runtime);
      t.like(trial.end, {kind: 'completed', close: 'resolved'});
      t.regex(JSON.stringify(trial.driver.failures), timeout);
      t.true(trial.system.length > 0, 'the operating system saw the program');
      t.deepEqual(ran.remains, {processes: [], ports: []});
    },
  );
}

/** What a language's tool builds stays out of the checkout. */
const copyOf = async (t: ExecutionContext, kit: string): Promise<string> => {
  const folder = join(await temporaryFolder(t), kit);
  await cp(join(kits, kit), folder, {recursive: true});
  return folder;
};

serialWith('Python 3.9 or newer')('pip installs the kit for Python', async t => {
  t.timeout(180_000);
  const kit = await copyOf(t, 'python');
  await run('python3', ['-m', 'venv', 'environment'], {cwd: kit});
  const python = join(kit, 'environment/bin/python');
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '.'], {cwd: kit});
  const {stdout} = await run(python, ['-c', 'import foulweather; print(foulweather.__file__)'], {
    cwd: programs,
  });
  t.regex(stdout, /site-packages\/foulweather\.py\n$/);
});

serialWith('a JDK, 17 or newer', 'Maven 3')('Maven builds the kit for Java', async t => {
  t.timeout(300_000);
  const kit = await copyOf(t, 'java');
  await run('mvn', ['--batch-mode', '--quiet', 'package'], {cwd: kit});
  t.true((await readdir(join(kit, 'target'))).includes('foulweather-kit-0.1.0.jar'));
});

test('each kit is tested', async t => {
  t.deepEqual((await readdir(kits)).sort(), ['go', 'java', 'python']);
});
