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
  // A short lame duck mode: clients are asked to go elsewhere, and cut half a second later, one after the other.
  files: () => ({
    'nats.conf': 'lame_duck_grace_period: "500ms"\nlame_duck_duration: "30s"\n',
  }),
  run: ({folder, ports: [port], find}) => [
    {
      file: find('nats-server'),
      args: [...['-c', `${folder}/nats.conf`, '-a', '127.0.0.1', '-p', `${port}`], ...['-js', '-sd', folder]],
    },
  ],
  stopSignal: 'SIGKILL',
  // Lame duck mode, as of its service.
  goodbyeSignal: 'SIGUSR2',
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
