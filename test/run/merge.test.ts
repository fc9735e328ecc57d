// Shards that are merged are the run that one machine would have made; what is no shard of it is refused.
import test from 'ava';
import type {FoulweatherError} from '../../src/model/errors.ts';
import type {JudgedRun} from '../../src/model/run.ts';
import {runStory} from '../../src/report/case-study/run-story.ts';
import {type Result, resultOf} from '../../src/report/formats/result.ts';
import {redactRun} from '../../src/report/redact.ts';
import {renderReport} from '../../src/report/report.ts';
import {type MergedRuns, mergeShards} from '../../src/run/merge.ts';
import {readParts} from '../../src/run/merge-parts.ts';
import {reopenRun} from '../../src/run/reopen.ts';
import type {RunFolder} from '../../src/store/run-folder.ts';
import {reportText} from '../helpers/report-text.ts';
import {filesUnder, temporaryFolder} from '../helpers/run-folders.ts';
import {plan} from '../helpers/run-journal.ts';
import {type Changes, calibrationWith, saveShard, saveWhole} from '../helpers/saved-shards.ts';

const now = (): Date => new Date('2026-11-02T15:00:00Z');

const merge = async (dataDir: string, folders: readonly RunFolder[]): Promise<MergedRuns> =>
  mergeShards(await readParts(folders), {dataDir, now});

const mergedRun = async (dataDir: string, folders: readonly RunFolder[]): Promise<JudgedRun> => {
  const {folders: merged} = await merge(dataDir, folders);
  return reopenRun(merged[0]!);
};

const shardsOf = (dataDir: string, count: number, changes: Changes = {}): Promise<RunFolder[]> =>
  Promise.all(
    Array.from({length: count}, (_, index) => saveShard(dataDir, {index: index + 1, count}, changes)),
  );

const resultWithoutOrigin = (run: JudgedRun): Omit<Result, 'runId' | 'merged'> => {
  const {runId: _, merged: __, ...result} = resultOf(runStory(redactRun(run)));
  return result;
};

for (const count of [1, 2, 3, 4]) {
  test(`a run of four rounds, and ${count} shards of it merged, are judged alike`, async t => {
    const dataDir = await temporaryFolder(t);
    const whole = await reopenRun(await saveWhole(dataDir));
    t.is(whole.judgement.verdict, 'met');
    const shards = await shardsOf(dataDir, count);
    // In whatever order they come.
    const merged = await mergedRun(dataDir, shards.toReversed());
    t.deepEqual(merged.record.trialIds, whole.record.trialIds);
    t.deepEqual(merged.trials, whole.trials);
    t.deepEqual(merged.judgement, whole.judgement);
    t.deepEqual(resultWithoutOrigin(merged), resultWithoutOrigin(whole));
    t.is(merged.record.id, '2026-11-02T15-00-00-small');
    t.is(merged.record.shard, undefined);
    t.like(merged.record.merged, {count, missing: []});
  });
}

test('all that the trials of the shards left is in the merged run', async t => {
  const dataDir = await temporaryFolder(t);
  const shards = await shardsOf(dataDir, 2);
  await shards[1]!.addTrial('calibration');
  await shards[1]!.writeFile('trials/calibration/events.ndjson', '');
  await shards[1]!.writeFile('trials/after-3/spans.ndjson', '{}\n');
  const {folders} = await merge(dataDir, shards);
  const files = await filesUnder(folders[0]!.path);
  t.is(files.filter(file => file.endsWith('events.ndjson')).length, 9);
  t.true(files.includes('trials/after-3/spans.ndjson'));
  t.true(files.includes('trials/calibration-2/events.ndjson'));
});

const lateness = ({judgement}: JudgedRun, trialId: string): string =>
  judgement.trials
    .find(trial => trial.trialId === trialId)!
    .gates.find(({name}) => name === 'machine-saturated')!.reason;

test('each trial is judged with the calibration of its own machine', async t => {
  const dataDir = await temporaryFolder(t);
  const calm = {outcomes: {ok: 300}, lagMs: 150};
  const shards = await Promise.all(
    [1, 2].map(index =>
      saveShard(dataDir, {index, count: 2}, {calm, record: {calibration: calibrationWith(index)}}),
    ),
  );
  const run = await mergedRun(dataDir, shards);
  t.regex(lateness(run, 'after-2'), /no-op operations were 1\.0 ms late/);
  t.regex(lateness(run, 'after-3'), /no-op operations were 2\.0 ms late/);
  t.deepEqual(run.record.calibration, calibrationWith(2));
  t.regex(reportText(renderReport(run)), /per operation, on the shard where it cost most, measured over/);
});

test('a shard that is missing makes the run inconclusive, and is named', async t => {
  const dataDir = await temporaryFolder(t);
  const [first, , third] = await shardsOf(dataDir, 3);
  const run = await mergedRun(dataDir, [first!, third!]);
  t.is(run.judgement.verdict, 'inconclusive');
  t.deepEqual(run.judgement.gates, [
    {
      name: 'shard-missing',
      reason: 'Shard 2 of 3 is missing, and with it trial 3 of each variant.',
      advice: 'Run --shard 2/3 again, and merge all shards.',
    },
  ]);
  t.is(run.record.status, 'complete');
});

test('a shard that was interrupted makes the run partial, and its report says which it was', async t => {
  const dataDir = await temporaryFolder(t);
  const shards = [
    await saveShard(dataDir, {index: 1, count: 2}),
    await saveShard(dataDir, {index: 2, count: 2}, {record: {status: 'interrupted'}}),
  ];
  const run = await mergedRun(dataDir, shards);
  t.is(run.record.status, 'interrupted');
  t.is(run.judgement.verdict, 'inconclusive');
  t.regex(
    reportText(renderReport(run)),
    /\*\*Partial run\.\*\* Shard 2 was interrupted: there are 8 of 8 trials\./,
  );
});

test('machines that differ are named among the threats to validity, and shown with their shards', async t => {
  const dataDir = await temporaryFolder(t);
  const shards = [
    await saveShard(dataDir, {index: 1, count: 2}),
    await saveShard(dataDir, {index: 2, count: 2}, {environment: {cpu: 'Slow', node: 'v22.20.0'}}),
  ];
  const details = renderReport(await mergedRun(dataDir, shards)).files['details.md']!;
  t.regex(
    details,
    /The machines of the shards differ\. .* pairs\. Node\.js \(harness\): v24\.21\.0 \(shard 1\); v22\.20\.0 \(shard 2\)\. CPU: AMD EPYC [^;]*, 2 cores \(shard 1\); Slow, 2 cores \(shard 2\)\./,
  );
  t.regex(details, /\| CPU \| AMD EPYC .* \(shard 1\); Slow, 2 cores \(shard 2\) \|/);
  const alike = renderReport(await mergedRun(dataDir, await shardsOf(await temporaryFolder(t), 2)));
  t.notRegex(alike.files['details.md']!, /The machines of the shards differ/);
  t.regex(alike.files['details.md']!, /Merged from 2 shards/);
});

test('what a machine cannot help is no difference: where a checkout lies, and that there is no repository', async t => {
  const dataDir = await temporaryFolder(t);
  const packagesAt = (folder: string): NonNullable<Changes['record']> => ({
    plan: {
      ...plan,
      variants: [
        {...plan.variants[0], packages: {undici: `file:${folder}/undici`}},
        ...plan.variants.slice(1),
      ],
    },
  });
  const shards = [
    await saveShard(dataDir, {index: 1, count: 2}, {record: packagesAt('/home/a')}),
    await saveShard(
      dataDir,
      {index: 2, count: 2},
      {record: packagesAt('/builds/b'), environment: {commit: null}},
    ),
  ];
  t.is((await merge(dataDir, shards)).folders.length, 1);
});

type Refusal = {
  readonly second: (dataDir: string) => Promise<RunFolder>;
  readonly code: FoulweatherError['code'];
  /** Of the message, the details and the hint. */
  readonly says: RegExp;
};

const isRefused = test.macro({
  title: (title = '') => `not merged with a shard: ${title}`,
  async exec(t, {second, code, says}: Refusal) {
    const dataDir = await temporaryFolder(t);
    const shards = [await saveShard(dataDir, {index: 1, count: 2}), await second(dataDir)];
    const error = await t.throwsAsync<FoulweatherError>(merge(dataDir, shards));
    t.is(error?.code, code);
    t.regex([error?.message, ...(error?.details ?? []), error?.hint].join('\n'), says);
  },
});

const foreign = (says: RegExp, changes: Changes, choice = {index: 2, count: 2}): Refusal => ({
  second: dataDir => saveShard(dataDir, choice, changes),
  code: 'FW_SHARD_FOREIGN',
  says,
});

const refusals: {readonly [title: string]: Refusal} = {
  'a whole run': {
    second: dataDir => saveWhole(dataDir),
    code: 'FW_SHARD_FOREIGN',
    says: /whole is a whole run, not a shard of one/,
  },
  'a merged run': {
    second: async dataDir => (await merge(dataDir, await shardsOf(dataDir, 2))).folders[0]!,
    code: 'FW_SHARD_FOREIGN',
    says: /is a merged run already/,
  },
  'the same shard': {
    second: dataDir => saveShard(dataDir, {index: 1, count: 2}),
    code: 'FW_SHARD_DOUBLE',
    says: /Shard 1 of 2 of small is there twice: .*shard-1 and .*shard-1-2\.\nLeave one of them out\./,
  },
  'the same shard, which did not complete': {
    second: dataDir => saveShard(dataDir, {index: 1, count: 2}, {record: {status: 'running'}}),
    code: 'FW_SHARD_DOUBLE',
    says: /Leave one of them out, such as .*shard-1-2, which did not complete\./,
  },
  'another seed': foreign(
    /^.*shard-2 is not a shard of the same run as .*shard-1:\nseed: 7 instead of 42$/m,
    {
      record: {seed: 7},
    },
  ),
  'another number of trials': foreign(/trials per variant: 8 instead of 4/, {record: {trialsPerVariant: 8}}),
  'another number of shards': foreign(/number of shards: 3 instead of 2/, {}, {index: 2, count: 3}),
  'another version of foulweather': foreign(/foulweather: 0\.0\.9 instead of 0\.1\.0/, {
    environment: {foulweather: '0.0.9'},
  }),
  'another commit': foreign(/commit: abcdef instead of 9e25fcf/, {environment: {commit: 'abcdef'}}),
  'another plan': foreign(/another plan: load, drainLimitMs/, {
    record: {plan: {...plan, load: {model: 'closed', concurrency: 1}, drainLimitMs: 1}},
  }),
  'another scenario': foreign(/scenario: large\.ts instead of small\.ts/, {record: {scenario: 'large.ts'}}),
  'another version of the library': foreign(/undici: 9\.0\.0 instead of 8\.0\.0/, {
    events: events =>
      events.map(event => (event.kind === 'loaded' ? {...event, versions: {undici: '9.0.0'}} : event)),
  }),
  'trials of other rounds': foreign(/has a trial "after-1", which is not one of shard 2 of 2/, {
    record: {trialIds: ['after-1']},
  }),
};

for (const [title, refusal] of Object.entries(refusals)) test(title, isRefused, refusal);

test('several scenarios are merged each for itself, and those of which there is no run are named', async t => {
  const dataDir = await temporaryFolder(t);
  const series = ['large.ts', 'small.ts', 'absent.ts'];
  const shards = await Promise.all([
    saveShard(dataDir, {index: 1, count: 2, series}),
    saveShard(dataDir, {index: 2, count: 2, series}),
    saveShard(
      dataDir,
      {index: 1, count: 2, series},
      {record: {scenario: 'large.ts', plan: {...plan, name: 'large'}}},
    ),
  ]);
  const {folders, leftOut} = await merge(dataDir, shards);
  const records = await Promise.all(folders.map(folder => folder.readRecord()));
  t.deepEqual(
    records.map(({plan: {name}, merged}) => ({name, missing: merged?.missing})),
    [
      {name: 'large', missing: [{index: 2, rounds: [3, 4]}]},
      {name: 'small', missing: []},
    ],
  );
  t.deepEqual(
    leftOut.map(({scenario, error}) => [scenario, error.code]),
    [['absent.ts', 'FW_SHARD_MISSING']],
  );
  t.regex(leftOut[0]!.error.hint, /^Shard 1 of 2 was to run it/);
});
