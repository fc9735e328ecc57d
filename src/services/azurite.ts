// Azurite, Azure Storage's emulator: its Blob endpoint, in Node.
import type {Service} from './service.ts';

const limitMs = 5000;

export const azurite: Service = {
  title: 'Azurite',
  program: 'azurite-blob',
  folders: [],
  install: {kind: 'npm', packageName: 'azurite'},
  defaultUrl: 'http://127.0.0.1:10000',
  // It may be installed where only its user can read.
  accounts: [],
  run: ({folder, ports: [port], find}) => [
    {
      file: process.execPath,
      args: [
        ...[find('azurite-blob'), '--blobHost', '127.0.0.1', '--blobPort', `${port}`],
        ...['--location', folder, '--silent', '--disableTelemetry', '--skipApiVersionCheck'],
      ],
    },
  ],
  stopSignal: 'SIGKILL',
  goodbyeSignal: 'SIGTERM',
  url: port => `http://127.0.0.1:${port}`,
  // It refuses requests without a signature, and its answer names it.
  async version({host, port}) {
    const answer = await fetch(`http://${host}:${port}/`, {signal: AbortSignal.timeout(limitMs)});
    await answer.bytes();
    const version = /^Azurite-Blob\/(\S+)/.exec(answer.headers.get('server') ?? '')?.[1];
    if (version === undefined) throw new Error('it is not Azurite');
    return version;
  },
};
