// Many large downloads at once through a fault that lets half of each response pass, and what the injector, in a process
// of its own, takes for it.

import {fork} from 'node:child_process';
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {request} from 'undici';
import type {InjectorMessage} from '../../src/faults/server/main.ts';
import {messageOf, tellChild} from './child-channel.ts';
import {api, type ProxyJson} from './toxiproxy-request.ts';

export type Downloads = {readonly count: number; readonly bodyBytes: number};

export type DownloadsMeasured = {
  readonly receivedBytes: number;
  /** The most memory (RSS) that the injector's process has had, as the kernel counted it; 0 where it does not tell. */
  readonly peakBytes: number;
  readonly elapsedMs: number;
};

const piece = Buffer.alloc(64 * 1024, 'x');

/** The upstream: sends a body of that length, as fast as it is taken. */
async function startSender(bodyBytes: number) {
  const server = createServer((_request, response) => {
    response.writeHead(200, {'Content-Length': bodyBytes});
    let leftBytes = bodyBytes;
    const send = () => {
      while (leftBytes > 0) {
        const data = piece.subarray(0, Math.min(leftBytes, piece.length));
        leftBytes -= data.length;
        if (!response.write(data)) return;
      }
      response.end();
    };
    response.on('drain', send);
    send();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {server, port: (server.address() as AddressInfo).port}; // a string only for pipes
}

export async function measureDownloads({count, bodyBytes}: Downloads): Promise<DownloadsMeasured> {
  const main = join(import.meta.dirname, '../../src/faults/server/main.ts');
  const injector = fork(main, [JSON.stringify({host: '127.0.0.1', port: 0, seed: 1})]);
  const {server, port} = await startSender(bodyBytes);
  try {
    const message = await messageOf<InjectorMessage>(injector);
    if (message.kind !== 'listening') throw new Error(JSON.stringify(message));
    const {url} = message;
    const proxy = {name: 'p', listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}`};
    const {listen} = await api<ProxyJson>(url, 'POST', '/proxies', proxy);
    const attributes = {stage: 'response', action: 'finish', cut_ratio: 0.5};
    await api(url, 'POST', '/proxies/p/toxics', {type: 'http_fault', attributes});
    const startMs = performance.now();
    const download = async () => {
      const {body} = await request(`http://${listen}/`, {bodyTimeout: 0, headersTimeout: 0});
      let bytes = 0;
      for await (const data of body) bytes += data.length;
      return bytes;
    };
    const received = await Promise.all(Array.from({length: count}, download));
    const elapsedMs = performance.now() - startMs;
    const status = await readFile(`/proc/${injector.pid}/status`, 'utf8').catch(() => '');
    const peakBytes = Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    return {receivedBytes: received.reduce((sum, bytes) => sum + bytes, 0), peakBytes, elapsedMs};
  } finally {
    tellChild(injector, {kind: 'stop'});
    server.closeAllConnections();
    server.close();
    await once(injector, 'exit');
  }
}
