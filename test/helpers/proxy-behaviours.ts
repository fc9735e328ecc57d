// Behaviour that a proxy must show on every server under test: ours, and a real Toxiproxy where there is one.
// Times are checked from below to the millisecond, and from above with room for a busy machine: only tolerances.test.ts is
// about how exact they are. That something is not delayed is shown beside a delay that no test outlives.

import test, {type ExecutionContext} from 'ava';
import {Scene} from './proxy-scene.ts';
import type {Peer} from './proxy-sockets.ts';
import {type Subject, startSubject, subjectNames} from './toxiproxy-subjects.ts';

/** How much later than it should a thing may come on a busy machine. */
export const slackMs = 5000;

/** A delay for what must not be delayed: whoever waits for it exceeds the timeout of the tests. */
export const endlessMs = 3_600_000;

type Steps = (t: ExecutionContext, scene: Scene) => Promise<void>;

/**
 * Starts the servers. The function that it returns runs steps on each, with a new proxy before a new upstream. Tests run side by
 * side, unless they need the machine or a server for themselves.
 */
export function everywhere(order: 'side by side' | 'one by one' = 'side by side') {
  const run = order === 'side by side' ? test : test.serial;
  const subjects = new Map<Subject['name'], Subject>();
  const names = subjectNames(console.log);
  test.before(async () => {
    for (const name of names) subjects.set(name, await startSubject(name));
  });
  test.after.always(() => Promise.all([...subjects.values()].map(subject => subject.stop())));
  return (title: string, serve: ((peer: Peer) => void) | undefined, steps: Steps): void => {
    for (const name of names) {
      run(`${name}: ${title}`, async t => {
        const scene = await Scene.open(subjects.get(name)!.url, serve);
        try {
          await steps(t, scene);
        } finally {
          await scene.close();
        }
      });
    }
  };
}

export function isBetween(t: ExecutionContext, elapsedMs: number, leastMs: number, mostMs: number): void {
  t.true(
    elapsedMs >= leastMs && elapsedMs <= mostMs,
    `${elapsedMs.toFixed(1)} is not in ${leastMs}…${mostMs} ms`,
  );
}

/** Sends data and waits until as much has come back. Returns how long that took, in ms. */
export async function roundTrip(client: Peer, data: Buffer | string): Promise<number> {
  const startMs = performance.now();
  const wanted = client.receivedBytes + data.length;
  client.socket.write(data);
  await client.bytes(wanted);
  return performance.now() - startMs;
}

/** Bytes in which every position is recognisable, so that a lost or swapped byte shows. */
export function pattern(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  for (let at = 0; at + 4 <= bytes; at += 4) buffer.writeUInt32BE(at, at);
  return buffer;
}
