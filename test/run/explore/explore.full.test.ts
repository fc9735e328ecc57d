// A search from its command to its reproducer: the defect of one client is found, and its healthy twin is not blamed.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import type {Exploration} from '../../../src/explore/exploration.ts';
import {openPlace} from '../../helpers/cli-world.ts';

const argv = (variant: string): readonly string[] => [
  'explore',
  'explored.ts',
  ...['--variant', variant],
  ...['--only', 'handshake,reset', '--depth', '1', '--budget', '240s', '--jobs', '2'],
  ...['--out', `of-${variant}`, '--reproducers', `kept-${variant}`, '--json', '--quiet'],
];

test('a crash at one moment of the handshake is found, told and kept; a healthy client is not blamed', async t => {
  // It ends when all is tried, which takes most of a minute.
  t.timeout(400_000);
  const place = await openPlace(t);
  await place.bring('explored');
  const [broken, healthy] = await Promise.all([place.call(argv('broken')), place.call(argv('healthy'))]);
  const clear = JSON.parse(healthy.stdout) as Exploration;
  t.deepEqual(clear.findings, []);
  // On a busy machine one may look wrong for a moment, and there is no verdict on it.
  for (const {id} of clear.unconfirmed) t.log(`${id} looked wrong, and is not confirmed`);
  t.is(healthy.code, clear.unconfirmed.length === 0 ? 0 : 2, healthy.stderr);
  t.is(clear.end, 'complete');
  const marks = clear.cells.map(({mark}) => mark);
  t.true(marks.filter(mark => mark === 'passed').length > 0.8 * marks.length, marks.join());

  t.is(broken.code, 1, broken.stderr);
  const {findings} = JSON.parse(broken.stdout) as Exploration;
  t.is(findings.length, 1, broken.stdout);
  const [finding] = findings;
  t.like(finding, {number: 1, symptom: 'process-crash', shownCount: 3, triedCount: 3});
  // After the first reply, or what comes to the same.
  t.regex(finding!.id, /^reset (?:after [123]|within 3|before 4)$/);
  t.true(finding!.moments.length > 3);
  const report = await readFile(join(place.cwd, 'of-broken/explored/explore.md'), 'utf8');
  t.regex(report, /When a new connection is reset \(RST\).*, the process crashes.*: 3 of 3 tries\./);
  const study = await readFile(join(place.cwd, 'of-broken/explored', finding!.caseStudy!), 'utf8');
  t.regex(study, /process-crash/);
  t.true(
    (await readFile(join(place.cwd, 'of-broken/explored/explore.html'), 'utf8')).includes(
      'href="#finding-1"',
    ),
  );
  const kept = await readFile(join(place.cwd, finding!.reproducer!), 'utf8');
  t.regex(kept, /^\/\/ Shows: process-crash$/m);

  const again = await place.call(['explore', '--replay', '--reproducers', 'kept-broken', '--quiet']);
  t.is(again.code, 1, again.stderr);
  t.regex(again.stdout, /^Still fails: kept-broken\//);
});
