// A search whose server says errors of its own: who stumbles over them is found, and who gets over them is not blamed.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import type {Exploration} from '../../../src/explore/exploration.ts';
import {openPlace} from '../../helpers/cli-world.ts';

const errorsOf = (variant: string): readonly string[] => [
  'explore',
  'unavailable.ts',
  ...['--variant', variant, '--only', 'errors', '--budget', '240s', '--jobs', '2'],
  ...['--out', `of-${variant}`, '--reproducers', `kept-${variant}`, '--json', '--quiet'],
];

test("a client that stumbles over its server's own errors is found; one that gets over them is not blamed", async t => {
  t.timeout(400_000);
  const place = await openPlace(t);
  await place.bring('unavailable');
  const [broken, healthy] = await Promise.all([
    place.call(errorsOf('broken')),
    place.call(errorsOf('healthy')),
  ]);
  const clear = JSON.parse(healthy.stdout) as Exploration;
  t.deepEqual(clear.findings, []);
  // On a busy machine one may look wrong for a moment, and there is no verdict on it.
  for (const {id} of clear.unconfirmed) t.log(`${id} looked wrong, and is not confirmed`);
  t.is(healthy.code, clear.unconfirmed.length === 0 ? 0 : 2, healthy.stderr);
  const marks = clear.cells.map(({mark}) => mark);
  t.true(marks.filter(mark => mark === 'passed').length >= 5, marks.join());
  t.is(clear.cells.length, 7, 'three statuses, to one request and to all for a while; and the recording');

  t.is(broken.code, 1, broken.stderr);
  const {findings} = JSON.parse(broken.stdout) as Exploration;
  const [finding] = findings;
  t.like(finding, {symptom: 'process-crash', shownCount: 3, triedCount: 3});
  const report = await readFile(join(place.cwd, 'of-broken/unavailable/explore.md'), 'utf8');
  t.regex(report, /When the server answers one request with status (?:429|500|503), the process crashes/);
});
