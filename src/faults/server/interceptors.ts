// Chooses the interceptor that follows a connection: one for its TLS handshake, as long as that may come, and then
// one for HTTP.

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
  readonly #intercepted: () => Intercepted | null;
  /** Follows its requests, while there are HTTP toxics. */
  #http: HttpInterceptor | null = null;
  /** Waits for its ClientHello, while there are TLS toxics. */
  #tls: TlsInterceptor | null = null;

  /** @param intercepted the connection; null while there is nothing to follow */
  constructor(rules: InterceptorRules, intercepted: () => Intercepted | null) {
    this.#rules = rules;
    this.#intercepted = intercepted;
  }

  /** Both sides are connected, and nothing has been read. */
  start(): void {
    if (this.#rules.tls.isActive) this.#awaitHandshake();
    if (this.#rules.http.isActive) this.#followHttp('new');
  }

  add(toxic: Toxic): void {
    if (toxic.type.http !== null) this.#followHttp('live');
    if (toxic.type.tls !== null) this.#awaitHandshake();
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
    // As long as it may still be TLS it is not followed as HTTP.
    if (intercepted === null || this.#http !== null || this.#tls !== null) return;
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
    if (intercepted === null || this.#http !== null || this.#tls !== null) return;
    if (intercepted.up.receivedBytes > 0) return;
    this.#tls = new TlsInterceptor({
      ...intercepted,
      rules: this.#rules.tls,
      done: () => {
        this.#tls = null;
        if (this.#rules.http.isActive) this.#followHttp(intercepted.down.receivedBytes > 0 ? 'live' : 'new');
      },
    });
  }
}
