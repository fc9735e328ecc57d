// The servers on which one and the same test runs: ours, and a real Toxiproxy where one is installed.

import {type ChildProcess, fork, spawn} from 'node:child_process';
import {once} from 'node:events';
import {accessSync, constants} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {delimiter, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {InjectorMessage} from '../../src/faults/server/main.ts';
import {messageOf, tellChild} from './child-channel.ts';
import {compileCache} from './compile-cache.ts';

export type Subject = {
  readonly name: 'ours' | 'real';
  readonly url: string;
  stop(): Promise<void>;
};

const entry = new URL('../../src/faults/server/main.ts', import.meta.url);

/** Where a real server is: $FOULWEATHER_TOXIPROXY, or toxiproxy-server on the PATH. */
export function findToxiproxy(): string | undefined {
  const named = process.env['FOULWEATHER_TOXIPROXY'];
  if (named !== undefined && named !== '') return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map(folder => join(folder, 'toxiproxy-server')).find(isExecutable);
}

/** 'ours', and 'real' if there is one; otherwise says in one line why not. */
export function subjectNames(log: (line: string) => void): readonly Subject['name'][] {
  if (findToxiproxy() !== undefined) return ['ours', 'real'];
  log(
    'Not compared with a real Toxiproxy: set FOULWEATHER_TOXIPROXY to its binary, or put toxiproxy-server on the PATH.',
  );
  return ['ours'];
}

export function startSubject(name: Subject['name'], {metrics = true} = {}): Promise<Subject> {
  return name === 'ours' ? startOurs(metrics) : startReal(metrics);
}

async function startOurs(metrics: boolean): Promise<Subject> {
  const child = fork(entry, [JSON.stringify({host: '127.0.0.1', port: 0, seed: 1, metrics})], {
    execArgv: [],
    env: {...process.env, ...compileCache},
  });
  const message = await messageOf<InjectorMessage>(child);
  if (message.kind !== 'listening') throw new Error(JSON.stringify(message));
  return {
    name: 'ours',
    url: message.url,
    async stop() {
      const gone = once(child, 'exit');
      tellChild(child, {kind: 'stop'});
      await gone;
    },
  };
}

async function startReal(metrics: boolean): Promise<Subject> {
  const binary = findToxiproxy();
  if (binary === undefined) throw new Error('There is no toxiproxy-server.');
  const port = await freePort();
  const flags = ['-host', '127.0.0.1', '-port', String(port), '-seed', '1'];
  if (metrics) flags.push('-proxy-metrics');
  // The shell ends the server when its input closes, which happens however this process ends.
  const script = '"$0" "$@" & cat >/dev/null; kill -9 $!; wait';
  const child = spawn('sh', ['-c', script, binary, ...flags], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {...process.env, LOG_LEVEL: 'disabled'},
  });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/version`, child);
  return {
    name: 'real',
    url,
    async stop() {
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}

/** It does not say when it listens, so it is asked until it answers. */
async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await (await fetch(url)).text();
      return;
    } catch (error) {
      if (tries > 3000 || child.exitCode !== null) throw error;
      await sleep(10);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
