// A run that was made once and recorded, judged anew: what detectors, gates and reports say of it is today's.
//
// `FOULWEATHER_RUNS=live` makes the run instead, and `FOULWEATHER_RUNS=record` keeps what it left (npm run record).
import {deepStrictEqual} from 'node:assert/strict';
import {globSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {brotliCompressSync, brotliDecompressSync, constants} from 'node:zlib';
import type {ExecutionContext} from 'ava';
import type {TrialEvent} from '../../src/model/event.ts';
import type {RunRecord} from '../../src/model/run.ts';
import {reopenRun, type SavedRun} from '../../src/run/reopen.ts';
import type {RunFolder} from '../../src/store/run-folder.ts';
import {type JudgedOnce, judgedOnce, type RunOnceOptions, runOnce} from './run-once.ts';

type Mode = 'recorded' | 'live' | 'record';

const modes: readonly Mode[] = ['recorded', 'live', 'record'];

export const runsMode: Mode = modes.find(mode => mode === process.env['FOULWEATHER_RUNS']) ?? 'recorded';

/** @param name of the recording: that of the scenario's file, with its folder where it is not in fixtures/scenarios */
export const recordedRun = async (
  t: Pick<ExecutionContext, 'teardown'>,
  name: string,
  options: RunOnceOptions = {},
): Promise<JudgedOnce> => {
  if (runsMode === 'recorded') return readRecording(name);
  const ran = await runOnce(t, name, {profiles: true, ...options});
  const left = [...ran.remains.processes, ...ran.remains.ports];
  if (left.length > 0) throw new Error(`the run of ${name} left behind: ${left.join(', ')}`);
  deepStrictEqual(
    (await reopenRun(ran.folder)).judgement,
    ran.run.judgement,
    'the journal says something else',
  );
  if (runsMode === 'record') await writeRecording(name, ran.folder);
  return ran;
};

/** All that are recorded, whatever the mode. */
export const recordedRuns = (): Promise<readonly JudgedOnce[]> =>
  Promise.all(recordingNames().map(readRecording));

export const recordingNames = (): string[] =>
  globSync('**/*.ndjson.br', {cwd: recordings})
    .sort()
    .map(file => file.replace('.ndjson.br', ''));

export const recordings = resolve(import.meta.dirname, '../recordings');

const fileOf = (name: string): string => join(recordings, `${name}.ndjson.br`);

type Line =
  | {readonly record: RunRecord}
  | {readonly trial: string; readonly event: TrialEvent}
  | {readonly trial: string; readonly span: string};

/** Where the checkout lies is this machine's own affair, and nothing is judged by it. */
const withoutCheckout = (text: string): string => text.replaceAll(resolve(import.meta.dirname, '../..'), '');

const writeRecording = async (name: string, folder: RunFolder): Promise<void> => {
  const record = await folder.readRecord();
  const {trials} = await reopenRun(folder);
  const lines: Line[] = [{record}];
  for (const {id, telemetry} of trials) {
    for await (const event of folder.readTrial(id)) lines.push({trial: id, event});
    // Only the traces that a report shows: the rest of the spans are in the figures.
    const shown = new Set(telemetry?.exemplars.map(({traceId}) => traceId));
    for await (const span of folder.readSpans(id, shown)) lines.push({trial: id, span});
  }
  const text = lines.map(line => `${JSON.stringify(line)}\n`).join('');
  mkdirSync(dirname(fileOf(name)), {recursive: true});
  writeFileSync(
    fileOf(name),
    brotliCompressSync(withoutCheckout(text), {params: {[constants.BROTLI_PARAM_LGWIN]: 24}}),
  );
};

export const readRecording = async (name: string): Promise<JudgedOnce> => {
  const text = brotliDecompressSync(readFileSync(fileOf(name))).toString('utf8');
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line);
  const records = lines.flatMap(line => ('record' in line ? [line.record] : []));
  const events = Map.groupBy(
    lines.filter(line => 'event' in line),
    ({trial}) => trial,
  );
  const spans = lines.filter(line => 'span' in line);
  const saved: SavedRun = {
    readRecord: async () => records[0]!,
    async *readTrial(trialId) {
      for (const {event} of events.get(trialId) ?? []) yield event;
    },
    async *readSpans(trialId) {
      for (const {trial, span} of spans) if (trial === trialId) yield span;
    },
  };
  const eventsOf = [...events].map(([id, all]) => [id, all.map(({event}) => event)] as const);
  return judgedOnce(await reopenRun(saved), new Map(eventsOf));
};
