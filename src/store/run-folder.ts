// A run on disk: `run.json`, and a folder per trial with its journal and its spans. Append-only while it runs;
// complete files are put in place by a rename, so that a reader never sees half of one.

import {createReadStream} from 'node:fs';
import {cp, mkdir, open, readdir, readFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import type {TrialEvent} from '../model/event.ts';
import type {RunRecord} from '../model/run.ts';
import {wholeLines} from './journal.ts';
import {unreadable} from './version.ts';
import {writeWhole} from './write-whole.ts';

const recordFile = 'run.json';
/**
 * Both have the same length. The last such words of a record are its status: the plan comes before, and in a text
 * quotes are escaped.
 */
const runningWords = '"status": "running"';
const failedWords = '"status": "failed" ';
const eventsFile = 'events.ndjson';
const spansFile = 'spans.ndjson';
const profilesFolder = 'profiles';

/** What is kept beside a user who names no other place. */
export const dataFolder = (baseDir: string): string => join(baseDir, '.foulweather');

export const runsFolder = (dataDir: string): string => join(dataDir, 'runs');

/** Sorts by time, and names the scenario. */
export const runIdOf = (time: Date, scenario: string): string =>
  `${time.toISOString().slice(0, 19).replaceAll(':', '-')}-${scenario}`;

/** Where the data of a trial lie. */
export type TrialFiles = {
  readonly journalFile: string;
  readonly spansFile: string;
  /** Created by whoever writes the first file. */
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

  /** The name of the run. */
  get id(): string {
    return basename(this.path);
  }

  async writeRecord(record: RunRecord): Promise<void> {
    writeWhole(join(this.path, recordFile), `${JSON.stringify(record, null, 2)}\n`);
  }

  /**
   * Changes the record's status to failed, where the disk has no room for another record: the words replace those
   * that are there.
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

  /** @throws FoulweatherError FW_RUN_DAMAGED, FW_RUN_VERSION */
  async readRecord(): Promise<RunRecord> {
    const file = join(this.path, recordFile);
    const {checkedRecord, makerOf} = await import('./saved-schemas.ts');
    let saved: unknown;
    try {
      saved = JSON.parse(await readFile(file, 'utf8'));
      return checkedRecord(saved);
    } catch (error) {
      throw unreadable(file, error, makerOf(saved));
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

  /** Takes over all that a trial of another run left behind; nothing where that was killed before it wrote any. */
  async copyTrial(from: RunFolder, trialId: string, as = trialId): Promise<void> {
    try {
      await cp(join(from.path, 'trials', trialId), join(this.path, 'trials', as), {recursive: true});
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }

  /**
   * The events of a trial. What a killed harness did not get to write is missing: the whole journal, or the rest of
   * its last line.
   * @param madeBy the version that made the run; null where that is not known
   * @throws FoulweatherError FW_RUN_DAMAGED, FW_RUN_VERSION
   */
  async *readTrial(trialId: string, madeBy: string | null = null): AsyncGenerator<TrialEvent> {
    const file = join(this.path, 'trials', trialId, eventsFile);
    const {eventChecks} = await import('./saved-schemas.ts');
    const checked = eventChecks();
    let number = 0;
    for await (const line of ifThere(file, wholeLines(file))) {
      number++;
      let event: TrialEvent;
      try {
        event = checked(JSON.parse(line));
      } catch (error) {
        throw unreadable(`${file}:${number}`, error, madeBy);
      }
      yield event;
    }
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
    writeWhole(this.pathOf(name), text);
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

/**
 * The run at a path, or all runs somewhere below it, in the order of their folders' names.
 * @throws FoulweatherError FW_UNKNOWN_RUN where there is none
 */
export const runFoldersUnder = async (path: string): Promise<RunFolder[]> => {
  const found = await runsBelow(path);
  if (found.length > 0) return found;
  throw new FoulweatherError(
    'FW_UNKNOWN_RUN',
    `There is no saved run in ${path}.`,
    'Name the folder of a run, .foulweather/runs/ID, or a folder that contains such folders.',
  );
};

const runsBelow = async (path: string): Promise<RunFolder[]> => {
  const entries = await readdir(path, {withFileTypes: true}).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return [];
    }
    throw error;
  });
  if (entries.some(({name}) => name === recordFile)) return [new RunFolder(path)];
  const below = entries.filter(entry => entry.isDirectory() && entry.name !== 'node_modules');
  const found = await Promise.all(
    below
      .map(({name}) => name)
      .sort()
      .map(name => runsBelow(join(path, name))),
  );
  return found.flat();
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

async function* ifThere(file: string, lines: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* lines;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw unreadable(file, error, null);
  }
}

const chunkBytes = 1024 * 1024;
const lineFeed = 10;
/** The id of its trace is the first field of a span. */
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
