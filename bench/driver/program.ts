// What an operation costs the harness where a program of another language has the library: the driver, and a line each way.
import {resolve} from 'node:path';
import {Driver} from '../../src/load/driver.ts';
import {monotonicMs} from '../../src/model/clock.ts';
import {performer} from '../../src/subject/perform.ts';
import {RunningProgram} from '../../src/subject/program-subject.ts';
import type {SubjectTask} from '../../src/subject/protocol.ts';
import {medianOf} from '../part.ts';
import type {DriverRow} from './row.ts';

const loads = {
  paced: {model: 'open', ratePerSecond: 5000, maxInFlight: 5000},
  /** Each operation is a wake-up of its own. */
  slow: {model: 'open', ratePerSecond: 1000, maxInFlight: 1000},
  closed: {model: 'closed', concurrency: 64},
} as const;

const phases: SubjectTask['phases'] = [
  {name: 'warm-up', role: 'warm-up', durationMs: 500, faults: []},
  {name: 'measured', role: 'baseline', durationMs: 3000, faults: []},
];
const operation = {deadlineMs: 2000, idempotent: true};

const taskOf = (load: SubjectTask['load']): SubjectTask & {program: NonNullable<SubjectTask['program']>} => ({
  scenarioFile: import.meta.filename,
  variant: 'bench',
  trialId: 'bench-1',
  tracePrefix: '0123456789abcdef',
  url: 'http://127.0.0.1:9',
  originMonotonicMs: monotonicMs(),
  originEpochMs: Date.now(),
  load,
  operation,
  phases,
  closeSlowMs: 5000,
  noop: true,
  profilesFolder: '',
  profiling: null,
  program: {
    command: [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      resolve(import.meta.dirname, '../../src/subject/noop-main.ts'),
    ],
    launcher: [],
    cpuCount: null,
    helloMs: 10_000,
  },
});

const cpuUs = (): number => {
  const {user, system} = process.cpuUsage();
  return user + system;
};

type Cost = {readonly usPerOperation: number; readonly perSecond: number};

const costOf = async (load: SubjectTask['load'], scale: number): Promise<Cost> => {
  const task = taskOf(load);
  const ended = Promise.withResolvers<unknown>();
  const program = await RunningProgram.start(task, process.env, {
    log() {},
    broken: ended.reject,
    ended: ended.resolve,
  });
  if (program === null) throw new Error('the no-op program did not start');
  const subject = program.subject(operation.deadlineMs, 1000);
  await subject.open({url: task.url, options: {}, variant: 'bench', delivered() {}});
  const now = (): number => monotonicMs() - task.originMonotonicMs;
  const idOf = (index: number): string => `bench-1-${index}`;
  const perform = performer({
    subject,
    client: null,
    idOf,
    tracePrefix: task.tracePrefix,
    now,
    deadlineMs: operation.deadlineMs,
    sentNothingSince: () => false,
  });
  let count = 0;
  const counted: typeof perform = (index, deadlineAtMs) => {
    count++;
    return perform(index, deadlineAtMs);
  };
  const driver = new Driver({load, operation, phases, perform: counted, idOf, now});
  const during = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms * scale));
  driver.startLoad();
  await during(500);
  const [fromUs, fromMs, fromCount] = [cpuUs(), now(), count];
  await during(3000);
  const [usedUs, tookMs, done] = [cpuUs() - fromUs, now() - fromMs, count - fromCount];
  driver.stopLoad();
  await driver.drain(2000);
  driver.stop();
  await subject.close?.(null);
  await ended.promise;
  return {usPerOperation: usedUs / done, perSecond: (done * 1000) / tookMs};
};

export const programRow: DriverRow = {
  title: "program: the harness's CPU per operation of a program in another language, at 5,000/s",
  unit: 'µs',
  digits: 1,
  limit: {atMost: 60},
  async measure({rounds, scale}) {
    const paced: Cost[] = [];
    const slow: Cost[] = [];
    const closed: Cost[] = [];
    for (let round = 0; round < rounds; round++) {
      paced.push(await costOf(loads.paced, scale));
      slow.push(await costOf(loads.slow, scale));
      closed.push(await costOf(loads.closed, scale));
    }
    const usOf = (costs: readonly Cost[]): string =>
      medianOf(costs.map(({usPerOperation}) => usPerOperation)).toFixed(1);
    const most = Math.round(medianOf(closed.map(({perSecond}) => perSecond))).toLocaleString('en');
    return {
      rounds: paced.map(({usPerOperation}) => usPerOperation),
      notes: [
        `program: ${usOf(slow)} µs of CPU per operation at 1,000/s; ${usOf(closed)} µs at ${most}/s, the most it does with 64 in flight.`,
      ],
    };
  },
};
