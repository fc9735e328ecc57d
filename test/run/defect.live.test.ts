// An error of foulweather's own ends in exit code 70, with a saved run of which the report can be made.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import type {RunRecord} from '../../src/model/run.ts';
import {dataFolder, listRuns, runsFolder} from '../../src/store/run-folder.ts';
import {CliProcess} from '../helpers/cli-process.ts';
import {openPlace} from '../helpers/cli-world.ts';
import {fixture} from '../helpers/run-folders.ts';

const defect = new URL('../fixtures/defect.ts', import.meta.url).href;

test('what nobody catches breaks the run off, and what was seen until then is told', async t => {
  const cli = await CliProcess.start(t, ['run', fixture('endless'), '--quiet', '--no-profiles'], {}, [
    '--import',
    defect,
  ]);
  t.deepEqual(await cli.exited, {code: 70, signal: null});
  const [id] = await listRuns(dataFolder(cli.cwd));
  t.regex(cli.stderr, /^error: foulweather itself failed: TypeError: a defect of the harness$/m);
  t.regex(cli.stderr, /^ {2}at .*defect\.ts/m);
  t.true(
    cli.stderr.includes(
      `This is a bug in foulweather, not in the scenario or its library. The run so far is saved: foulweather report ${id}`,
    ),
    cli.stderr,
  );
  const record = JSON.parse(
    await readFile(join(runsFolder(dataFolder(cli.cwd)), id!, 'run.json'), 'utf8'),
  ) as RunRecord;
  t.is(record.status, 'failed');
  t.truthy(record.endedAt);
  t.deepEqual(await cli.watch.remains(), {processes: [], ports: []});

  const place = await openPlace(t);
  const answer = await place.call(['report', id!, '--reporter', 'list'], {cwd: cli.cwd});
  t.is(answer.code, 0, answer.stderr);
  t.regex(answer.stdout, /^Inconclusive {2}endless: .*aborted/);
});
