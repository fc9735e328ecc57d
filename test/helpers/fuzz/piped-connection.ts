// A connection that HTTP/1 or HTTP/2 is followed on, without sockets: what goes in on either side, and what comes out on the
// other. What is not taken yet waits, as it would in a socket.

import type {DownPipe, InterceptorHost, UpPipe} from '../../../src/faults/server/http/interceptor-host.ts';
import type {HttpRules} from '../../../src/faults/server/http/rules.ts';
import type {Receiver} from '../../../src/faults/server/stage.ts';
import {idleSocket, type Party, type Said} from '../followed-connection.ts';
import {ofParty} from './bytes.ts';
import {type FuzzInput, type Outcome, reasonOf} from './part.ts';

type Way = {
  readonly receiver: () => Receiver | null;
  readonly pass: (data: Buffer) => void;
  readonly finish: () => void;
  readonly waiting: Buffer[];
  readonly came: Buffer[];
  takenBytes: number;
  cameBytes: number;
  askedChunks: number;
};

export class PipedConnection {
  readonly up: UpPipe;
  readonly down: DownPipe;
  readonly host: InterceptorHost;
  readonly failures: unknown[] = [];
  /** Whether it is not followed any more. */
  isLost = false;
  hits = 0;
  /** Both sockets were closed. */
  #isCut = false;
  #isMoving = false;
  readonly #ways: Readonly<Record<Party, Way>>;

  constructor(rules: HttpRules, targetHost: string | null = null) {
    const wake = (): void => this.#move();
    const came = (party: Party) => (data: Buffer) => {
      const way = this.#ways[party];
      way.came.push(data);
      way.cameBytes += data.length;
    };
    const [up, down] = [came('client'), came('server')];
    this.up = {exit: null, receivedBytes: 0, send: up, finish: () => {}, wake};
    this.down = {entry: null, receivedBytes: 0, accept: down, acceptEnd: () => {}, wake};
    const way = {takenBytes: 0, cameBytes: 0, askedChunks: 0};
    this.#ways = {
      client: {
        ...way,
        waiting: [],
        came: [],
        receiver: () => this.up.exit,
        pass: up,
        finish: () => this.up.finish(),
      },
      server: {
        ...way,
        waiting: [],
        came: [],
        receiver: () => this.down.entry,
        pass: down,
        finish: () => this.down.acceptEnd(),
      },
    };
    this.host = {
      connection: 1,
      client: idleSocket(),
      upstream: idleSocket(),
      up: this.up,
      down: this.down,
      rules,
      targetHost,
      acted: () => {
        this.hits++;
      },
      closedEarly: () => {},
      cut: () => {
        this.#isCut = true;
      },
      failed: error => this.failures.push(error),
      missed: () => {},
      done: () => {
        this.isLost = true;
      },
    };
  }

  /** A chunk comes from that side. */
  say(party: Party, data: Buffer): void {
    this.#ways[party].waiting.push(data);
    this.#move();
  }

  /** That side closes, if all that it said was taken. */
  end(party: Party): void {
    const {waiting, receiver, finish} = this.#ways[party];
    if (waiting.length > 0 || this.#isCut) return;
    const taker = receiver();
    if (taker === null) finish();
    else taker.end();
  }

  /** The client is gone: no timer is left. */
  close(): void {
    this.host.client.emit('close');
    this.host.upstream.emit('close');
  }

  /** What of that side's was taken and has not come on the other. */
  heldBytes(party: Party): number {
    const {takenBytes, cameBytes} = this.#ways[party];
    return takenBytes - cameBytes;
  }

  /** Whether all that it said was taken. */
  isTaken(party: Party): boolean {
    return this.#ways[party].waiting.length === 0;
  }

  /** What has come of that side's since it was asked for last. */
  newsOf(party: Party): Buffer {
    const way = this.#ways[party];
    const news = Buffer.concat(way.came.slice(way.askedChunks));
    way.askedChunks = way.came.length;
    return news;
  }

  /** All that came of that side's. */
  cameOf(party: Party): Buffer {
    return Buffer.concat(this.#ways[party].came);
  }

  #move(): void {
    if (this.#isMoving) return;
    this.#isMoving = true;
    for (let hasMoved = true; hasMoved; ) {
      hasMoved = false;
      for (const party of ['client', 'server'] as const) {
        const {waiting, receiver} = this.#ways[party];
        while (waiting.length > 0 && !this.#isCut && receiver()?.isFull !== true) {
          hasMoved = true;
          this.#take(party);
        }
      }
    }
    this.#isMoving = false;
  }

  #take(party: Party): void {
    const way = this.#ways[party];
    const data = way.waiting.shift();
    if (data === undefined) return;
    way.takenBytes += data.length;
    const taker = way.receiver();
    if (taker === null) way.pass(data);
    else taker.push({data, timestampMs: 0});
  }
}

/**
 * What both sides were to get, where no fault is on. What was not taken cannot have come, nor what waited until the server
 * closed. @param whole whose words were taken before
 */
const wrongBytes = (
  connection: PipedConnection,
  said: readonly Said[],
  whole: readonly Party[],
): string | null => {
  for (const [party, other] of [
    ['client', 'server'],
    ['server', 'client'],
  ] as const) {
    const sent = ofParty(said, party);
    const came = connection.cameOf(party);
    const due = whole.includes(party) ? sent : sent.subarray(0, came.length);
    if (!came.equals(due)) return `the ${other} got other bytes`;
  }
  return null;
};

type Spoken = {
  readonly connection: PipedConnection;
  /** How many bytes of a side's may be held where no fault is on. */
  readonly mostHeld: number;
  readonly input: FuzzInput;
};

/** Both sides say all of it, and close. */
export const sayAll = ({connection, mostHeld, input}: Spoken): Outcome => {
  const {said, isValid, faultSeed} = input;
  let failure: string | null = null;
  for (const [party, data] of said) {
    connection.say(party, data);
    if (faultSeed !== null) continue;
    for (const side of ['client', 'server'] as const) {
      const bytes = connection.heldBytes(side);
      if (bytes > mostHeld) failure ??= `${bytes} bytes of the ${side}'s were held`;
    }
  }
  const isFollowed = !connection.isLost;
  const whole = (['client', 'server'] as const).filter(party => connection.isTaken(party));
  connection.end('client');
  connection.end('server');
  connection.close();
  const [thrown] = connection.failures;
  if (thrown !== undefined) failure = `thrown: ${reasonOf(thrown)}`;
  if (faultSeed === null) failure ??= wrongBytes(connection, said, whole);
  if (faultSeed === null && isValid && !isFollowed) failure ??= 'it was not followed to its end';
  return {failure, isFollowed, hits: connection.hits};
};
