// A run on disk: `run.json`, and a folder per trial with its journal and its spans. Append-only while it
// runs; what is whole is put in place by a rename, so that a reader never sees half of it.

import {createReadStream} from 'node:fs';
import {mkdir, open, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import type {TrialEvent} from '../model/event.ts';
import type {RunRecord} from '../model/run.ts';
import {wholeLines} from './journal.ts';

const recordFile = 'run.json';
/** Of one length. The last such words of a record are its status: the plan comes before, and in a text quotes are escaped. */
const runningWords = '"status": "running"';
const failedWords = '"status": "failed" ';
const eventsFile = 'events.ndjson';
const spansFile = 'spans.ndjson';
const profilesFolder = 'profiles';

/** What is kept beside a user who names no other place. */
export const dataFolder = (baseDir: string): string => join(baseDir, '.foulweather');

export const runsFolder = (dataDir: string): string => join(dataDir, 'runs');

/** Where the data of a trial lie. */
export type TrialFiles = {
  readonly journalFile: string;
  readonly spansFile: string;
  /** Made by whoever puts something into it. */
  readonly profilesFolder: string;
};

export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder of a new run; of two runs in the same second the later one gets a number. */
  static async create(dataDir: string, id: string): Promise<{folder: RunFolder; id: string}> {
    const root = runsFolder(dataDir);
    await makeRoot(root);
    for (let attempt = 1; ; attempt++) {
      const unique = attempt === 1 ? id : `${id}-${attempt}`;
      try {
        await mkdir(join(root, unique));
        await mkdir(join(root, unique, 'trials'));
        return {folder: new RunFolder(join(root, unique)), id: unique};
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
  }

  /** @throws FoulweatherError FW_UNKNOWN_RUN; `latest` is the newest run */
  static async open(dataDir: string, id: string): Promise<RunFolder> {
    const known = await listRuns(dataDir);
    const wanted = id === 'latest' ? known.at(-1) : known.find(candidate => candidate === id);
    if (wanted !== undefined) return new RunFolder(join(runsFolder(dataDir), wanted));
    throw known.length === 0
      ? new FoulweatherError(
          'FW_UNKNOWN_RUN',
          `No saved runs in ${runsFolder(dataDir)}.`,
          'Run `foulweather run` first, or name the folder of your data with --data.',
        )
      : new FoulweatherError(
          'FW_UNKNOWN_RUN',
          `There is no run "${id}" in ${runsFolder(dataDir)}.`,
          `The latest runs are: ${known.slice(-5).join(', ')}.`,
        );
  }

  /** As the run is named. */
  get id(): string {
    return basename(this.path);
  }

  async writeRecord(record: RunRecord): Promise<void> {
    await writeWhole(join(this.path, recordFile), `${JSON.stringify(record, null, 2)}\n`);
  }

  /**
   * Says in the record that the run has failed, where the disk has no room for another record: the words are put in the
   * place of those that are there.
   */
  async markFailed(): Promise<void> {
    const file = await open(join(this.path, recordFile), 'r+');
    try {
      const text = await file.readFile('utf8');
      const at = text.lastIndexOf(runningWords);
      if (at >= 0) await file.write(failedWords, Buffer.byteLength(text.slice(0, at)));
    } finally {
      await file.close();
    }
  }

  /** @throws FoulweatherError FW_RUN_DAMAGED */
  async readRecord(): Promise<RunRecord> {
    const file = join(this.path, recordFile);
    try {
      const record = JSON.parse(await readFile(file, 'utf8')) as RunRecord;
      if (record.schemaVersion !== 1) {
        throw new Error(
          `its schema version is ${String(record.schemaVersion)}; this version of foulweather reads 1`,
        );
      }
      if (!Array.isArray(record.trialIds) || !Array.isArray(record.plan?.variants)) {
        throw new Error('it has no plan, or no list of trials');
      }
      return record;
    } catch (error) {
      throw damaged(file, error);
    }
  }

  async addTrial(trialId: string): Promise<TrialFiles> {
    const folder = join(this.path, 'trials', trialId);
    await mkdir(folder, {recursive: true});
    return {
      journalFile: join(folder, eventsFile),
      spansFile: join(folder, spansFile),
      profilesFolder: join(folder, profilesFolder),
    };
  }

  /**
   * The events of a trial. What a killed harness did not come to write is left out: the journal as a whole, or the
   * rest of its last line.
   * @throws FoulweatherError FW_RUN_DAMAGED
   */
  async *readTrial(trialId: string): AsyncGenerator<TrialEvent> {
    const file = join(this.path, 'trials', trialId, eventsFile);
    let number = 0;
    for await (const line of linesIfThere(file)) yield parseEvent(line, `${file}:${++number}`);
  }

  /**
   * The lines of some traces in a trial's file of spans; none where there is no file.
   * @throws FoulweatherError FW_RUN_DAMAGED
   */
  async *readSpans(trialId: string, traceIds: ReadonlySet<string>): AsyncGenerator<string> {
    const file = join(this.path, 'trials', trialId, spansFile);
    yield* ifThere(file, linesOfTraces(file, traceIds));
  }

  pathOf(name: string): string {
    return join(this.path, name);
  }

  async writeFile(name: string, text: string): Promise<void> {
    await writeWhole(this.pathOf(name), text);
  }
}

/** Ids of the saved runs, oldest first: they begin with the time. */
export const listRuns = async (dataDir: string): Promise<string[]> => {
  try {
    const entries = await readdir(runsFolder(dataDir), {withFileTypes: true});
    return entries
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};

const makeRoot = async (root: string): Promise<void> => {
  try {
    await mkdir(root, {recursive: true});
  } catch (error) {
    throw new FoulweatherError(
      'FW_FILE_WRITE',
      `Cannot save runs in ${root}: ${messageOf(error)}`,
      'Run it in a folder you can write to, or name one with --data.',
      {cause: error},
    );
  }
};

const linesIfThere = (file: string): AsyncGenerator<string> => ifThere(file, wholeLines(file));

async function* ifThere(file: string, lines: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* lines;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw damaged(file, error);
  }
}

const parseEvent = (line: string, place: string): TrialEvent => {
  try {
    const event = JSON.parse(line) as TrialEvent | null;
    if (typeof event?.kind !== 'string') throw new Error('it is no event');
    return event;
  } catch (error) {
    throw damaged(place, error);
  }
};

const damaged = (file: string, error: unknown): FoulweatherError =>
  new FoulweatherError(
    'FW_RUN_DAMAGED',
    `Cannot read ${file}: ${messageOf(error)}`,
    'Choose another run, or run the scenario again.',
    {cause: error},
  );

const writeWhole = async (file: string, text: string): Promise<void> => {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } catch (error) {
    // On a full disk half a draft would take the room that the next one needs.
    await rm(draft, {force: true});
    throw error;
  }
};

const chunkBytes = 1024 * 1024;
const lineFeed = 10;
/** A span is written with the id of its trace first. */
const idStart = '{"traceId":"'.length;
const idLength = 32;

/** What follows the last line feed was cut off, and is left out. */
export async function* linesOfTraces(file: string, traceIds: ReadonlySet<string>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, {highWaterMark: chunkBytes}) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(lineFeed, from); end >= 0; end = bytes.indexOf(lineFeed, from)) {
      const id = bytes.toString('latin1', from + idStart, from + idStart + idLength);
      if (traceIds.has(id)) yield bytes.toString('utf8', from, end);
      from = end + 1;
    }
    rest = bytes.subarray(from);
  }
}
