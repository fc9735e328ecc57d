import {createRequire} from 'node:module';
import test from 'ava';
import {builtinFile, builtinNames, describeBuiltins} from '../../src/scenarios/builtin.ts';
import {isScenario} from '../../src/scenarios/define-scenario.ts';
import {planOf} from '../../src/scenarios/plan-of.ts';

const isSound = test.macro({
  title: (_title, name: string) => `${name} has no mistakes, and is called what its file is`,
  async exec(t, name: string) {
    const {default: scenario} = await import(builtinFile(name)!);
    t.true(isScenario(scenario));
    const plan = planOf(scenario);
    t.is(plan.name, name);
    t.is(plan.trials ?? 1, describeBuiltins().find(told => told.name === name)!.trials, 'as list tells it');
  },
});

/** Native modules are not everywhere. */
const needs: Readonly<Record<string, string>> = {'case-thread-pool-odbc': 'odbc'};

const isThere = (module: string): boolean => {
  try {
    createRequire(builtinFile('undici-stall')!).resolve(module);
    return true;
  } catch {
    return false;
  }
};

for (const name of builtinNames) {
  const module = needs[name];
  if (module === undefined || isThere(module)) test(isSound, name);
  else console.error(`${name} is not looked at: npm install ${module}`);
}

test('each has a summary', t => {
  t.deepEqual(
    describeBuiltins().map(({name}) => name),
    builtinNames,
  );
  t.true(describeBuiltins().every(({summary}) => summary.length > 20));
});

for (const name of ['', 'constructor', 'toString', '../define-scenario', 'undici']) {
  test(`"${name}" is no built-in scenario`, t => t.is(builtinFile(name), null));
}
