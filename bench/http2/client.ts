// The client where there is no h2load, in a process of its own: takes jobs from its parent, one at a time.
import {type ClientHttp2Session, connect} from 'node:http2';
import {setTimeout as sleep} from 'node:timers/promises';
import {Pool} from 'undici';

export type ClientJob = {
  readonly url: string;
  readonly path: string;
  readonly isHttp1: boolean;
  readonly connections: number;
  /** Requests at a time on each connection; 1 with HTTP/1.1. */
  readonly streams: number;
  readonly durationMs: number;
};

export type ClientResult = {readonly count: number; readonly elapsedMs: number};

/** Asks once, and resolves when all of the answer is there. */
type Ask = () => Promise<void>;

const askHttp2 =
  (session: ClientHttp2Session, path: string): Ask =>
  () =>
    new Promise((resolve, reject) => {
      const stream = session.request({':path': path});
      let status = 0;
      stream.on('response', headers => {
        status = headers[':status'] ?? 0;
      });
      stream.on('error', reject);
      stream.on('end', () => (status === 200 ? resolve() : reject(new Error(`status ${status}`))));
      stream.resume();
    });

const askHttp1 =
  (pool: Pool, path: string): Ask =>
  async () => {
    const {statusCode, body} = await pool.request({path, method: 'GET'});
    await body.dump({limit: Number.POSITIVE_INFINITY});
    if (statusCode !== 200) throw new Error(`status ${statusCode}`);
  };

const run = async ({
  url,
  path,
  isHttp1,
  connections,
  streams,
  durationMs,
}: ClientJob): Promise<ClientResult> => {
  const sessions = isHttp1
    ? []
    : Array.from({length: connections}, () => connect(url, {rejectUnauthorized: false}));
  for (const session of sessions) session.on('error', () => {});
  const pool = isHttp1 ? new Pool(url, {connections, connect: {rejectUnauthorized: false}}) : null;
  const asks = pool === null ? sessions.map(session => askHttp2(session, path)) : [askHttp1(pool, path)];
  const atOnce = pool === null ? streams : connections;
  let isOver = false;
  let count = 0;
  const startMs = performance.now();
  const loops = asks.flatMap(ask =>
    Array.from({length: atOnce}, async () => {
      while (!isOver) {
        await ask();
        count++;
      }
    }),
  );
  await Promise.race([sleep(durationMs), Promise.all(loops)]);
  const result = {count, elapsedMs: performance.now() - startMs};
  isOver = true;
  await Promise.allSettled(loops);
  for (const session of sessions) session.destroy();
  await pool?.destroy();
  return result;
};

process.on('message', (job: ClientJob) => {
  void run(job).then(
    result => process.send?.(result),
    (error: unknown) => process.send?.(String(error)),
  );
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
