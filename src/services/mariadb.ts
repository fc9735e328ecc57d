// MariaDB: root without a password, and the database `test`, for any client on loopback. It refuses to run as root.

import {probe} from './protocol-probe.ts';
import type {Service} from './service.ts';

const errorPacket = 0xff;
const headBytes = 4;

/** The greeting: a version of the protocol, and the server's own, which has a prefix for old replicas. */
const versionIn = (heard: Buffer): string | null => {
  const end = heard.indexOf(0, headBytes + 1);
  if (heard.length <= headBytes || end < 0) return null;
  if (heard[headBytes] === errorPacket) throw new Error(heard.toString('latin1', headBytes + 3));
  const version = heard.toString('latin1', headBytes + 1, end);
  return version.replace(/^5\.5\.5-/, '').split('-')[0]!;
};

export const mariadb: Service = {
  title: 'MariaDB',
  program: 'mariadbd',
  folders: [],
  install: {kind: 'debian', packageName: 'mariadb-server'},
  defaultUrl: 'mysql://root@127.0.0.1:3306/test',
  accounts: ['mysql'],
  setUp: ({folder, find}) => [
    {
      file: find('mariadb-install-db'),
      args: [
        '--no-defaults',
        `--datadir=${folder}/data`,
        '--auth-root-authentication-method=normal',
        '--skip-name-resolve',
      ],
    },
  ],
  run: ({folder, ports: [port], find}) => [
    {
      file: find('mariadbd'),
      args: [
        ...['--no-defaults', `--datadir=${folder}/data`, `--socket=${folder}/socket`],
        ...[`--pid-file=${folder}/pid`, `--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve'],
      ],
    },
  ],
  stopSignal: 'SIGKILL',
  goodbyeSignal: 'SIGTERM',
  url: port => `mysql://root@127.0.0.1:${port}/test`,
  version: address => probe(address, {receive: versionIn}),
};
