// One loop in a process of its own: operations by the driver, or by the barest code that does the same.
import {Pool} from 'undici';
import {Driver} from '../../src/load/driver.ts';
import {monotonicMs, trialClock} from '../../src/model/clock.ts';
import type {Load} from '../../src/model/plan.ts';
import type {SubjectInput} from '../../src/scenarios/define-scenario.ts';
import {decodeHistogram, percentileMs} from '../../src/stats/histogram.ts';
import {operationId, performer} from '../../src/subject/perform.ts';

/** `url`: null for operations that do nothing. */
export type LoopTask =
  | {readonly kind: 'bare' | 'driver'; readonly url: string | null; readonly durationMs: number}
  | {
      readonly kind: 'paced';
      readonly url: string | null;
      readonly durationMs: number;
      readonly ratePerSecond: number;
    };

export type LoopResult = {
  readonly operationCount: number;
  readonly elapsedMs: number;
  readonly cpuUs: number;
  readonly startLagP99Ms: number;
};

export const concurrency = 64;
/** As the driver's closed load does, so that timers and sockets have their turn. */
const startsPerTurn = 64;
const warmUpMs = 1000;

type Subject = SubjectInput<unknown, unknown>;
type Meter = {readonly ms: number; readonly cpuUs: number; readonly count: number};

const cpuUs = (): number => {
  const {user, system} = process.cpuUsage();
  return user + system;
};

const noop: Subject = {open: () => null, perform: () => undefined};

/** One connection per operation in flight, and no pipelining: the same options on either side. */
const overHttp: Subject = {
  open: ({url}) => new Pool(url, {connections: concurrency, pipelining: 1}),
  async perform(pool) {
    const {body} = await (pool as Pool).request({path: '/', method: 'GET'});
    await body.dump();
  },
  close: pool => (pool as Pool).close(),
};

/** Measures what happens after the warm-up and until the end. */
const measure = async (durationMs: number, count: () => number): Promise<LoopResult> => {
  const meter = (): Meter => ({ms: performance.now(), cpuUs: cpuUs(), count: count()});
  await new Promise(resolve => setTimeout(resolve, warmUpMs));
  const before = meter();
  await new Promise(resolve => setTimeout(resolve, durationMs));
  const after = meter();
  return {
    operationCount: after.count - before.count,
    elapsedMs: after.ms - before.ms,
    cpuUs: after.cpuUs - before.cpuUs,
    startLagP99Ms: Number.NaN,
  };
};

const bareLoop = async (subject: Subject, client: unknown, durationMs: number): Promise<LoopResult> => {
  let count = 0;
  let stopped = false;
  let startsInTurn = 0;
  const context = {id: 'bare', signal: AbortSignal.timeout(2 ** 30)};
  const worker = async (): Promise<void> => {
    while (!stopped) {
      if (startsInTurn++ >= startsPerTurn) {
        await new Promise(resolve => setImmediate(resolve));
        startsInTurn = 0;
      }
      await subject.perform(client, context);
      count++;
    }
  };
  const workers = Array.from({length: concurrency}, worker);
  const result = await measure(durationMs, () => count);
  stopped = true;
  await Promise.all(workers);
  return result;
};

const driverLoop = async (
  subject: Subject,
  client: unknown,
  load: Load,
  durationMs: number,
): Promise<LoopResult> => {
  const now = trialClock(monotonicMs());
  const idOf = (index: number): string => operationId('bench-1', index);
  let count = 0;
  const counted: Subject = {
    ...subject,
    perform: (inner, context) => {
      count++;
      return subject.perform(inner, context);
    },
  };
  const driver = new Driver({
    load,
    operation: {deadlineMs: 2000, idempotent: true},
    phases: [
      {name: 'warm-up', role: 'warm-up', durationMs: warmUpMs, faults: []},
      {name: 'measured', role: 'baseline', durationMs, faults: []},
    ],
    perform: performer({
      subject: counted,
      client,
      idOf,
      tracePrefix: '00000000000000a1',
      now,
      deadlineMs: 1000,
      sentNothingSince: () => false,
    }),
    idOf,
    now,
  });
  // As the subject does; there the report goes to the parent.
  let report = '';
  const ticker = setInterval(() => {
    report = JSON.stringify(driver.collect());
  }, 1000);
  driver.enterPhase(0);
  driver.startLoad();
  setTimeout(() => driver.enterPhase(1), warmUpMs);
  const result = await measure(durationMs, () => count);
  driver.stopLoad();
  await driver.drain(5000);
  clearInterval(ticker);
  const phases = driver.collect(true).find(event => event.kind === 'phases')?.phases;
  const figures = phases?.find(({phase}) => phase === 1);
  driver.stop();
  const lag = figures ? decodeHistogram(figures.startLagUs) : null;
  if (report === '') throw new Error('the driver reported nothing');
  return {
    ...result,
    startLagP99Ms: percentileMs(lag, 99) ?? Number.NaN,
  };
};

export const runTask = async (task: LoopTask): Promise<LoopResult> => {
  const subject = task.url === null ? noop : overHttp;
  const client = await subject.open({
    url: task.url ?? '',
    options: {},
    delivered: () => {},
    variant: 'bench',
  });
  const closed: Load = {model: 'closed', concurrency};
  const result =
    task.kind === 'bare'
      ? await bareLoop(subject, client, task.durationMs)
      : await driverLoop(
          subject,
          client,
          task.kind === 'paced'
            ? {model: 'open', ratePerSecond: task.ratePerSecond, maxInFlight: 10_000}
            : closed,
          task.durationMs,
        );
  await subject.close?.(client);
  return result;
};
