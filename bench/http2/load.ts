// Sends requests to a server or a proxy for some time: by h2load, or by Node where there is none.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {message, startOwn, type Worker} from '../injector/processes.ts';
import type {ClientJob, ClientResult} from './client.ts';
import {programOf, type Way} from './proxies.ts';

const run = promisify(execFile);

export type Load = {
  readonly title: string;
  readonly way: Way;
  readonly bytes: number;
  readonly connections: number;
  readonly streams: number;
};

export type Client = Pick<Worker, 'stop'> & {
  /** For the page. */
  readonly name: string;
  readonly run: (load: Load, port: number, durationMs: number) => Promise<ClientResult>;
};

const urlOf = ({way}: Load, port: number): string =>
  `${way === 'h2c' ? 'http' : 'https'}://127.0.0.1:${port}`;

export const startClient = (): Promise<Client> => {
  const h2load = programOf('h2load');
  return h2load === null
    ? startNode()
    : Promise.resolve({name: 'h2load', run: byH2load(h2load), stop: async () => {}});
};

const byH2load =
  (program: string): Client['run'] =>
  async (load, port, durationMs) => {
    const {connections, streams, bytes, way} = load;
    const {stdout} = await run(program, [
      ...['-c', String(connections), '-m', String(streams), '-t', '1'],
      `--duration=${durationMs}ms`,
      ...(way === 'h1' ? ['--h1'] : []),
      `${urlOf(load, port)}/${bytes}`,
    ]);
    return resultIn(stdout);
  };

/** @throws Error where requests failed: then it was not what should have been measured */
export const resultIn = (printed: string): ClientResult => {
  const [, rate] = /^finished in [^,]+, ([\d.]+) req\/s/m.exec(printed) ?? [];
  const [, done, failed] = /^requests: .*?(\d+) done, \d+ succeeded, (\d+) failed/m.exec(printed) ?? [];
  const [, answered] = /^status codes: (\d+) 2xx/m.exec(printed) ?? [];
  const count = Number(done);
  if (!(Number(rate) > 0) || failed !== '0' || !(Number(answered) >= count))
    throw new Error(`h2load printed:\n${printed}`);
  return {count, elapsedMs: (1000 * count) / Number(rate)};
};

const startNode = async (): Promise<Client> => {
  const {child, stop} = await startOwn(new URL('client.ts', import.meta.url));
  return {
    name: "Node's http2 and undici",
    async run(load, port, durationMs) {
      const {bytes, connections, streams, way} = load;
      const isHttp1 = way === 'h1';
      const job: ClientJob = {
        url: urlOf(load, port),
        path: `/${bytes}`,
        isHttp1,
        connections,
        streams,
        durationMs,
      };
      const answer = message<ClientResult | string>(child);
      child.send(job);
      const result = await answer;
      if (typeof result === 'string') throw new Error(result);
      return result;
    },
    stop,
  };
};
