// The process of a service: starts the server, reports where it listens, takes it away for a fault, and ends it with itself.
import {once} from 'node:events';
import {chmodSync, mkdirSync} from 'node:fs';
import {createServer, type Server as Socket} from 'node:net';
import {onParentMessage, sendToParent} from '../model/channel.ts';
import {messageOf} from '../model/error-message.ts';
import {services} from './catalogue.ts';
import {findProgram} from './find-program.ts';
import type {FromService, ServiceTask, ToService} from './protocol.ts';
import {accountOf, Server} from './server.ts';
import type {Place} from './service.ts';

/** A port that was free may be taken before the server has it. */
const attempts = 3;
const isTaken = /address (?:is )?already in use|EADDRINUSE|dist_port_already_used/i;

class MissingProgram extends Error {
  readonly program: string;

  constructor(program: string) {
    super(`there is no ${program}`);
    this.program = program;
  }
}

const task = JSON.parse(process.argv[2]!) as ServiceTask;
const service = services[task.service];
let server: Server | null = null;

const send = (message: FromService, then?: () => void): void => sendToParent(message, then);

/**
 * Below the ports that a system gives to whoever asks for any: none of these is given away before the server has it, or while it is
 * away. What listens there instead could be taken for the server.
 */
const lowestPort = 10_000;
const portCount = 22_000;
const portAttempts = 100;

/** Holds one that is free. */
const holdPort = async (attempt: number): Promise<Socket> => {
  const holder = createServer();
  holder.listen(lowestPort + Math.floor(portCount * Math.random()), '127.0.0.1');
  try {
    await once(holder, 'listening');
    return holder;
  } catch (error) {
    if (attempt === portAttempts) throw error;
    return holdPort(attempt + 1);
  }
};

/** They are held at the same time, so that they differ. */
const freePorts = async (): Promise<Place['ports']> => {
  const holders = await Promise.all([1, 1, 1].map(holdPort));
  const ports = holders.map(holder => (holder.address() as {readonly port: number}).port);
  await Promise.all(holders.map(holder => new Promise(resolve => holder.close(resolve))));
  return ports as unknown as Place['ports'];
};

const find = (program: string): string => {
  const path = findProgram(program, service.folders, {path: process.env['PATH'] ?? '', cwd: process.cwd()});
  if (path === null) throw new MissingProgram(program);
  return path;
};

const start = async (attempt: number): Promise<FromService> => {
  const folder = `${task.folder}/${attempt}`;
  mkdirSync(folder);
  const account = accountOf(service.accounts);
  // Other users' folders are closed to the account: it has to pass this one.
  if (account) chmodSync(task.folder, 0o711);
  const ports = await freePorts();
  const {keepsData} = task;
  server = new Server(
    {service, place: {folder, ports, keepsData, find}, account, environment: process.env},
    ({message}) => send({kind: 'ended', message}, () => process.exit(1)),
  );
  try {
    const version = await server.start();
    return {kind: 'listening', url: service.url(ports[0]), version, account: account?.name ?? null};
  } catch (error) {
    if (error instanceof MissingProgram) return {kind: 'missing', program: error.program};
    const message = messageOf(error);
    if (!isTaken.test(message) || attempt === attempts) return {kind: 'failed', message};
    await server.stop();
    return start(attempt + 1);
  }
};

const leave = (): void => {
  void Promise.resolve(server?.stop()).finally(() => process.exit(0));
};

const report = async (kind: 'away' | 'back', step: Promise<void> | undefined): Promise<void> => {
  try {
    await step;
    send({kind});
  } catch (error) {
    send({kind: 'failed', message: messageOf(error)});
  }
};

process.on('disconnect', leave);
onParentMessage((message: ToService) => {
  switch (message.kind) {
    case 'stop':
      leave();
      break;
    case 'take-away':
      void report('away', server?.takeAway(message.how));
      break;
    case 'bring-back':
      void report('back', server?.bringBack());
      break;
  }
});

const answer = await start(1);
send(answer, () => {
  if (answer.kind !== 'listening') leave();
});
