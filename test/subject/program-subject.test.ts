// What becomes of a program that is driven, and of what it answers.
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {resolve} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {performer} from '../../src/subject/perform.ts';
import type {ProtocolBroken} from '../../src/subject/program-protocol.ts';
import {mostInFlight, type ProgramEnd, RunningProgram} from '../../src/subject/program-subject.ts';
import type {SubjectTask} from '../../src/subject/protocol.ts';

const scenarioFile = resolve(import.meta.dirname, '../fixtures/scenarios/program-acts.ts');

type Program = NonNullable<SubjectTask['program']>;

const acting: Program = {
  command: [process.execPath, '--disable-warning=ExperimentalWarning', 'acts.ts'],
  cwd: '../programs',
  launcher: [],
  cpuCount: null,
  helloMs: 20_000,
};

const taskOf = (program: Program): SubjectTask & {readonly program: Program} => ({
  scenarioFile,
  variant: 'a',
  trialId: 'a-1',
  tracePrefix: '0123456789abcdef',
  url: 'http://127.0.0.1:9',
  originMonotonicMs: 0,
  originEpochMs: 0,
  load: {model: 'closed', concurrency: 1},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: [],
  closeSlowMs: 5000,
  noop: false,
  profilesFolder: '',
  profiling: null,
  program,
});

type Started = {
  readonly program: RunningProgram | null;
  readonly logs: readonly string[];
  readonly broken: Promise<ProtocolBroken>;
  readonly ended: Promise<ProgramEnd>;
};

const start = async (t: ExecutionContext, act: string, more: Partial<Program> = {}): Promise<Started> => {
  const broken = Promise.withResolvers<ProtocolBroken>();
  const ended = Promise.withResolvers<ProgramEnd>();
  const logs: string[] = [];
  const program = await RunningProgram.start(
    taskOf({...acting, env: {ACT: act}, ...more}),
    {...process.env, FOULWEATHER_SDK: '{}', PYTHONPATH: '/mine'},
    {log: message => void logs.push(message), broken: broken.resolve, ended: ended.resolve},
  );
  t.teardown(() => {
    try {
      if (program) process.kill(program.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  });
  return {program, logs, broken: broken.promise, ended: ended.promise};
};

const echoing = async (t: ExecutionContext): Promise<string> => {
  const server = createServer(({url}, response) => {
    response.end(JSON.stringify({id: url?.split('/').at(-1)}));
  });
  await new Promise<void>(listening => void server.listen(0, '127.0.0.1', listening));
  t.teardown(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Opens it, and does so many operations. */
const drive = async (t: ExecutionContext, {program}: Started, count: number, delivered: string[] = []) => {
  const subject = program!.subject(1000, 10);
  const client = await subject.open({
    url: await echoing(t),
    options: {},
    variant: 'a',
    delivered: id => void delivered.push(id),
  });
  const perform = performer({
    subject,
    client,
    idOf: index => `a-1-${index}`,
    tracePrefix: '0123456789abcdef',
    now: () => performance.now(),
    deadlineMs: 1000,
    sentNothingSince: () => false,
  });
  const operations = Array.from({length: count}, (_, index) => perform(index, performance.now() + 1000));
  return {subject, client, operations};
};

test('it says who it is, does what it is asked for, and ends when it is closed', async t => {
  const started = await start(t, '');
  t.like(started.program!.hello, {language: 'test', runtime: 'test 1', libraries: {acts: '1'}});
  const {subject, client, operations} = await drive(t, started, 5);
  t.deepEqual(await Promise.all(operations), Array(5).fill({status: 'ok', echoed: true}));
  await subject.close?.(client);
  t.deepEqual(await started.ended, {exitCode: 0, signal: null, outOfMemory: false});
});

test('an error says what it means, and keeps its name', async t => {
  const {operations} = await drive(t, await start(t, 'fails'), 20);
  const settled = await operations[19]!;
  t.is(settled.status, 'failed');
  t.like(settled, {error: {name: 'Refused', code: 'E1', message: 'it does not want to'}});
});

const broken: {readonly [act: string]: RegExp} = {
  twice: /^it settled a-1-\d+, which was not asked for or had already settled$/,
  'unknown-id': /^it settled nobody-1-1, which was not asked for/,
  'no-json': /not JSON/,
  disconnects: /^it closed its connection and kept running$/,
};

for (const [act, problem] of Object.entries(broken)) {
  test(`it breaks the protocol: ${act}`, async t => {
    const started = await start(t, act);
    await drive(t, started, 20);
    t.regex((await started.broken).message, problem);
  });
}

test('SIGTERM ends it, and what it had not settled may have happened', async t => {
  const started = await start(t, 'never-settles');
  const {operations} = await drive(t, started, 25);
  await Promise.all(operations.slice(0, 19));
  const {end, unsettledCount} = await started.program!.terminate();
  t.like(end, {exitCode: null, signal: 'SIGTERM'});
  t.is(unsettledCount, 6);
  t.like(await operations[24]!, {status: 'unknown', error: {name: 'ProgramEnded'}});
});

test('what it settles between SIGTERM and its end counts', async t => {
  const started = await start(t, 'shuts-down');
  const {operations} = await drive(t, started, 25);
  await Promise.all(operations.slice(0, 19));
  const {end, unsettledCount} = await started.program!.terminate();
  t.like(end, {exitCode: 0, signal: null});
  t.is(unsettledCount, 0);
  t.like(await operations[24]!, {status: 'failed', error: {name: 'Refused'}});
});

const ends: {readonly [act: string]: ProgramEnd} = {
  exits: {exitCode: 7, signal: null, outOfMemory: false},
  'kills-itself': {exitCode: null, signal: 'SIGKILL', outOfMemory: false},
};

for (const [act, end] of Object.entries(ends)) {
  test(`it ends under load: ${act}`, async t => {
    const started = await start(t, act);
    await drive(t, started, 20);
    t.deepEqual(await started.ended, end);
  });
}

test('one that ends before it says hello has ended, and no more is said of it', async t => {
  const {program, ended} = await start(t, 'dies');
  t.is(program, null);
  t.is((await ended).exitCode, 3);
});

test('one that says nothing has its limit', async t => {
  const started = await start(t, 'silent', {
    helloMs: 100,
    command: ['sleep', '3'],
  });
  t.is(started.program, null);
  t.regex((await started.broken).message, /did not connect .* within 0\.1 s$/);
});

test('one that is not there cannot be started', async t => {
  const started = await start(t, '', {command: ['no-such-program']});
  t.is(started.program, null);
  t.regex(
    (await started.broken).message,
    /^it could not be started: no-such-program or the folder \S+programs does not exist$/,
  );
});

test('its environment has the kit, and nothing that is the harness’s own', async t => {
  const script = `
    const {PYTHONPATH, FOULWEATHER_SDK, OWN} = process.env;
    process.exit(/^.mine.[^ ]*kits.python$/.test(PYTHONPATH) && FOULWEATHER_SDK === undefined && OWN === 'yes' ? 42 : 1);`;
  const {ended} = await start(t, '', {command: [process.execPath, '-e', script], env: {OWN: 'yes'}});
  t.is((await ended).exitCode, 42);
});

test('room is made for the largest load of all phases', t => {
  const phase = {name: 'a', role: 'baseline', durationMs: 1, faults: []} as const;
  const open = {model: 'open', ratePerSecond: 1, maxInFlight: 50} as const;
  t.is(mostInFlight(open, [phase]), 50);
  t.is(mostInFlight(open, [phase, {...phase, load: {model: 'closed', concurrency: 70}}]), 70);
});
