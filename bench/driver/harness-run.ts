// A whole run of the harness, as a user starts it, with an eye on the memory of its parent process.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createReadStream} from 'node:fs';
import {mkdtemp, readdir, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {TrialEvent} from '../../src/model/event.ts';
import {sampleProcess} from '../../src/run/processes/system-sampler.ts';

const executable = fileURLToPath(new URL('../../bin/foulweather.js', import.meta.url));
const sampleEveryMs = 100;

export type ParentSample = {readonly atEpochMs: number; readonly rssBytes: number};

export type HarnessRun = {
  readonly parent: readonly ParentSample[];
  /** The trial's journal, in its order. */
  readonly journal: AsyncIterable<TrialEvent>;
  readonly spanCount: () => Promise<number>;
  /** When the last file of the report had been written. */
  readonly reportAtEpochMs: number;
};

const epochMs = (): number => performance.timeOrigin + performance.now();

export type Wanted = {
  /** The name of a file in `scenarios/`, and of what it defines. */
  readonly scenario: string;
  readonly variant: string;
  readonly profiles?: boolean;
};

export const withHarnessRun = async <T>(
  {scenario, variant, profiles = true}: Wanted,
  scale: number,
  look: (run: HarnessRun) => Promise<T>,
): Promise<T> => {
  const cwd = await mkdtemp(join(tmpdir(), 'foulweather-bench-'));
  try {
    const file = fileURLToPath(new URL(`scenarios/${scenario}.ts`, import.meta.url));
    const argv = ['run', file, '--variant', variant, '--quiet', ...(profiles ? [] : ['--no-profiles'])];
    const child = spawn(process.execPath, [executable, ...argv], {
      cwd,
      env: {...process.env, BENCH_SCALE: String(scale)},
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const parent: ParentSample[] = [];
    const timer = setInterval(async () => {
      const sample = await sampleProcess(child.pid ?? -1, epochMs());
      if (sample) parent.push({atEpochMs: sample.atMs, rssBytes: sample.rssBytes});
    }, sampleEveryMs);
    const [code] = await once(child, 'exit');
    clearInterval(timer);
    if (code !== 0 && code !== 2) throw new Error(`the run of ${scenario} ended with ${code}`);
    const runs = join(cwd, '.foulweather', 'runs');
    const [id = ''] = await readdir(runs);
    const trial = join(runs, id, 'trials', `${variant}-1`);
    const report = join(cwd, 'reports', scenario);
    const written = await Promise.all((await readdir(report)).map(name => stat(join(report, name))));
    return await look({
      parent,
      journal: linesOf(join(trial, 'events.ndjson')),
      async spanCount() {
        let count = 0;
        for await (const _ of linesOf(join(trial, 'spans.ndjson'))) count++;
        return count;
      },
      reportAtEpochMs: Math.max(...written.map(({mtimeMs}) => mtimeMs)),
    });
  } finally {
    await rm(cwd, {recursive: true});
  }
};

async function* linesOf(file: string): AsyncGenerator<TrialEvent> {
  for await (const line of createInterface({input: createReadStream(file)})) yield JSON.parse(line);
}
