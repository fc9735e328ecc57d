// The package as a user gets it: packed, installed into an empty project, and run there.

import {execFile} from 'node:child_process';
import {cp, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import {Ajv} from 'ajv';
import test, {type ExecutionContext} from 'ava';
import {exitCodes} from '../src/model/errors.ts';
import type {Result} from '../src/report/formats/result.ts';
import {otherGates} from './helpers/machine-doubt.ts';

const run = promisify(execFile);
const checkout = resolve(import.meta.dirname, '..');

type Packed = {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly {readonly path: string}[];
};
type Installed = {readonly packages: Readonly<Record<string, {readonly version: string}>>};

const mebibyte = 1024 ** 2;
const packedFileLimit = 300;
const unpackedLimitBytes = 3 * mebibyte;
const installedLimitBytes = 70 * mebibyte;

const pack = async (folder: string): Promise<Packed> => {
  const {stdout} = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: checkout,
  });
  // npm 11 answers with a list, later ones with an object by name.
  const answer = JSON.parse(stdout) as Packed[] | Record<string, Packed>;
  return Object.values(answer)[0]!;
};

/** As it is on disk, in whole blocks. */
const sizeBytes = async (folder: string): Promise<number> => {
  const {stdout} = await run('du', ['-sk', folder]);
  return Number.parseInt(stdout, 10) * 1024;
};

/** Packages of which there are several, by name. What other packages bring for themselves is their own affair. */
const severalCopies = async (folder: string): Promise<readonly string[]> => {
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as Installed;
  const names = Object.keys(lock.packages).map(path => path.split('node_modules/').at(-1)!);
  return names.filter((name, index) => names.indexOf(name) !== index);
};

const typeScript = join(checkout, 'node_modules/typescript/bin/tsc');
const strictProject = {
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    isolatedModules: true,
    declaration: true,
    outDir: 'out',
    // The package's own declarations are checked as well.
    skipLibCheck: false,
    types: [],
  },
  files: ['typed.ts'],
};

/** Behind a proxy of its own the machine knows whom to trust, and Node's built-in list does not. */
const env = {...process.env, NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --use-system-ca`};

const install = async (folder: string, ...packages: readonly string[]): Promise<void> => {
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], {
    cwd: folder,
    env,
  });
};

const emptyProject = async (t: ExecutionContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'foulweather-package-'));
  t.teardown(() => rm(folder, {recursive: true, force: true}));
  await writeFile(join(folder, 'package.json'), JSON.stringify({name: 'user', type: 'module'}));
  await cp(join(import.meta.dirname, 'fixtures/package'), folder, {recursive: true});
  return folder;
};

/** It is met, unless a busy machine keeps it from being judged. */
const meetsItsGoal = async (t: ExecutionContext, folder: string): Promise<void> => {
  const argv = ['--no-install', 'foulweather', 'run', './scenario.ts', '--quiet'];
  const {stdout} = await run('npx', argv, {cwd: folder}).catch(
    (error: {readonly code?: unknown; readonly stdout: string}) => {
      if (error.code === exitCodes.inconclusive) return error;
      throw error;
    },
  );
  const text = await readFile(join(folder, 'reports/packaged/result.json'), 'utf8');
  const gates = (JSON.parse(text) as Result).variants.at(-1)!.trials.flatMap(trial => trial.gates);
  t.deepEqual(otherGates(t, gates), []);
  t.regex(stdout, gates.length === 0 ? /^Met .*\bpackaged\b/ : /^Inconclusive .*\bpackaged\b/);
};

test.serial(
  'the packed tarball holds what a user needs, and runs a TypeScript scenario in an empty project',
  async t => {
    t.timeout(180_000);
    const folder = await emptyProject(t);
    const packed = await pack(folder);
    const paths = packed.files.map(file => file.path);
    const strange = paths.filter(
      path =>
        !/^(?:dist\/.+\.js|dist\/index\.d\.ts|dist\/.+\.css|schema\/(?:result-v2|journal-v1)\.json|bin\/foulweather\.js|docs\/[\w-]+\.(?:md|svg)|(?:kits|programs)\/\w+(?:\/[\w.]+)+|package\.json|README\.md|LICENSE|CHANGELOG\.md|CONTRIBUTING\.md)$/.test(
          path,
        ),
    );
    t.deepEqual(strange, []);
    t.true(paths.includes('schema/result-v2.json'));
    t.true(paths.includes('dist/index.d.ts'));
    // A module finds its kit by a path from one to the other.
    for (const file of [
      'programs/go/go.mod',
      'programs/go/go.sum',
      'programs/java/pom.xml',
      'kits/go/go.mod',
    ]) {
      t.true(paths.includes(file), file);
    }
    t.true(paths.length < packedFileLimit, `${paths.length} files`);
    t.true(packed.unpackedSize < unpackedLimitBytes, `${packed.unpackedSize} bytes`);

    await install(folder, `./${packed.filename}`);
    const installedBytes = await sizeBytes(join(folder, 'node_modules'));
    t.true(installedBytes < installedLimitBytes, `${installedBytes} bytes are installed`);
    const twice = await severalCopies(folder);
    t.deepEqual(
      twice.filter(
        name => name.startsWith('@opentelemetry/') || /^(?:@grpc\/|protobufjs$|undici$)/.test(name),
      ),
      [],
    );
    // It rejects where anything is missing, or of a wrong version.
    const {stdout: listed} = await run('npm', ['ls', '--all'], {cwd: folder});
    t.notRegex(listed, /UNMET/);

    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(strictProject));
    await t.notThrowsAsync(
      run(process.execPath, [typeScript, '-p', folder]).catch(({stdout}) =>
        Promise.reject(new Error(stdout)),
      ),
    );

    await meetsItsGoal(t, folder);
    const report = await readFile(join(folder, 'reports/packaged/report.md'), 'utf8');
    t.regex(report, /hung-operation/);

    const require = createRequire(join(folder, 'package.json'));
    const schema = JSON.parse(await readFile(require.resolve('foulweather/schema/result-v2.json'), 'utf8'));
    const result = JSON.parse(await readFile(join(folder, 'reports/packaged/result.json'), 'utf8'));
    const holds = new Ajv({strict: true, allowUnionTypes: true}).compile(schema);
    t.true(holds(result), JSON.stringify(holds.errors));
  },
);

test.serial('it installs and runs beside version 2 of the OpenTelemetry SDK, whose API is older', async t => {
  t.timeout(180_000);
  const folder = await emptyProject(t);
  const {filename} = await pack(folder);
  await install(folder, '@opentelemetry/api@~1.9.0', '@opentelemetry/sdk-node@~0.223.0');
  await install(folder, `./${filename}`);
  await meetsItsGoal(t, folder);
  const [runFolder] = await readdir(join(folder, '.foulweather/runs'));
  const trial = join(folder, '.foulweather/runs', runFolder!, 'trials/defaults-1');
  t.true((await stat(join(trial, 'spans.ndjson'))).size > 0);
});
