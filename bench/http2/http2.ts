// HTTP/2 and intercepted TLS through foulweather and through other proxies, and plain TCP through foulweather and through a
// plain relay: in turns, in one run.
import {once} from 'node:events';
import {connect} from 'node:net';
import {Authority, validNow} from '../../src/certificates/authority.ts';
import {createProxy, intercept} from '../injector/injector-api.ts';
import {cpuMs} from '../injector/process-figures.ts';
import {
  freePort,
  startGenerator,
  startInjectorProcess,
  startOwn,
  startProgram,
  startTarget,
  untilReady,
} from '../injector/processes.ts';
import {type Effort, inTurns, type Part, type Row} from '../part.ts';
import {type Client, type Load, startClient} from './load.ts';
import {
  type Files,
  type OtherProxy,
  otherProxies,
  programOf,
  versionOf,
  type Way,
  withFiles,
} from './proxies.ts';
import {type AllTaken, direct, fastestOf, own, relay, rowsOf, type Taken} from './rows.ts';
import type {TargetPorts} from './target.ts';

const loads: readonly Load[] = [
  {title: 'HTTP/2, 128 B, 4×10', way: 'h2c', bytes: 128, connections: 4, streams: 10},
  {title: 'HTTP/2 in TLS, 128 B, 1×1', way: 'h2', bytes: 128, connections: 1, streams: 1},
  {title: 'HTTP/2 in TLS, 128 B, 4×10', way: 'h2', bytes: 128, connections: 4, streams: 10},
  {title: 'HTTP/2 in TLS, 64 KiB, 4×10', way: 'h2', bytes: 64 * 1024, connections: 4, streams: 10},
  {title: 'HTTP/1.1 in TLS, 128 B, 10×1', way: 'h1', bytes: 128, connections: 10, streams: 1},
];
const plain = 'plain TCP, 128 B, c = 10';

/** A way to a target: its port, and the process that is on it. */
type Passage = {readonly port: number; readonly pid: number | null; readonly stop: () => Promise<void>};

const nothingToStop = async (): Promise<void> => {};

export const part: Part = {
  title: 'HTTP/2 and intercepted TLS',
  rounds: {full: 5, quick: 1},
  missing: () => (process.platform === 'linux' ? null : 'CPU time is read from /proc, which only Linux has'),
  async measure(effort) {
    const authority = await Authority.create('bench');
    const certificate = await authority.issue({hosts: ['127.0.0.1'], ...validNow()});
    return withFiles(certificate, async files => {
      const target = await startOwn<TargetPorts>(new URL('target.ts', import.meta.url), [
        JSON.stringify(certificate),
      ]);
      const client = await startClient();
      const ourselves = await startInjectorProcess('ours', '');
      try {
        const {present, notes} = await presentProxies();
        const rows: Row[] = [];
        const fastest: (string | null)[] = [];
        for (const load of loads.filter(({title}) => effort.takes(title))) {
          const targetPort = target.said[load.way];
          const passages = new Map<string, Passage>([
            [direct, {port: targetPort, pid: null, stop: nothingToStop}],
            [own, await throughOurs(ourselves, load, targetPort, authority.cert)],
          ]);
          for (const {name, proxy, program} of present.filter(({proxy}) => proxy.ways.includes(load.way)))
            passages.set(name, await throughOther(proxy, program, {way: load.way, targetPort, files}));
          const taken = await measureLoad(load, passages, client, effort);
          for (const {stop} of passages.values()) await stop();
          rows.push(...rowsOf(load.title, taken));
          fastest.push(fastestOf(load.title, taken));
        }
        if (effort.takes(plain)) rows.push(...rowsOf(plain, await measurePlain(ourselves, effort)));
        const told = fastest.filter(note => note !== null);
        return {rows, notes: [`The client is ${client.name}.`, ...notes, ...told]};
      } finally {
        await ourselves.stop();
        await client.stop();
        await target.stop();
      }
    });
  },
};

type Present = {readonly name: string; readonly proxy: OtherProxy; readonly program: string};

/** Those that are installed, with their versions, and why the others are left out. */
const presentProxies = async (): Promise<{
  readonly present: readonly Present[];
  readonly notes: readonly string[];
}> => {
  const present: Present[] = [];
  const notes: string[] = [];
  for (const proxy of otherProxies) {
    const program = programOf(proxy.program);
    if (program !== null) present.push({name: `${proxy.name} ${await versionOf(program)}`, proxy, program});
    else
      notes.push(`${proxy.name} is left out: there is no ${proxy.program} here; ${proxy.install} brings it.`);
  }
  for (const note of notes) process.stderr.write(`  ${note}\n`);
  return {present, notes};
};

type Ours = {readonly url: string; readonly pid: number};

const throughOurs = async (
  {url, pid}: Ours,
  {title}: Load,
  targetPort: number,
  ca: string,
): Promise<Passage> => {
  const name = title.replace(/\W+/g, '-');
  const address = await createProxy(url, name, `127.0.0.1:${targetPort}`);
  await intercept(url, name, ca);
  return {port: Number(address.split(':')[1]), pid, stop: nothingToStop};
};

const throughOther = async (
  {name, argv}: OtherProxy,
  program: string,
  place: {readonly way: Way; readonly targetPort: number; readonly files: Files},
): Promise<Passage> => {
  const listenPort = await freePort();
  const {pid, stop} = await startProgram(program, await argv({...place, listenPort}));
  await untilReady(`${name} (${place.way})`, () => accepts(listenPort));
  return {port: listenPort, pid, stop};
};

const accepts = async (port: number): Promise<boolean> => {
  const socket = connect({port, host: '127.0.0.1'});
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

const measureLoad = async (
  load: Load,
  passages: ReadonlyMap<string, Passage>,
  client: Client,
  {rounds, isQuick}: Effort,
): Promise<AllTaken> => {
  const taken = new Map<string, Taken[]>([...passages.keys()].map(name => [name, []]));
  process.stderr.write(`  ${load.title}\n`);
  for (const {port} of passages.values()) await client.run(load, port, isQuick ? 300 : 1000);
  await inTurns([...passages.keys()], rounds, async name => {
    const {port, pid} = passages.get(name)!;
    const beforeMs = pid === null ? 0 : cpuMs(pid);
    const {count, elapsedMs} = await client.run(load, port, isQuick ? 500 : 2000);
    const cpuUs = pid === null ? null : (1000 * (cpuMs(pid) - beforeMs)) / count;
    taken.get(name)!.push({perSecond: (1000 * count) / elapsedMs, cpuUs});
  });
  return taken;
};

const measurePlain = async (ours: Ours, {rounds, isQuick}: Effort): Promise<AllTaken> => {
  const target = await startTarget();
  const generator = await startGenerator();
  const {echo} = target.addresses;
  const relaying = await startOwn<string>(new URL('relay.ts', import.meta.url), [echo]);
  const passages = new Map<string, {readonly address: string; readonly pid: number | null}>([
    [direct, {address: echo, pid: null}],
    [own, {address: await createProxy(ours.url, 'plain', echo), pid: ours.pid}],
    [relay, {address: relaying.said, pid: relaying.pid}],
  ]);
  const taken = new Map<string, Taken[]>([...passages.keys()].map(name => [name, []]));
  process.stderr.write(`  ${plain}\n`);
  try {
    await inTurns([...passages.keys()], rounds, async name => {
      const {address, pid} = passages.get(name)!;
      const beforeMs = pid === null ? 0 : cpuMs(pid);
      const {count, allCount, elapsedMs} = await generator.run({
        kind: 'echo',
        address,
        connections: 10,
        bytes: 128,
        pauseMs: 0,
        spreadMs: 0,
        warmUpMs: isQuick ? 100 : 500,
        durationMs: isQuick ? 500 : 2000,
      });
      const cpuUs = pid === null ? null : (1000 * (cpuMs(pid) - beforeMs)) / allCount;
      taken.get(name)!.push({perSecond: (1000 * count) / elapsedMs, cpuUs});
    });
  } finally {
    for (const {stop} of [relaying, generator, target]) await stop();
  }
  return taken;
};
