// NATS, with JetStream.

import {found, probe} from './protocol-probe.ts';
import type {Service} from './service.ts';

export const nats: Service = {
  title: 'NATS',
  program: 'nats-server',
  folders: [],
  install: {kind: 'debian', packageName: 'nats-server'},
  defaultUrl: 'nats://127.0.0.1:4222',
  accounts: ['nats'],
  run: ({folder, ports: [port], find}) => [
    {file: find('nats-server'), args: ['-a', '127.0.0.1', '-p', `${port}`, '-js', '-sd', folder]},
  ],
  stopSignal: 'SIGKILL',
  url: port => `nats://127.0.0.1:${port}`,
  version({user, password, ...address}) {
    let asked = false;
    const login = user === '' ? {} : {user, pass: password};
    return probe(
      {user, password, ...address},
      {
        receive(heard, say) {
          const refusal = found(heard, /^-ERR (.*)\r\n/m);
          if (refusal !== null) throw new Error(refusal);
          const version = found(heard, /^INFO .*"version":"([^"]+)".*\r\n/m);
          if (version === null) return null;
          if (!asked) say(`CONNECT ${JSON.stringify({verbose: false, ...login})}\r\nPING\r\n`);
          asked = true;
          return /^PONG\r\n/m.test(heard.toString('latin1')) ? version : null;
        },
      },
    );
  },
};
