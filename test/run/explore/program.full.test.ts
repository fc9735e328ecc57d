// A search with a program in another language: what it finds is kept as a scenario that finds the program again.
import {cp, readFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {Exploration} from '../../../src/explore/exploration.ts';
import {openPlace} from '../../helpers/cli-world.ts';
import {testWith} from '../../helpers/toolchains.ts';

const threads = resolve(import.meta.dirname, '../../fixtures/programs/threads.py');

const argv: readonly string[] = [
  ...['explore', 'client.py', '--only', 'connect', '--depth', '1', '--budget', '240s', '--jobs', '2'],
  ...['--reproducers', 'kept', '--json', '--quiet'],
];

/** Python's http.client waits without a limit for an answer. */
const searches = async (t: ExecutionContext): Promise<void> => {
  t.timeout(600_000);
  const place = await openPlace(t);
  await cp(threads, join(place.cwd, 'client.py'));
  const {code, stdout, stderr} = await place.call(argv);
  t.is(code, 1, stderr);
  const {findings, leftOut} = JSON.parse(stdout) as Exploration;
  t.deepEqual(
    leftOut,
    leftOut.filter(({reason}) => reason.startsWith('--only')),
  );
  t.deepEqual(
    findings.map(({symptom}) => symptom),
    ['hung-operation'],
    stdout,
  );
  const [{reproducer} = {reproducer: ''}] = findings;
  const kept = await readFile(join(place.cwd, reproducer!), 'utf8');
  t.regex(kept, /subject: program\(\{command: \['python3', '\.\/client\.py'\], cwd: '\.\.'\}\)/);

  const again = await place.call(['explore', '--replay', '--reproducers', 'kept', '--quiet']);
  t.is(again.code, 1, again.stderr);
  t.regex(again.stdout, /^Still fails: kept\//);
  t.deepEqual(await place.watch.remains(), {processes: [], ports: []});
};

testWith('Python 3.9 or newer')('a program is searched, and its reproducer runs', searches);
