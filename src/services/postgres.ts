// PostgreSQL: a cluster of its own that trusts any client on loopback, but for one role that is asked for a password.
// It refuses to run as root.

import {probe} from './protocol-probe.ts';
import type {Address, Service} from './service.ts';

const protocolVersion = 196_608;

const startup = ({user}: Address): Buffer => {
  const body = Buffer.from(`user\0${user}\0database\0postgres\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + body.length, 0);
  head.writeInt32BE(protocolVersion, 4);
  return Buffer.concat([head, body]);
};

/** Messages are a letter, a length that counts itself, and a body. */
const messagesOf = (heard: Buffer): {readonly kind: string; readonly body: Buffer}[] => {
  const messages = [];
  for (let at = 0; at + 5 <= heard.length; ) {
    const end = at + 1 + heard.readInt32BE(at + 1);
    if (end > heard.length) break;
    messages.push({kind: String.fromCharCode(heard[at]!), body: heard.subarray(at + 5, end)});
    at = end;
  }
  return messages;
};

const versionIn = (heard: Buffer): string | null => {
  const messages = messagesOf(heard);
  const refusal = messages.find(({kind}) => kind === 'E');
  if (refusal) throw new Error(refusal.body.toString('utf8').replaceAll('\0', ' '));
  const login = messages.find(({kind}) => kind === 'R');
  if (login && login.body.readInt32BE(0) !== 0) throw new Error('it asks for a password');
  if (!messages.some(({kind}) => kind === 'Z')) return null;
  const parameters = messages.filter(({kind}) => kind === 'S').map(({body}) => `${body}`.split('\0'));
  const version = parameters.find(([name]) => name === 'server_version')?.[1];
  return version?.split(' ')[0] ?? '';
};

/** This role has a password, and is asked for it by SCRAM. */
const scramRole = 'foulweather_scram';

const hostBasedAuthentication = `host all ${scramRole} 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
`;

export const postgres: Service = {
  title: 'PostgreSQL',
  program: 'postgres',
  folders: ['/usr/lib/postgresql/*/bin'],
  install: {kind: 'debian', packageName: 'postgresql'},
  defaultUrl: 'postgres://postgres@127.0.0.1:5432/postgres',
  accounts: ['postgres'],
  files: () => ({'pg_hba.conf': hostBasedAuthentication}),
  setUp: ({folder, find}) => [
    {
      file: find('initdb'),
      args: [
        '-D',
        `${folder}/data`,
        '-U',
        'postgres',
        '-A',
        'trust',
        '-E',
        'UTF8',
        '--no-locale',
        '--no-sync',
      ],
    },
  ],
  run: ({folder, ports: [port], find}) => [
    {
      file: find('postgres'),
      args: [
        ...['-D', `${folder}/data`, '-p', `${port}`],
        ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
        ...['-c', `hba_file=${folder}/pg_hba.conf`],
      ],
    },
  ],
  // If it were killed, a segment of shared memory would be left.
  stopSignal: 'SIGQUIT',
  // A fast shutdown, as of its service: clients get 57P01.
  goodbyeSignal: 'SIGINT',
  url: port => `postgres://postgres@127.0.0.1:${port}/postgres`,
  version: address =>
    probe(address, {send: startup({...address, user: address.user || 'postgres'}), receive: versionIn}),
};
