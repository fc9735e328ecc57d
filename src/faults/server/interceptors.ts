// Which interceptor follows a connection: one for its TLS handshake, as long as that may come, and then one for HTTP.

import {HttpInterceptor} from './http/interceptor.ts';
import type {InterceptorHost} from './http/interceptor-host.ts';
import type {HttpRules} from './http/rules.ts';
import {TlsInterceptor} from './tls/interceptor.ts';
import type {TlsRules} from './tls/rules.ts';
import type {Toxic} from './toxic.ts';

export type InterceptorRules = {readonly http: HttpRules; readonly tls: TlsRules};

/** What both kinds of interceptors need of a connection. */
export type Intercepted = Omit<InterceptorHost, 'rules' | 'done'>;

export class Interceptors {
  readonly #rules: InterceptorRules;
  readonly #intercepted: () => Intercepted | undefined;
  /** Follows its requests, while there are HTTP toxics. */
  #http: HttpInterceptor | undefined;
  /** Waits for its ClientHello, while there are TLS toxics. */
  #tls: TlsInterceptor | undefined;

  /** @param intercepted the connection; undefined while there is nothing to follow */
  constructor(rules: InterceptorRules, intercepted: () => Intercepted | undefined) {
    this.#rules = rules;
    this.#intercepted = intercepted;
  }

  /** Both sides are connected, and nothing has been read. */
  start(): void {
    if (this.#rules.tls.isActive) this.#awaitHandshake();
    if (this.#rules.http.isActive) this.#followHttp('new');
  }

  add(toxic: Toxic): void {
    if (toxic.type.http !== undefined) this.#followHttp('live');
    if (toxic.type.tls !== undefined) this.#awaitHandshake();
  }

  /** A toxic has been removed. */
  removed(): void {
    this.#http?.toxicRemoved();
  }

  /** The toxic is no longer in force. */
  release(toxic: Toxic): void {
    this.#http?.release(toxic);
  }

  #followHttp(state: 'new' | 'live'): void {
    const intercepted = this.#intercepted();
    // What is not known to be TLS yet is not known to be HTTP either.
    if (intercepted === undefined || this.#http !== undefined || this.#tls !== undefined) return;
    const host: InterceptorHost = {
      ...intercepted,
      rules: this.#rules.http,
      done: () => {
        this.#http = undefined;
      },
    };
    this.#http = new HttpInterceptor(host, state);
  }

  /** A connection on which the client has spoken already is past its ClientHello, or has none. */
  #awaitHandshake(): void {
    const intercepted = this.#intercepted();
    if (intercepted === undefined || this.#http !== undefined || this.#tls !== undefined) return;
    if (intercepted.up.receivedBytes > 0) return;
    this.#tls = new TlsInterceptor({
      ...intercepted,
      rules: this.#rules.tls,
      done: () => {
        this.#tls = undefined;
        if (this.#rules.http.isActive) this.#followHttp(intercepted.down.receivedBytes > 0 ? 'live' : 'new');
      },
    });
  }
}
