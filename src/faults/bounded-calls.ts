// Calls to an injector's API, each with a limit and an error that names the address.
import {ToxiproxyError} from 'toxiproxy-node-client';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import {withTimeout} from '../model/with-timeout.ts';

/** Toxiproxy's client never gives up, and its errors name neither the address nor the proxy. */
export class BoundedCalls {
  readonly url: string;
  readonly #limitMs: number;

  constructor(url: string, limitMs: number) {
    this.url = url;
    this.#limitMs = limitMs;
  }

  /** @param what completes "refused to …" and "could not …" */
  async bounded<T>(what: string, call: Promise<T>): Promise<T> {
    try {
      return await withTimeout(this.#limitMs, call, () => {
        throw new Error(`no answer within ${this.#limitMs} ms`);
      });
    } catch (error) {
      throw this.#explain(what, error);
    }
  }

  #explain(what: string, error: unknown): FoulweatherError {
    const message = messageOf(error);
    // The client renames what it catches: a network error keeps fetch's name, TypeError; a bad status is a plain Error.
    if (error instanceof ToxiproxyError && error.name === 'Error') return this.refused(what, message, error);
    return new FoulweatherError(
      'FW_TOXIPROXY_UNREACHABLE',
      `Cannot reach the injector at ${this.url} (could not ${what}: ${message}).`,
      'Start Toxiproxy (`toxiproxy-server`), check the address, or omit --toxiproxy to use the built-in injector.',
      {cause: error},
    );
  }

  refused(what: string, message: string, cause?: unknown): FoulweatherError {
    return new FoulweatherError(
      'FW_TOXIPROXY_REFUSED',
      `The injector at ${this.url} refused to ${what}: ${message}.`,
      'Check its log: a port may be in use, or a proxy of that name may already exist.',
      {cause},
    );
  }
}
