// A real server that offers TLS in the midst of its protocol, with a certificate of the test's own.

import {once} from 'node:events';
import {chownSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {ServerCertificate} from '../../src/certificates/authority.ts';
import {services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';
import {accountOf, Server} from '../../src/services/server.ts';
import type {Command, Place, Service} from '../../src/services/service.ts';
import {temporaryFolder} from './run-folders.ts';

type Files = {readonly cert: string; readonly key: string};

const secured = {
  postgres: ({cert, key}: Files) => [
    '-c',
    'ssl=on',
    '-c',
    `ssl_cert_file=${cert}`,
    '-c',
    `ssl_key_file=${key}`,
  ],
  mariadb: ({cert, key}: Files) => [`--ssl-cert=${cert}`, `--ssl-key=${key}`],
} as const;

/** The last command is the server's. */
const withArguments = (service: Service, more: readonly string[]): Service => ({
  ...service,
  run(place): readonly [...Command[], Command] {
    const commands = service.run(place);
    const server = commands.at(-1)!;
    return [...commands.slice(0, -1), {...server, args: [...server.args, ...more]}];
  },
});

/** Below those that a system gives to whoever asks for any, so that nobody else gets it before the server. */
const freePort = async (): Promise<number> => {
  const port = 10_000 + Math.floor(22_000 * Math.random());
  const holder = createServer().listen(port, '127.0.0.1');
  try {
    await once(holder, 'listening');
  } catch {
    return freePort();
  }
  holder.close();
  await once(holder, 'close');
  return port;
};

/** Where it listens. It is stopped after the test. */
export const startSecured = async (
  t: ExecutionContext,
  name: keyof typeof secured,
  certificate: ServerCertificate,
): Promise<URL> => {
  const service = services[name];
  const folder = await temporaryFolder(t);
  const account = accountOf(service.accounts);
  const files: Files = {cert: join(folder, 'server.crt'), key: join(folder, 'server.key')};
  writeFileSync(files.cert, certificate.cert);
  // Servers do not take a key that others may read.
  writeFileSync(files.key, certificate.key, {mode: 0o600});
  if (account !== null) for (const file of Object.values(files)) chownSync(file, account.uid, account.gid);
  const find = (program: string): string => {
    const path = findProgram(program, service.folders, {path: process.env['PATH'] ?? '', cwd: process.cwd()});
    if (path === null) throw new Error(`there is no ${program}`);
    return path;
  };
  const ports: Place['ports'] = [await freePort(), 0, 0];
  const server = new Server(
    {
      service: withArguments(service, secured[name](files)),
      place: {folder, ports, keepsData: false, find},
      account,
      environment: process.env,
    },
    () => {},
  );
  t.teardown(() => server.stop());
  await server.start();
  return new URL(service.url(ports[0]));
};
