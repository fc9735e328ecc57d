// Bytes of all kinds through an HTTP/2 interceptor without a fault: what is HTTP/2 and what is not comes as it was sent.
import {EventEmitter} from 'node:events';
import type {Socket} from 'node:net';
import type {ExecutionContext} from 'ava';
import type {DownPipe, InterceptorHost, UpPipe} from '../../src/faults/server/http/interceptor-host.ts';
import {HttpRules} from '../../src/faults/server/http/rules.ts';
import {frame, preface, settingsFrame} from '../../src/faults/server/http2/frames.ts';
import {encodeHpack} from '../../src/faults/server/http2/hpack.ts';
import {Http2Interceptor} from '../../src/faults/server/http2/interceptor.ts';
import {Witness} from '../../src/faults/server/witness.ts';

type Random = (limit: number) => number;

export const randomOf = (start: number): Random => {
  let seed = start;
  return limit => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
};

const block = encodeHpack([
  [':method', 'GET'],
  [':path', '/things'],
]);

/** Mostly frames, some of them damaged, and now and then nothing of the kind. */
const streamOf = (random: Random, begin: Buffer): Buffer => {
  const parts: Buffer[] = [begin];
  const count = random(12);
  for (let index = 0; index < count; index++) {
    const payload =
      random(3) === 0 ? block : Buffer.from(Array.from({length: random(30)}, () => random(256)));
    parts.push(frame(random(11), random(256), random(6), payload));
  }
  const whole = Buffer.concat(parts);
  const bytes = begin.length + random(whole.length - begin.length + 1);
  const cut = random(3) === 0 ? Buffer.from(whole.subarray(0, bytes)) : whole;
  const damages = random(2) === 0 ? 0 : random(4);
  for (let damage = 0; damage < damages && cut.length > preface.length; damage++)
    cut[preface.length + random(cut.length - preface.length)] = random(256);
  return cut;
};

const feed = (random: Random, data: Buffer, push: (data: Buffer) => void): void => {
  for (let at = 0; at < data.length; ) {
    const bytes = 1 + random(random(3) === 0 ? 5 : 200);
    push(data.subarray(at, at + bytes));
    at += bytes;
  }
};

class Pipes {
  readonly toTarget: Buffer[] = [];
  readonly toClient: Buffer[] = [];
  readonly up: UpPipe;
  readonly down: DownPipe;

  constructor() {
    const {toTarget, toClient} = this;
    this.up = {
      exit: null,
      receivedBytes: 0,
      send: data => toTarget.push(data),
      finish: () => undefined,
      wake: () => undefined,
    };
    this.down = {
      entry: null,
      receivedBytes: 0,
      accept: data => toClient.push(data),
      acceptEnd: () => undefined,
      wake: () => undefined,
    };
  }

  say(side: 'client' | 'target', data: Buffer): void {
    const receiver = side === 'client' ? this.up.exit : this.down.entry;
    if (receiver !== null) receiver.push({data, timestampMs: 0});
    else if (side === 'client') this.up.send(data);
    else this.down.accept(data);
  }
}

/** Fails where a byte is changed, lost or added, or where the interceptor throws. */
export const relayAnything = (t: ExecutionContext, seed: number, rounds: number): void => {
  const random = randomOf(seed);
  const witness = new Witness();
  const rules = new HttpRules([seed], () => [], witness);
  for (let round = 0; round < rounds; round++) {
    const pipes = new Pipes();
    let failure: unknown = null;
    const host: InterceptorHost = {
      connection: round,
      client: new EventEmitter() as Socket,
      upstream: new EventEmitter() as Socket,
      up: pipes.up,
      down: pipes.down,
      rules,
      targetHost: null,
      acted: () => undefined,
      closedEarly: () => undefined,
      cut: () => undefined,
      failed: error => {
        failure = error;
      },
      missed: () => undefined,
      done: () => undefined,
    };
    new Http2Interceptor(host, Buffer.alloc(0));
    const fromClient = streamOf(random, preface);
    const fromTarget = streamOf(
      random,
      random(8) === 0 ? Buffer.alloc(0) : settingsFrame(new Map([[3, 100]])),
    );
    feed(random, fromClient.subarray(0, 200), data => pipes.say('client', data));
    feed(random, fromTarget, data => pipes.say('target', data));
    feed(random, fromClient.subarray(200), data => pipes.say('client', data));
    pipes.up.exit?.end();
    pipes.down.entry?.end();
    const isSame =
      Buffer.concat(pipes.toTarget).equals(fromClient) && Buffer.concat(pipes.toClient).equals(fromTarget);
    if (failure === null && isSame) continue;
    t.log({
      round,
      failure,
      fromClient: fromClient.toString('hex'),
      toTarget: Buffer.concat(pipes.toTarget).toString('hex'),
      fromTarget: fromTarget.toString('hex'),
      toClient: Buffer.concat(pipes.toClient).toString('hex'),
    });
    t.fail(`seed ${seed}, round ${round}`);
    return;
  }
  t.pass();
};
