// Redis: nothing on disk, unless a fault restarts it: then each write is there before it is acknowledged.

import {found, probe} from './protocol-probe.ts';
import type {Address, Service} from './service.ts';

const login = ({user, password}: Address): string =>
  password === '' ? '' : `AUTH ${user === '' ? '' : `${user} `}${password}\r\n`;

export const redis: Service = {
  title: 'Redis',
  program: 'redis-server',
  folders: [],
  install: {kind: 'debian', packageName: 'redis-server'},
  defaultUrl: 'redis://127.0.0.1:6379',
  accounts: ['redis'],
  run: ({folder, ports: [port], keepsData, find}) => [
    {
      file: find('redis-server'),
      args: [
        ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
        // It outlives the process, if not the machine.
        ...(keepsData ? ['--appendonly', 'yes', '--appendfsync', 'no'] : []),
      ],
    },
  ],
  stopSignal: 'SIGKILL',
  goodbyeSignal: 'SIGTERM',
  url: port => `redis://127.0.0.1:${port}`,
  version: address =>
    probe(address, {
      send: `${login(address)}INFO server\r\n`,
      receive(heard) {
        const refusal = found(heard, /^-(.*)\r\n/m);
        if (refusal !== null) throw new Error(refusal);
        return found(heard, /^redis_version:(\S+)\r\n/m);
      },
    }),
};
