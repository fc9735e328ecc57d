// Chooses the interceptor that follows a connection: one for its TLS handshake, as long as that may come, and then
// one for HTTP, or for the protocol whose errors are said in the server's place.

import {HttpInterceptor} from './http/interceptor.ts';
import type {InterceptorHost} from './http/interceptor-host.ts';
import type {HttpRules} from './http/rules.ts';
import {amqp} from './protocols/amqp.ts';
import type {Following, Protocol} from './protocols/follower.ts';
import {memcached} from './protocols/memcached.ts';
import {mqtt} from './protocols/mqtt.ts';
import {mysql} from './protocols/mysql.ts';
import {nats} from './protocols/nats.ts';
import {postgres} from './protocols/postgres.ts';
import {redis} from './protocols/redis.ts';
import type {ReplyRules} from './protocols/rules.ts';
import {smtp} from './protocols/smtp.ts';
import {TlsInterceptor} from './tls/interceptor.ts';
import type {TlsRules} from './tls/rules.ts';
import type {Toxic} from './toxic.ts';

export type InterceptorRules = {
  readonly http: HttpRules;
  readonly tls: TlsRules;
  readonly replies: ReplyRules;
};

/** All protocols in which a server has errors of its own. */
export const followed: readonly Protocol[] = [amqp, memcached, mqtt, mysql, nats, postgres, redis, smtp];

/** What both kinds of interceptors need of a connection. */
export type Intercepted = Omit<InterceptorHost, 'rules' | 'done'>;

export class Interceptors {
  readonly #rules: InterceptorRules;
  readonly #intercepted: () => Intercepted | null;
  /** Follows its requests, while there are HTTP toxics. */
  #http: HttpInterceptor | null = null;
  /** Waits for its ClientHello, while there are TLS toxics. */
  #tls: TlsInterceptor | null = null;
  /** Follows its conversation, where the proxy carries a protocol that is known. */
  #following: Following | null = null;

  /** @param intercepted the connection; null while there is nothing to follow */
  constructor(rules: InterceptorRules, intercepted: () => Intercepted | null) {
    this.#rules = rules;
    this.#intercepted = intercepted;
  }

  /** Both sides are connected, and nothing has been read. */
  start(): void {
    if (this.#rules.tls.isActive) this.#awaitHandshake();
    this.#follow();
    if (this.#rules.http.isActive) this.#followHttp('new');
  }

  add(toxic: Toxic): void {
    if (toxic.type.http !== null) this.#followHttp('live');
    if (toxic.type.tls !== null) this.#awaitHandshake();
    if (toxic.type.reply !== null) this.#follow();
  }

  /** The toxic came into force. */
  begun(toxic: Toxic): void {
    if (toxic.type.reply !== null) this.#following?.changed(toxic);
  }

  /** A toxic has been removed. */
  removed(): void {
    this.#http?.toxicRemoved();
  }

  /** The toxic is no longer in force. */
  release(toxic: Toxic): void {
    this.#http?.release(toxic);
    if (toxic.type.reply !== null) this.#following?.changed(toxic);
  }

  /** A connection on which something was said already may be anywhere in its conversation: it is not followed. */
  #follow(): void {
    const intercepted = this.#intercepted();
    const {replies} = this.#rules;
    const protocol = followed.find(({kind}) => kind === replies.kind);
    if (intercepted === null || protocol === undefined) return;
    if (this.#isTaken) return;
    const {up, down} = intercepted;
    if (up.sentBytes > 0 || up.exit !== null || down.receivedBytes > 0) return;
    this.#following = protocol.follow({
      ...intercepted,
      rules: replies,
      done: () => {
        this.#following = null;
      },
    });
  }

  get #isTaken(): boolean {
    return this.#http !== null || this.#tls !== null || this.#following !== null;
  }

  #followHttp(state: 'new' | 'live'): void {
    const intercepted = this.#intercepted();
    // As long as it may still be TLS it is not followed as HTTP.
    if (intercepted === null || this.#isTaken) return;
    const host: InterceptorHost = {
      ...intercepted,
      rules: this.#rules.http,
      done: () => {
        this.#http = null;
      },
    };
    this.#http = new HttpInterceptor(host, state);
  }

  /** On a connection on which the client has sent data already, the ClientHello is over, or there is none. */
  #awaitHandshake(): void {
    const intercepted = this.#intercepted();
    if (intercepted === null || this.#isTaken) return;
    if (intercepted.up.receivedBytes > 0) return;
    this.#tls = new TlsInterceptor({
      ...intercepted,
      rules: this.#rules.tls,
      done: () => {
        this.#tls = null;
        this.#follow();
        if (this.#rules.http.isActive) this.#followHttp(intercepted.down.receivedBytes > 0 ? 'live' : 'new');
      },
    });
  }
}
