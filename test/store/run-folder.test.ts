// Runs on disk: made, found, written whole, and read in spite of a harness that was killed.
import {appendFile, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {FoulweatherError} from '../../src/model/errors.ts';
import type {TrialEvent} from '../../src/model/event.ts';
import {reopenRun} from '../../src/run/reopen.ts';
import {Journal} from '../../src/store/journal.ts';
import {listRuns, RunFolder, runsFolder} from '../../src/store/run-folder.ts';
import {version} from '../../src/store/version.ts';
import {judgedRun} from '../helpers/judged-run.ts';
import {filesUnder, temporaryFolder} from '../helpers/run-folders.ts';
import {journalOf, plan} from '../helpers/run-journal.ts';

const {record: someRecord} = judgedRun();
const record = {...someRecord, plan, trialIds: ['after-1']};

const readAll = async (folder: RunFolder, trialId: string): Promise<TrialEvent[]> => {
  const events: TrialEvent[] = [];
  for await (const event of folder.readTrial(trialId)) events.push(event);
  return events;
};

test('two runs of the same second get folders of their own', async t => {
  const base = await temporaryFolder(t);
  const made = await Promise.all(Array.from({length: 3}, () => RunFolder.create(base, 'a')));
  t.deepEqual(made.map(({id}) => id).sort(), ['a', 'a-2', 'a-3']);
  t.deepEqual(await listRuns(base), ['a', 'a-2', 'a-3']);
});

test('latest is the newest run, and other files are none', async t => {
  const base = await temporaryFolder(t);
  t.deepEqual(await listRuns(base), []);
  for (const id of ['2026-01-02T00-00-00-z', '2026-01-03T00-00-00-a']) await RunFolder.create(base, id);
  await writeFile(join(runsFolder(base), 'zzz.txt'), '');
  t.is((await RunFolder.open(base, 'latest')).path, join(runsFolder(base), '2026-01-03T00-00-00-a'));
});

test('a run that is not there is told with the newest ones', async t => {
  const base = await temporaryFolder(t);
  for (let day = 1; day < 8; day++) await RunFolder.create(base, `2026-01-0${day}`);
  const error = await t.throwsAsync<FoulweatherError>(RunFolder.open(base, 'x'), {code: 'FW_UNKNOWN_RUN'});
  t.is(error.hint, 'The latest runs are: 2026-01-03, 2026-01-04, 2026-01-05, 2026-01-06, 2026-01-07.');
});

test('a record is written whole, and replaces the one before', async t => {
  const {folder} = await RunFolder.create(await temporaryFolder(t), 'a');
  await folder.writeRecord({...record, status: 'running'});
  await Promise.all([folder.writeFile('report.md', 'text'), folder.writeRecord(record)]);
  t.deepEqual(await folder.readRecord(), record);
  t.deepEqual(await filesUnder(folder.path), ['report.md', 'run.json'], 'no draft is left');
});

test('a record is marked as failed in its place', async t => {
  const {folder} = await RunFolder.create(await temporaryFolder(t), 'a');
  const observation = 'It says «"status": "running"», äöü 😀.';
  const running = {...record, plan: {...plan, observation}, status: 'running'} as const;
  await folder.writeRecord(running);
  const {size} = await stat(folder.pathOf('run.json'));
  await folder.markFailed();
  t.deepEqual(await folder.readRecord(), {...running, status: 'failed'});
  t.is((await stat(folder.pathOf('run.json'))).size, size, 'it needs no room');
  await folder.writeRecord(record);
  await folder.markFailed();
  t.deepEqual(await folder.readRecord(), record, 'one that has ended stays');
});

test('a journal is read as it was written', async t => {
  const {folder} = await RunFolder.create(await temporaryFolder(t), 'a');
  const {journalFile} = await folder.addTrial('after-1');
  const journal = new Journal(journalFile);
  const events = journalOf();
  for (const event of events) journal.add(event);
  await journal.close();
  t.deepEqual(await readAll(folder, 'after-1'), events);
});

test('a journal longer than what is read at once, with all that JSON leaves in a text, is read whole', async t => {
  const {folder} = await RunFolder.create(await temporaryFolder(t), 'a');
  const {journalFile} = await folder.addTrial('after-1');
  const message = `\u2028 \r\n ${'ä€😀'.repeat(200_000)}`;
  const events = [1, 2, 3].map(atMs => ({kind: 'warning', atMs, name: 'long', message}) as const);
  await writeFile(journalFile, events.map(event => `${JSON.stringify(event)}\n`).join(''));
  t.deepEqual(await readAll(folder, 'after-1'), events);
});

test('what a killed harness did not come to write is left out', async t => {
  const {folder} = await RunFolder.create(await temporaryFolder(t), 'a');
  await folder.writeRecord({...record, status: 'running', trialIds: ['after-1', 'before-1']});
  const {journalFile} = await folder.addTrial('after-1');
  const lines = journalOf().map(event => `${JSON.stringify(event)}\n`);
  await writeFile(journalFile, `${lines.slice(0, 5).join('')}${lines[5]!.slice(0, 30)}`);
  t.is((await readAll(folder, 'after-1')).length, 5);
  t.deepEqual(await readAll(folder, 'before-1'), []);
  const {trials, judgement} = await reopenRun(folder);
  t.deepEqual(
    trials.map(({id, end}) => [id, end.kind]),
    [['after-1', 'interrupted']],
  );
  t.is(judgement.verdict, 'inconclusive');
});

test('a journal that is damaged in the middle is told with its line', async t => {
  const {folder} = await RunFolder.create(await temporaryFolder(t), 'a');
  await folder.writeRecord(record);
  const {journalFile} = await folder.addTrial('after-1');
  await writeFile(
    journalFile,
    '{"kind":"interrupted","atMs":1}\n{"kind":\n{"kind":"interrupted","atMs":1}\n',
  );
  const error = await t.throwsAsync<FoulweatherError>(reopenRun(folder), {
    instanceOf: FoulweatherError,
    code: 'FW_RUN_DAMAGED',
  });
  t.true(error.message.startsWith(`Cannot read ${journalFile}:2: `));
  t.is(error.exitCode, 64);
});

const otherVersion = {...record, environment: {...record.environment, foulweather: '9.9.9'}};

const isRefused = test.macro<[Parameters<RunFolder['writeRecord']>[0], readonly object[], string, RegExp]>({
  title: (title = '') => `a journal ${title}`,
  async exec(t, saved, events, code, message) {
    const {folder} = await RunFolder.create(await temporaryFolder(t), 'a');
    await folder.writeRecord(saved);
    const {journalFile} = await folder.addTrial('after-1');
    await writeFile(journalFile, events.map(event => `${JSON.stringify(event)}\n`).join(''));
    const error = await t.throwsAsync<FoulweatherError>(reopenRun(folder), {
      instanceOf: FoulweatherError,
      code,
    });
    t.regex(error.message.replace(folder.path, 'RUN'), message);
  },
});

const [begin] = journalOf();
const resources = {kind: 'resources', sample: {}};

test(
  'of another version is told with that version',
  isRefused,
  otherVersion,
  [begin!, {kind: 'rained', atMs: 1}],
  'FW_RUN_VERSION',
  /^RUN\/trials\/after-1\/events\.ndjson:2 was made by foulweather 9\.9\.9, and foulweather \S+ cannot read it: it has an event of kind "rained"/,
);
test(
  'with an event that lacks what it should have is told with its line and the field',
  isRefused,
  {...record, environment: {...record.environment, foulweather: version()}},
  [begin!, resources],
  'FW_RUN_DAMAGED',
  /^Cannot read RUN\/trials\/after-1\/events\.ndjson:2: sample\.\w+: expected number, received undefined/,
);
test(
  'that does not fit together is told as damaged, too',
  isRefused,
  {...record, environment: {...record.environment, foulweather: version()}},
  [begin!, ...Array.from({length: 3}, () => ({kind: 'bins', bins: []})), {kind: 'bins'}],
  'FW_RUN_DAMAGED',
  /^Cannot read run \S+: /,
);

test('a journal that cannot be written tells the error of the disk at its close', async t => {
  const journal = new Journal(join(await temporaryFolder(t), 'no-such-folder', 'events.ndjson'));
  for (const event of journalOf()) journal.add(event);
  await t.throwsAsync(journal.close(), {code: 'ENOENT'});
});

test('a journal never overwrites one that is there', async t => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'events.ndjson');
  await appendFile(file, 'kept');
  await t.throwsAsync(new Journal(file).close(), {code: 'EEXIST'});
  t.is(await readFile(file, 'utf8'), 'kept');
});

test('a folder of runs that is removed has no runs', async t => {
  const base = await temporaryFolder(t);
  await RunFolder.create(base, 'a');
  await rm(runsFolder(base), {recursive: true});
  t.deepEqual(await listRuns(base), []);
  t.deepEqual(await readdir(base), []);
});
