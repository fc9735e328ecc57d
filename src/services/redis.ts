// Redis: nothing on disk, as its data is thrown away.
import type {Address, Service} from './service.ts';
import {found, talk} from './talk.ts';

const login = ({user, password}: Address): string =>
  password === '' ? '' : `AUTH ${user === '' ? '' : `${user} `}${password}\r\n`;

export const redis: Service = {
  title: 'Redis',
  program: 'redis-server',
  folders: [],
  install: {kind: 'debian', packageName: 'redis-server'},
  defaultUrl: 'redis://127.0.0.1:6379',
  accounts: ['redis'],
  run: ({folder, ports: [port], find}) => [
    {
      file: find('redis-server'),
      args: ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
    },
  ],
  stopSignal: 'SIGKILL',
  url: port => `redis://127.0.0.1:${port}`,
  version: address =>
    talk(address, {
      say: `${login(address)}INFO server\r\n`,
      hear(heard) {
        const refusal = found(heard, /^-(.*)\r\n/m);
        if (refusal !== null) throw new Error(refusal);
        return found(heard, /^redis_version:(\S+)\r\n/m);
      },
    }),
};
