// memcached: it refuses to run as root, too.

import {found, probe} from './protocol-probe.ts';
import type {Service} from './service.ts';

export const memcached: Service = {
  title: 'memcached',
  program: 'memcached',
  folders: [],
  install: {kind: 'debian', packageName: 'memcached'},
  defaultUrl: 'memcached://127.0.0.1:11211',
  accounts: ['memcache', 'nobody'],
  run: ({ports: [port], find}) => [
    {file: find('memcached'), args: ['-l', '127.0.0.1', '-p', `${port}`, '-U', '0']},
  ],
  stopSignal: 'SIGKILL',
  goodbyeSignal: 'SIGTERM',
  url: port => `memcached://127.0.0.1:${port}`,
  version: address =>
    probe(address, {send: 'version\r\n', receive: heard => found(heard, /^VERSION (\S+)\r\n/)}),
};
