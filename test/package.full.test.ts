// The package as a user gets it: packed, installed into an empty project, and run there.

import {execFile} from 'node:child_process';
import {cp, mkdtemp, readFile, rm} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import {Ajv} from 'ajv';
import test from 'ava';
import {readReport} from './helpers/report-text.ts';

const run = promisify(execFile);
const checkout = resolve(import.meta.dirname, '..');

type Packed = {readonly filename: string; readonly files: readonly {readonly path: string}[]};

const pack = async (folder: string): Promise<Packed> => {
  const {stdout} = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: checkout,
  });
  // npm 11 answers with a list, later ones with an object by name.
  const answer = JSON.parse(stdout) as Packed[] | Record<string, Packed>;
  return Object.values(answer)[0]!;
};

test('the packed tarball holds what a user needs, and runs a TypeScript scenario in an empty project', async t => {
  t.timeout(180_000);
  const folder = await mkdtemp(join(tmpdir(), 'foulweather-package-'));
  t.teardown(() => rm(folder, {recursive: true, force: true}));
  const packed = await pack(folder);
  const strange = packed.files
    .map(file => file.path)
    .filter(
      path =>
        !/^(?:dist\/.+\.(?:js|d\.ts|css)|dist\/conventions\/registry\.json|schema\/result-v2\.json|bin\/foulweather\.js|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(
          path,
        ),
    );
  t.deepEqual(strange, []);
  t.true(packed.files.some(({path}) => path === 'schema/result-v2.json'));

  await run('npm', ['init', '-y'], {cwd: folder});
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed.filename}`], {
    cwd: folder,
    // Behind a proxy of its own the machine knows whom to trust, and Node's built-in list does not.
    env: {...process.env, NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --use-system-ca`},
  });
  await cp(join(import.meta.dirname, 'fixtures/package/scenario.ts'), join(folder, 'scenario.ts'));
  const {stdout} = await run('npx', ['--no-install', 'foulweather', 'run', './scenario.ts', '--quiet'], {
    cwd: folder,
  });
  t.regex(stdout, /^Met .*\bpackaged\b/);
  const report = await readReport(join(folder, 'reports/packaged'));
  t.regex(report, /hung-operation/);

  const require = createRequire(join(folder, 'package.json'));
  const schema = JSON.parse(await readFile(require.resolve('foulweather/schema/result-v2.json'), 'utf8'));
  const result = JSON.parse(await readFile(join(folder, 'reports/packaged/result.json'), 'utf8'));
  const holds = new Ajv({strict: true, allowUnionTypes: true}).compile(schema);
  t.true(holds(result), JSON.stringify(holds.errors));
});
