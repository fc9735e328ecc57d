// The bench's processes: the generator, the target, and a server for each column. All end with the bench, however it ends.
import {type ChildProcess, execFileSync, fork, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {unsealed} from '../../src/model/channel.ts';
import {injectorNodeOptions} from '../../src/run/processes/entries.ts';
import type {Job, JobResult, TargetAddresses} from './protocol.ts';

export type ServerName = 'ours' | 'real';

/** An injector in a process of its own. */
export type InjectorProcess = {
  readonly name: ServerName;
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
};

export type Worker = {readonly pid: number; stop(): Promise<void>};
export type Generator = Worker & {run(job: Job): Promise<JobResult>};

const stopper = (child: ChildProcess) => async (): Promise<void> => {
  if (!child.connected) return;
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
};

/** The next message; throws when the process ends before. */
export const message = async <T>(child: ChildProcess): Promise<T> => {
  const stop = new AbortController();
  const gone = once(child, 'exit', {signal: stop.signal}).then((): never => {
    throw new Error(`${child.spawnargs.slice(1, 2).join(' ')} ended, so there is nothing to measure`);
  });
  gone.catch(() => undefined); // the race reports it; an abort is no news
  const [first] = await Promise.race([once(child, 'message', {signal: stop.signal}), gone]).finally(() =>
    stop.abort(),
  );
  return first as T;
};

/** One of the bench's own, which says something once it is ready. */
export const startOwn = async <Said>(
  entry: URL,
  argv: readonly string[] = [],
): Promise<Worker & {readonly said: Said; readonly child: ChildProcess}> => {
  const child = fork(entry, argv);
  const said = await message<Said>(child);
  return {pid: child.pid ?? 0, said, child, stop: stopper(child)};
};

export const startGenerator = async (): Promise<Generator> => {
  const {pid, child, stop} = await startOwn(new URL('generator.ts', import.meta.url));
  return {
    pid,
    async run(job) {
      const answer = message<JobResult>(child);
      child.send(job);
      return answer;
    },
    stop,
  };
};

export const startTarget = async (): Promise<Worker & {readonly addresses: TargetAddresses}> => {
  const {pid, said, stop} = await startOwn<TargetAddresses>(new URL('target.ts', import.meta.url));
  return {pid, addresses: said, stop};
};

export const startInjectorProcess = (name: ServerName, binary: string): Promise<InjectorProcess> =>
  name === 'ours' ? startOurs() : startReal(binary);

const startOurs = async (): Promise<InjectorProcess> => {
  const entry = new URL('../../src/faults/server/main.ts', import.meta.url);
  // As a run starts it.
  const child = fork(entry, [JSON.stringify({host: '127.0.0.1', port: 0, seed: 1})], {
    execArgv: [...injectorNodeOptions],
  });
  const said = unsealed<{readonly url: string}>(await message(child));
  if (said === null) throw new Error('the injector did not say where it listens');
  const {url} = said;
  return {name: 'ours', pid: child.pid ?? 0, url, stop: stopper(child)};
};

const startReal = async (binary: string): Promise<InjectorProcess> => {
  const port = await freePort();
  const argv = ['-host', '127.0.0.1', '-port', String(port), '-seed', '1'];
  const worker = await startProgram(binary, argv, {LOG_LEVEL: 'disabled'});
  const url = `http://127.0.0.1:${port}`;
  await untilReady(binary, () => answers(url));
  return {name: 'real', url, ...worker};
};

/** A program of another's, with its output dropped. */
export const startProgram = async (
  program: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Worker> => {
  // The shell ends the program when its input closes, which happens however this process ends.
  const script = '"$0" "$@" >/dev/null & echo $!; cat >/dev/null; kill -9 $!; wait';
  const child = spawn('sh', ['-c', script, program, ...argv], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {...process.env, ...env},
  });
  const [pid] = await once(child.stdout, 'data');
  return {
    pid: Number(pid),
    async stop() {
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
};

export const untilReady = async (name: string, isReady: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await isReady()); tries++) {
    if (tries === 1000) throw new Error(`${name} does not answer`);
    await sleep(10);
  }
};

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/version`).then(
    response => response.text().then(() => true),
    () => false,
  );

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** A binary from `go install` calls its version "git"; the compiler has noted it beside the name of the module. */
export const versionOf = (binary: string): string => {
  const said = execFileSync(binary, ['-version'], {encoding: 'utf8'});
  const noted = /Shopify\/toxiproxy\/v2\tv(\d+\.\d+\.\d+)/.exec(readFileSync(binary, 'latin1'));
  return /\d+\.\d+\.\d+/.exec(said)?.[0] ?? noted?.[1] ?? 'of an unknown version';
};
