// Waits for the first bytes of a client, by which it is known what a connection carries: a TLS handshake, HTTP/2, or anything
// else; or, where both sides have agreed to begin TLS, for the handshake. It sits where the upstream is: what a client says comes
// to it through the upstream toxics.

import type {Socket} from 'node:net';
import {Alarm} from './alarm.ts';
import {deliver, longestPauseMs, type Pipes, receiver} from './http/interceptor-host.ts';
import {preface} from './http2/frames.ts';
import type {Receiver} from './stage.ts';
import {type ClientHello, readBeginning} from './tls/client-hello.ts';

export type BeginningHost = Pipes & {
  readonly client: Socket;
  /** Whether TLS may begin here: not inside of it. */
  readonly mayBeTls: boolean;
  /** Not where the proxy is told to carry another protocol: what the server says first is then no part of HTTP/2. */
  readonly mayBeHttp2: () => boolean;
  /** Returns whether it is taken: nothing of it passes then. */
  readonly hello: (hello: ClientHello, received: Buffer) => boolean;
  /** The connection is HTTP/2. `said`: what the upstream said before, which has passed. */
  readonly http2: (said: Buffer) => void;
  /** It is none of them. */
  readonly other: () => void;
  /** It began as one of them, and did not go on: it passes, and is not followed. */
  readonly unfinished: (what: 'TLS' | 'HTTP/2') => void;
  readonly contain: (act: () => void) => void;
};

/** A server of HTTP/2 says its settings at once; more than that is none. */
const mostSaidBytes = 16 * 1024;

const handshakeRecord = 22;
/** Methods of HTTP/1 begin like its preface, but are other than it from here on. */
const ownPrefaceBytes = 4;

const nothing = Buffer.alloc(0);

export class Beginning {
  readonly #host: BeginningHost;
  #held: Buffer = nothing;
  #said: Buffer = nothing;
  /** Rings when what is held does not go on. */
  readonly #pause = new Alarm(() => this.#host.contain(() => this.#giveUp()));

  constructor(host: BeginningHost) {
    this.#host = host;
  }

  start(): void {
    const {up, down, client} = this.#host;
    client.once('close', this.#stopWaiting);
    up.exit = this.#fromClient;
    down.entry = this.#fromTarget;
  }

  readonly #fromClient: Receiver = receiver(act => this.#host.contain(act), {
    // Data is held until it is known what it is.
    isFull: () => false,
    push: data => {
      this.#held = this.#held.length === 0 ? data : Buffer.concat([this.#held, data]);
      this.#decide();
    },
    end: () => {
      // A client that said nothing could have spoken anything.
      this.#pass(this.#held.length === 0 ? () => undefined : this.#host.other);
      const {up} = this.#host;
      if (up.exit === null) up.finish();
      else up.exit.end();
    },
  });

  readonly #fromTarget: Receiver = receiver(act => this.#host.contain(act), {
    isFull: () => false,
    push: data => {
      const {down, mayBeHttp2, other} = this.#host;
      // A server that speaks first speaks no TLS.
      if (!mayBeHttp2() || this.#said.length + data.length > mostSaidBytes) {
        this.#pass(other);
        deliver(down.entry, data => down.accept(data), data);
        return;
      }
      this.#said = Buffer.concat([this.#said, data]);
      down.accept(data);
    },
    end: () => this.#host.down.acceptEnd(),
  });

  #decide(): void {
    const {mayBeTls, mayBeHttp2, hello, http2, other} = this.#host;
    const beginning = mayBeTls ? readBeginning(this.#held) : null;
    if (beginning?.kind === 'more') {
      this.#wait();
      return;
    }
    if (beginning?.kind === 'hello') {
      const held = this.#held;
      this.#detach();
      if (!hello(beginning.hello, held)) this.#pass(other);
      return;
    }
    const canBeHttp2 =
      mayBeHttp2() && preface.subarray(0, this.#held.length).equals(this.#held.subarray(0, preface.length));
    if (!canBeHttp2) this.#pass(other);
    else if (this.#held.length >= preface.length) this.#pass(() => http2(this.#said));
    else this.#wait();
  }

  /** A client that is gone goes on with nothing: what it said ends, and passes then. */
  #wait(): void {
    if (!this.#host.client.closed) this.#pause.set(performance.now() + longestPauseMs);
  }

  readonly #stopWaiting = (): void => this.#pause.clear();

  /** The target may be waiting for what is held: to refuse it, for one. */
  #giveUp(): void {
    const {mayBeHttp2, other, unfinished} = this.#host;
    const isTls = this.#held[0] === handshakeRecord;
    if (!mayBeHttp2() || (!isTls && this.#held.length < ownPrefaceBytes)) this.#pass(other);
    else this.#pass(() => unfinished(isTls ? 'TLS' : 'HTTP/2'));
  }

  #detach(): void {
    this.#stopWaiting();
    const {up, down, client} = this.#host;
    client.removeListener('close', this.#stopWaiting);
    up.exit = null;
    down.entry = null;
  }

  /** What was held goes on, to what `next` puts in its place. */
  #pass(next: () => void): void {
    const {up} = this.#host;
    this.#detach();
    next();
    if (this.#held.length > 0) deliver(up.exit, data => up.send(data), this.#held);
    this.#held = nothing;
    up.wake();
  }
}
