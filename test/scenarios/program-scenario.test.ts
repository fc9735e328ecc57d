import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {planOf} from '../../src/scenarios/plan-of.ts';
import {commandOf, programScenario} from '../../src/scenarios/program-scenario.ts';
import {temporaryFolder} from '../helpers/run-folders.ts';

const commands: readonly (readonly [file: string, command: readonly string[]])[] = [
  ['/app/client.py', ['python3', '/app/client.py']],
  ['/app/main.go', ['go', 'run', '/app/main.go']],
  ['/app/Client.java', ['java', '/app/Client.java']],
  ['/app/client.jar', ['java', '-jar', '/app/client.jar']],
  ['/app/client', ['/app/client']],
];

for (const [file, command] of commands) {
  test(`${file} is run by ${command[0]}`, t => t.deepEqual([...commandOf(file)], [...command]));
}

const environments: readonly (readonly [has: readonly string[], begins: readonly string[]])[] = [
  [['python'], ['.venv/bin/python']],
  [
    ['python', 'opentelemetry-instrument'],
    ['.venv/bin/opentelemetry-instrument', '.venv/bin/python'],
  ],
];

for (const [has, begins] of environments) {
  (process.platform === 'win32' ? test.skip : test)(`with ${has.join(' and ')} beside it`, async t => {
    const folder = await temporaryFolder(t);
    const bin = join(folder, '.venv/bin');
    await mkdir(bin, {recursive: true});
    for (const name of has) await writeFile(join(bin, name), '');
    const file = join(folder, 'client.py');
    t.deepEqual([...commandOf(file)], [...begins.map(path => join(folder, path)), file]);
  });
}

test("a program's file makes a plan, named after it", t => {
  const plan = planOf(programScenario('/app/My Client_2.py'));
  t.is(plan.name, 'my-client-2');
  t.deepEqual(plan.program?.command, ['python3', '/app/My Client_2.py']);
  t.true(plan.phases.some(({role}) => role === 'fault'));
  t.is(planOf(programScenario('/app/__.py')).name, 'program');
});
