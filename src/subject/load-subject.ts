// Before anything is driven: watching and profiling begin, then the scenario and its library are loaded.
import {flushCompileCache} from 'node:module';
import {availableParallelism} from 'node:os';
import {errorFacts, errorMessage, errorName} from '../load/error-facts.ts';
import {trialClock} from '../model/clock.ts';
import {isProgram, type SubjectInput} from '../scenarios/define-scenario.ts';
import {loadScenario} from './load-scenario.ts';
import {Profiling} from './profiling.ts';
import {mostInFlight, type ProgramEnd, RunningProgram} from './program-subject.ts';
import {type ProgramTask, type SubjectTask, send} from './protocol.ts';

/** A limit: a library that warns at every operation would fill the journal, and the parent's memory. */
const warningsTold = 1000;

/** The most listeners that the harness adds to one event of the process. */
const ownListeners = 2;

const noopSubject: SubjectInput<unknown, unknown> = {open: () => null, perform: () => undefined};

export type Loaded = Prepared & {
  readonly task: SubjectTask;
  readonly now: () => number;
  readonly profiling: Profiling | null;
  /** The process that has the library, where it is not this one. */
  readonly program: RunningProgram | null;
};

/** What only the process itself can give and do. */
export type Process = {
  readonly environment: NodeJS.ProcessEnv;
  /** The program has ended, and this process with it. */
  readonly endAs: (end: ProgramEnd) => void;
};

/** From here on the process's versions, warnings and failures are reported. Null where a program came to nothing. */
export const loadSubject = async (task: SubjectTask, own: Process): Promise<Loaded | null> => {
  const now = trialClock(task.originMonotonicMs);
  // Node warns from the eleventh listener on; the harness's must not be among those that it counts.
  process.setMaxListeners(process.getMaxListeners() + ownListeners);
  let warningCount = 0;
  const warn = (name: string, message: string): void => {
    if (++warningCount <= warningsTold) send({kind: 'warning', atMs: now(), name, message});
  };
  process.on('warning', warning => warn(errorName(warning), errorMessage(warning)));
  watchRejections(reason => send({kind: 'unhandled-rejection', atMs: now(), error: errorFacts(reason)}));
  process.on('uncaughtExceptionMonitor', error =>
    send({kind: 'uncaught', atMs: now(), error: errorFacts(error)}),
  );
  const profiling = startProfiling(task, now);
  const {subject, options, versions} = await prepare(task);
  if (task.program !== null) {
    const program = await startProgram({...task, program: task.program}, own, now, warn);
    if (program === null) return null;
    const {runtime, libraries, language} = program.hello;
    const {pid} = program;
    send({
      kind: 'loaded',
      pid,
      runtime: runtime || language,
      language,
      versions: libraries,
      cpuCount: task.program.cpuCount ?? availableParallelism(),
    });
    const driven = program.subject(task.operation.deadlineMs, mostInFlight(task.load, task.phases));
    return {task, now, subject: driven, options, versions: libraries, profiling: null, program};
  }
  // Node's compile cache is written at the end of the process only, and many a subject is killed.
  flushCompileCache();
  send({
    kind: 'loaded',
    pid: process.pid,
    runtime: `Node.js ${process.version}`,
    versions,
    cpuCount: availableParallelism(),
  });
  return {task, now, subject, options, versions, profiling, program: null};
};

/** Before the library is loaded; a process that ends by an exit or an exception is profiled to the end. */
const startProfiling = (
  {profiling: task, profilesFolder}: SubjectTask,
  now: () => number,
): Profiling | null => {
  if (task === null) return null;
  const profiling = new Profiling(profilesFolder, task, now);
  profiling.start();
  process.on('exit', () => {
    profiling.takeMemory();
    profiling.stop();
  });
  return profiling;
};

const startProgram = (
  task: SubjectTask & {readonly program: ProgramTask},
  {environment, endAs}: Process,
  now: () => number,
  warn: (name: string, message: string) => void,
): Promise<RunningProgram | null> =>
  RunningProgram.start(task, environment, {
    log: message => warn('log', message),
    broken: ({message: problem, line}) => {
      send({kind: 'protocol-broken', atMs: now(), problem, line});
      endAs({exitCode: 1, signal: null, outOfMemory: false});
    },
    ended: end => {
      if (end.outOfMemory) send({kind: 'killed-for-memory', atMs: now()});
      endAs(end);
    },
  });

type Prepared = {
  readonly subject: SubjectInput<unknown, unknown>;
  readonly options: unknown;
  readonly versions: Readonly<Record<string, string>>;
};

const prepare = async (task: SubjectTask): Promise<Prepared> => {
  if (task.noop) return {subject: noopSubject, options: {}, versions: {}};
  const {scenario, versions} = await loadScenario(task.scenarioFile);
  const variant = scenario.variants.find(candidate => candidate.name === task.variant);
  if (!variant) throw new Error(`the scenario has no variant "${task.variant}"`);
  return {
    subject: isProgram(scenario.subject) ? noopSubject : scenario.subject,
    options: variant.options,
    versions,
  };
};

/** A library in a storm may reject thousands of times: these are enough to show it. */
const mostTold = 20;

/** Unhandled rejections. Node ends a process for them, unless there is a listener; that must stay as it is. */
const watchRejections = (tell: (reason: unknown) => void): void => {
  let told = 0;
  let isWatching = false;
  const note = (reason: unknown): void => {
    if (told++ < mostTold) tell(reason);
  };
  process.on('uncaughtExceptionMonitor', (error, origin) => {
    if (origin === 'unhandledRejection') note(error);
  });
  // A listener would keep the process alive, so this one is there only beside another one.
  process.on('newListener', name => {
    if (name !== 'unhandledRejection' || isWatching) return;
    isWatching = true;
    process.on('unhandledRejection', note);
  });
};
