import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, resolve} from 'node:path';
import test from 'ava';
import {telemetryPreset} from '../../src/model/telemetry-preset.ts';
import {type Builtin, builtinFile, builtinNames, builtins} from '../../src/scenarios/builtin.ts';
import {isScenario} from '../../src/scenarios/define-scenario.ts';
import {planOf} from '../../src/scenarios/plan-of.ts';
import {packageNameOf} from '../../src/subject/package-name.ts';

const isSound = test.macro({
  title: (_title, {name}: Builtin) => `${name} has no mistakes, and is what the list says of it`,
  async exec(t, {name, trials, needs}: Builtin) {
    const {default: scenario} = await import(builtinFile(name)!);
    t.true(isScenario(scenario));
    const plan = planOf(scenario);
    t.is(plan.name, name);
    t.is(plan.trials ?? 1, trials);
    t.is(plan.target.kind === 'service' ? plan.target.service : null, needs.service);
    const {instrumentations, use = []} = plan.telemetry;
    const presets = use.map(telemetryPreset);
    const wanted = presets.filter(({kind}) => kind === 'instrumentation' || kind === 'factory');
    t.deepEqual(
      needs.packages.toSorted(),
      [
        ...new Set([
          ...importsOf(builtinFile(name)!),
          ...instrumentations,
          ...wanted.flatMap(({packages}) => packages),
        ]),
      ]
        .filter(packageName => !ours.includes(packageName))
        .sort(),
    );
  },
});

/** What everybody has who has foulweather. */
const ours: readonly string[] = ['undici', '@opentelemetry/api'];

/** The packages that a file imports, and those of its neighbours that it imports. */
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(file, 'utf8').matchAll(
      /(?:^import (?!type)[^;]*?|createRequire\(.*\)\(|\bimport\()['"]([^'"]+)['"]/gm,
    ),
  ].flatMap(([statement, specifier = '']) => {
    if (/import \{(?:\s*type [^,}]+,?)+\s*\}/.test(statement)) return [];
    if (/^\.\/|^\.\.\/(?:builtin|pack)\//.test(specifier))
      return importsOf(resolve(dirname(file), specifier));
    return packageNameOf(specifier) ?? [];
  });

/** Native modules are not everywhere. */
const native: Readonly<Record<string, string>> = {'case-thread-pool-odbc': 'odbc'};

const isThere = (module: string): boolean => {
  try {
    createRequire(builtinFile('undici-stall')!).resolve(module);
    return true;
  } catch {
    return false;
  }
};

for (const builtin of builtins) {
  const module = native[builtin.name];
  if (module === undefined || isThere(module)) test(isSound, builtin);
  else console.error(`${builtin.name} is not looked at: npm install ${module}`);
}

test('each has a name of its own, and a summary', t => {
  t.is(new Set(builtinNames).size, builtins.length);
  t.true(builtins.every(({summary}) => summary.length > 15));
});

for (const name of ['', 'constructor', 'toString', '../define-scenario', 'undici']) {
  test(`"${name}" is no built-in scenario`, t => t.is(builtinFile(name), null));
}
