// Gives what reads bytes inputs by the million: HTTP/1, HTTP/2, header blocks, and what follows each protocol. Nothing may
// crash, hang or grow without limit, and what no fault hits must come to the byte as it was sent.
//
//   npm run fuzz                                      a million inputs for each part
//   npm run fuzz -- --only redis --count 10000        some parts, and fewer of them
//   npm run fuzz -- --only redis --seed 7 --count 1   one input again
//
// Input number n is made of the seed S + n; S is drawn and printed unless --seed says it. --workers (one for each core) work at
// a time. Of an input that fails, its seed is printed and what is left of it when all is left away that can be.
import {availableParallelism} from 'node:os';
import {setTimeout as sleep, setImmediate as turn} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {isMainThread, parentPort, Worker, workerData} from 'node:worker_threads';
import {describeFailure, type FuzzTally, fuzz, nothingTried} from '../test/helpers/fuzz/part.ts';
import {fuzzParts} from '../test/helpers/fuzz/parts.ts';
import {Lanes} from '../test/helpers/lanes.ts';

/** What a worker is given. */
type Job = {
  readonly name: string;
  readonly seed: number;
  readonly count: number;
  /** How many inputs have begun, where it is seen without a message: one that hangs sends none. */
  readonly progress: Int32Array;
};

type Result = Omit<FuzzTally, 'failure'> & {
  readonly failure: readonly string[];
  readonly elapsedMs: number;
  readonly grownBytes: number;
};

/** No input takes as long. */
const longestMs = 60_000;
const batch = 200;
/** What V8 does not give back at once. */
const mostGrowthBytes = 32 * 1024 * 1024;

const liveBytes = async (): Promise<number> => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Buffers are given back after the objects that they belong to.
  for (let round = 0; round < 3; round++) {
    collect();
    await sleep(50);
  }
  const {heapUsed, arrayBuffers} = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

const work = async ({name, seed, count, progress}: Job): Promise<Result> => {
  const part = fuzzParts.find(part => part.name === name)!;
  const startMs = performance.now();
  let tally = nothingTried;
  let warmBytes: number | null = null;
  for (let done = 0; done < count && tally.failure === null; done += batch) {
    // What the first of them brought into memory stays.
    if (warmBytes === null && done >= count / 10) warmBytes = await liveBytes();
    tally = fuzz(part, seed + done, Math.min(batch, count - done), {
      before: tally,
      begun: number => Atomics.store(progress, 0, number),
    });
    // Timers that were set and cleared go.
    await turn();
  }
  const elapsedMs = performance.now() - startMs;
  const failure = tally.failure === null ? [] : describeFailure(tally.failure);
  return {...tally, failure, elapsedMs, grownBytes: warmBytes === null ? 0 : (await liveBytes()) - warmBytes};
};

const inWorker = (name: string, seed: number, count: number): Promise<Result | string> =>
  new Promise(resolve => {
    const progress = new Int32Array(new SharedArrayBuffer(4));
    const job: Job = {name, seed, count, progress};
    const worker = new Worker(new URL(import.meta.url), {workerData: job});
    let [last, lastMs] = [0, performance.now()];
    const settle = (result: Result | string): void => {
      clearInterval(watch);
      void worker.terminate();
      resolve(result);
    };
    const watch = setInterval(() => {
      const begun = Atomics.load(progress, 0);
      if (begun !== last) [last, lastMs] = [begun, performance.now()];
      else if (performance.now() - lastMs > longestMs)
        settle(`${name}, seed ${seed + Math.max(0, begun - 1)}: it hangs`);
    }, 1000);
    worker.once('message', settle);
    worker.once('error', error => settle(`${name}: ${error instanceof Error ? error.stack : String(error)}`));
  });

const number = (value: number): string => Math.round(value).toLocaleString('en');

type Report = {readonly lines: readonly string[]; readonly passed: boolean};

const reportOn = (name: string, result: Result | string): Report => {
  if (typeof result === 'string') return {lines: [result], passed: false};
  const {inputs, followed, hits, failure, elapsedMs, grownBytes} = result;
  const grown = `${(grownBytes / 1e6).toFixed(1)} MB`;
  const figures = [
    `${number(inputs)} inputs in ${(elapsedMs / 1000).toFixed(1)} s`,
    `${number((1000 * inputs) / elapsedMs)}/s`,
    `${Math.round((100 * followed) / inputs)}% followed to the end`,
    `${number(hits)} hits of faults`,
    `memory grew by ${grown}`,
  ];
  const grows = grownBytes > mostGrowthBytes ? [`${name}: its memory grows`] : [];
  const wrong = [...failure, ...grows];
  return {lines: [`${name.padEnd(20)} ${figures.join(', ')}`, ...wrong], passed: wrong.length === 0};
};

const mistakeIn = (names: readonly string[], numbers: readonly number[]): string | null => {
  const known = fuzzParts.map(({name}) => name);
  const wrong = names.find(name => !known.includes(name));
  if (wrong !== undefined) return `There is no part "${wrong}"; choose from ${known.join(', ')}`;
  const isRight = numbers.every(value => Number.isSafeInteger(value) && value >= 0);
  return isRight ? null : '--count, --seed and --workers must be whole numbers';
};

const main = async (): Promise<void> => {
  const {values: asked} = parseArgs({
    options: {
      only: {type: 'string', multiple: true, default: []},
      count: {type: 'string', default: '1000000'},
      seed: {type: 'string', default: String(Math.floor(Math.random() * 1e9))},
      workers: {type: 'string', default: String(availableParallelism())},
    },
  });
  const [count, seed, workers] = [Number(asked.count), Number(asked.seed), Number(asked.workers)];
  const mistake = mistakeIn(asked.only, [count, seed, workers]);
  if (mistake !== null) {
    console.error(mistake);
    process.exitCode = 64;
    return;
  }
  console.log(`Seed ${seed}`);
  const lanes = new Lanes(Math.max(1, workers));
  const chosen = fuzzParts.filter(({name}) => asked.only.length === 0 || asked.only.includes(name));
  const fates = chosen.map(({name}) =>
    lanes.take(async () => {
      const {lines, passed} = reportOn(name, await inWorker(name, seed, count));
      console.log(lines.join('\n'));
      return passed;
    }),
  );
  const passed = (await Promise.all(fates)).filter(Boolean).length;
  console.log(`${passed} passed, ${chosen.length - passed} failed`);
  if (passed < chosen.length) process.exitCode = 1;
};

if (isMainThread) await main();
else parentPort?.postMessage(await work(workerData as Job));
