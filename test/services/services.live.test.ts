// Each real server: started, answers by its protocol, stopped, and nothing is left of it.
import {existsSync} from 'node:fs';
import {connect} from 'node:net';
import {resolve} from 'node:path';
import {connect as connectToBroker} from 'amqplib';
import test, {type ExecutionContext} from 'ava';
import pg from 'pg';
import {FoulweatherError} from '../../src/model/errors.ts';
import {type ServiceName, serviceNames} from '../../src/model/service.ts';
import {describeService, type StartedService, startService} from '../../src/run/processes/start-service.ts';
import {Supervisor} from '../../src/run/processes/supervisor.ts';
import {installCommand, services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';
import type {WayToGo} from '../../src/services/protocol.ts';
import {watched} from '../helpers/run-once.ts';
import type {ProcessWatch} from '../helpers/run-processes.ts';
import {until} from '../helpers/run-until.ts';
import {workingIn} from '../helpers/working-in.ts';

const limitMs = 90_000;
const places = {path: process.env['PATH'] ?? '', cwd: resolve(import.meta.dirname, '../..')};
const nothing = {processes: [], ports: []};

const isInstalled = (name: ServiceName): boolean => {
  const {program, folders} = services[name];
  return findProgram(program, folders, places) !== null;
};

const accepts = (url: string): Promise<boolean> =>
  new Promise(resolve => {
    const {hostname, port} = new URL(url);
    const socket = connect(Number(port), hostname, () => {
      resolve(true);
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
  });

/** A server that answers late is asked again. */
const described = async (name: ServiceName, url: string): Promise<string> => {
  let text = '';
  const isKnown = async (): Promise<boolean> => {
    text = await describeService(name, url);
    return !text.includes('unknown version');
  };
  await until(isKnown, limitMs, `the version of ${name}`);
  return text;
};

type Opened = StartedService & {readonly supervisor: Supervisor; readonly watch: ProcessWatch};

const leavesNothing = async (t: ExecutionContext, {folder, watch}: Opened): Promise<void> => {
  t.deepEqual(await watch.remains(), nothing);
  // Its port may be another's by now: that nothing listens there is told by its processes, which are gone.
  t.deepEqual(workingIn(folder), []);
  t.false(existsSync(folder));
};

const open = async (t: ExecutionContext, name: ServiceName, keepsData = false): Promise<Opened> => {
  const {watch, environment} = await watched(t);
  watch.start();
  const supervisor = Supervisor.start(environment);
  t.teardown(() => supervisor.stop());
  return {...(await startService(supervisor, name, limitMs, keepsData)), supervisor, watch};
};

const comesAndGoes = test.macro({
  title: (_, name: ServiceName) => `${services[name].title} starts, answers, and leaves nothing`,
  async exec(t, name: ServiceName) {
    t.timeout(limitMs);
    const opened = await open(t, name);
    const {url, description, folder, supervisor} = opened;
    const {title} = services[name];
    t.regex(description, new RegExp(`^${title} \\d+\\.\\d+.*, started for this run`));
    const [version] = /\d[\d.]*/.exec(description)!;
    t.is(await described(name, url), `${title} ${version} at ${new URL(url).host}`);
    t.true(existsSync(folder));
    t.true(workingIn(folder).length > 0);
    t.true(await accepts(url));
    t.true(Number(new URL(url).port) < 32_768, 'a port that no system gives away');
    await supervisor.stop();
    await leavesNothing(t, opened);
  },
});

for (const name of serviceNames) {
  if (isInstalled(name)) test(comesAndGoes, name);
  else console.error(`${services[name].title} is not tested: ${installCommand(services[name])}`);
}

/** What a client that is doing nothing hears when the server is stopped. */
type Heard = {readonly heard: Promise<string>};

const goodbyes: {
  readonly [name in ServiceName]?: readonly [said: RegExp, listen: (url: string) => Promise<Heard>];
} = {
  postgres: [
    /^57P01$/,
    async url => {
      const client = new pg.Client({connectionString: url});
      const heard = new Promise<string>(resolve => {
        client.on('error', error => resolve('code' in error ? String(error.code) : error.message));
      });
      await client.connect();
      return {heard};
    },
  ],
  rabbitmq: [
    /\b320\b/,
    async url => {
      const connection = await connectToBroker(url);
      const heard = new Promise<string>(resolve => {
        connection.on('error', error => resolve(String(error)));
        connection.on('close', error => resolve(String(error)));
      });
      return {heard};
    },
  ],
  nats: [
    /"ldm":true/,
    async url => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      let text = '';
      socket.on('error', () => {});
      socket.on('data', chunk => {
        text += String(chunk);
      });
      socket.write('CONNECT {"verbose":false,"protocol":1}\r\nPING\r\n');
      await until(() => text.includes('PONG'), limitMs);
      return {heard: new Promise(resolve => socket.on('close', () => resolve(text)))};
    },
  ],
};

const comesBack = test.macro({
  title: (_, name: ServiceName, ways: readonly WayToGo[]) =>
    `${services[name].title} comes back where it was: ${ways.join(', ')}`,
  async exec(t, name: ServiceName, ways: readonly WayToGo[]) {
    t.timeout(limitMs);
    const opened = await open(t, name, true);
    const {url, folder, child, supervisor} = opened;
    const [said, listen] = goodbyes[name] ?? [];
    const listener = await listen?.(url);
    const description = await described(name, url);
    for (const how of ways) {
      const away = child.next(['away', 'failed'], limitMs);
      child.send({kind: 'take-away', how});
      t.deepEqual(await away, {kind: 'away'});
      if (how !== 'pause') t.false(await accepts(url), how);
      if (how === 'stop' && said && listener) t.regex(await listener.heard, said);
      const back = child.next(['back', 'failed'], limitMs);
      child.send({kind: 'bring-back'});
      t.deepEqual(await back, {kind: 'back'});
      t.is(await described(name, url), description, how);
    }
    t.true(workingIn(folder).length > 0);
    await supervisor.stop();
    await leavesNothing(t, opened);
  },
});

for (const name of serviceNames.filter(isInstalled)) {
  // It takes ten seconds to start.
  test.serial(comesBack, name, name === 'rabbitmq' ? ['stop'] : ['pause', 'stop', 'kill']);
}

const someone = serviceNames.find(isInstalled);

if (someone) {
  test('a server that stands still is stopped with the others, and leaves nothing', async t => {
    const opened = await open(t, someone);
    const {child, supervisor} = opened;
    const away = child.next(['away'], limitMs);
    child.send({kind: 'take-away', how: 'pause'});
    await away;
    await supervisor.stop();
    await leavesNothing(t, opened);
  });

  test('a server that dies is told, and its folder goes all the same', async t => {
    const opened = await open(t, someone);
    const {child, folder, supervisor} = opened;
    const ended = child.next(['ended'], limitMs);
    for (const pid of workingIn(folder)) process.kill(pid, 'SIGKILL');
    t.regex((await ended).message, /signal SIGKILL/);
    await child.exited;
    await supervisor.stop();
    await leavesNothing(t, opened);
  });

  test('when its process is killed, the server goes with it', async t => {
    const opened = await open(t, someone);
    process.kill(opened.child.pid, 'SIGKILL');
    await opened.child.exited;
    await until(() => workingIn(opened.folder).length === 0, limitMs);
    await opened.supervisor.stop();
    await leavesNothing(t, opened);
  });
}

test('a server that is not installed is told with what to do', async t => {
  const {environment} = await watched(t);
  const supervisor = Supervisor.start({...environment, PATH: '/nowhere'});
  t.teardown(() => supervisor.stop());
  // Azurite comes by npm: it can be in no folder of the system.
  const error = await t.throwsAsync(startService(supervisor, 'azurite', limitMs), {
    instanceOf: FoulweatherError,
  });
  t.is(error.code, 'FW_SERVICE_MISSING');
  t.is(error.message, 'Azurite is not installed on this machine (no azurite-blob found).');
  t.is(error.hint, 'Run `npm install azurite`, or use a server of your own: --target http://127.0.0.1:10000');
});

test("a server of the user's that does not answer is told without a version", async t => {
  t.is(await describeService('redis', 'redis://127.0.0.1:1'), 'Redis (unknown version) at 127.0.0.1:1');
});

if (isInstalled('postgres')) {
  test('a PostgreSQL that is started asks one role for its password by SCRAM, and trusts all others', async t => {
    t.timeout(limitMs);
    const {url} = await open(t, 'postgres');
    const asRole = async (user: string, password: string): Promise<void> => {
      const address = new URL(url);
      address.username = user;
      address.password = password;
      const client = new pg.Client({connectionString: address.href});
      await client.connect();
      await client.query("SET password_encryption = 'scram-sha-256'");
      if (user === 'postgres') await client.query("CREATE ROLE foulweather_scram LOGIN PASSWORD 'right'");
      await client.end();
    };
    await asRole('postgres', 'whatever');
    await asRole('foulweather_scram', 'right');
    const error = await t.throwsAsync(asRole('foulweather_scram', 'wrong'));
    t.regex(error.message, /password authentication failed/);
  });
}
