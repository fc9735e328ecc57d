// A connection that a protocol follows, without sockets: what goes in on either side, and what comes out on the other.

import {EventEmitter} from 'node:events';
import type {Socket} from 'node:net';
import type {Link} from '../../src/faults/server/link.ts';
import type {Occasion, TakenReply} from '../../src/faults/server/protocols/conversation.ts';
import type {Protocol, Upgraded} from '../../src/faults/server/protocols/follower.ts';
import type {ReplyRules} from '../../src/faults/server/protocols/rules.ts';
import type {Receiver} from '../../src/faults/server/stage.ts';
import {chosenError, type ErrorChoice} from '../../src/model/server-errors.ts';

export type Party = 'client' | 'server';
/** What one side says next. */
export type Said = readonly [Party, Buffer];

/** What is taken: null passes. */
export type Takes = (occasion: Occasion) => Partial<ErrorChoice> | null;

const usual: ErrorChoice = {error: '', message: '', command: '', key: '', when: 'usual', ending: 'usual'};

class End {
  exit: Receiver | null = null;
  entry: Receiver | null = null;
  receivedBytes = 0;
  sentBytes = 0;
  readonly got: Buffer[] = [];
  gotBytes = 0;
  takenBytes = 0;
  ended = false;
  readonly send = (data: Buffer): void => {
    this.got.push(Buffer.from(data));
    this.gotBytes += data.length;
  };
  readonly accept = this.send;
  readonly finish = (): void => {
    this.ended = true;
  };
  readonly acceptEnd = this.finish;
  readonly wake = (): void => {};
}

/** Whatever happens to it, nothing happens. */
export const idleSocket = (): Socket =>
  Object.assign(new EventEmitter(), {
    end: () => {},
    resume: () => {},
    destroyed: false,
    closed: false,
    localAddress: '127.0.0.1',
    localPort: 1234,
  }) as unknown as Socket;

export class FollowedConnection {
  /** Why it lost step; null: it has not. */
  lost: string | null = null;
  readonly failures: unknown[] = [];
  /** Actions that were counted as hits. */
  hits = 0;
  readonly #client = idleSocket();
  #up = new End();
  #down = new End();
  #upgraded: Upgraded | null = null;

  constructor(protocol: Protocol, takes: Takes = () => null) {
    const take = (occasion: Occasion): TakenReply | null => {
      const choice = takes(occasion);
      if (choice === null) return null;
      const acted = () => {
        this.hits++;
      };
      return {error: chosenError(protocol.kind, {...usual, ...choice}), acted, release: () => {}};
    };
    const rules = {
      take: (_asking: unknown, occasion: Occasion) => take(occasion),
      unasked: () => [],
      followed: () => {},
      begunTls: () => {},
      lost: (reason: string) => {
        this.lost = reason;
      },
    } as unknown as ReplyRules;
    protocol.follow({
      connection: 1,
      client: this.#client,
      upstream: idleSocket(),
      up: this.#up as unknown as Link,
      down: this.#down as unknown as Link,
      rules,
      acted: () => {},
      upgrade: upgraded => {
        this.#upgraded = upgraded;
      },
      closedEarly: () => {},
      cut: () => {},
      failed: error => this.failures.push(error),
      done: () => {},
    });
  }

  /** A chunk comes from that side. */
  say(party: Party, data: Buffer): void {
    const [link, receiver] = party === 'client' ? [this.#up, this.#up.exit] : [this.#down, this.#down.entry];
    link.takenBytes += data.length;
    if (receiver === null) link.send(data);
    else receiver.push({data, timestampMs: 0});
  }

  /** Whether both sides begin TLS. Until it is said what becomes of it all passes. */
  get isUpgrading(): boolean {
    return this.#upgraded !== null;
  }

  /** What is said from here on is said inside of TLS, and so is what comes out. */
  goInside(): void {
    this.#up = new End();
    this.#down = new End();
    const [up, down] = [this.#up as unknown as Link, this.#down as unknown as Link];
    this.#upgraded?.inside({up, down});
    this.#upgraded = null;
  }

  passUnread(reason: string): void {
    this.#upgraded?.unread(reason);
    this.#upgraded = null;
  }

  end(party: Party): void {
    const receiver = party === 'client' ? this.#up.exit : this.#down.entry;
    receiver?.end();
  }

  /** The client is gone: no timer is left. */
  close(): void {
    this.#client.emit('close');
  }

  /** What of that side's has not come on the other. */
  heldBytes(party: Party): number {
    const {takenBytes, gotBytes} = party === 'client' ? this.#up : this.#down;
    return takenBytes - gotBytes;
  }

  /** All that the server got. */
  get toServer(): Buffer {
    return Buffer.concat(this.#up.got);
  }

  get toClient(): Buffer {
    return Buffer.concat(this.#down.got);
  }

  /** An error ended it. */
  get hasEnded(): boolean {
    return this.#down.ended;
  }
}
