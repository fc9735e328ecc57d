// Follows the requests and responses of one connection, and lets HTTP toxics act on them. It sits where the upstream is:
// what a client sends comes to it through the upstream toxics, what it answers goes through the downstream toxics.
// Requests are taken one after the other: one that a client sends ahead waits until the one before it is answered.

import {wholeEpochMs} from '../../../model/clock.ts';
import {chunkRead} from '../socket-reader.ts';
import type {Receiver} from '../stage.ts';
import type {Toxic} from '../toxic.ts';
import {cutWhenClientCloses, longestLingerMs} from '../upstream-close.ts';
import type {Ending} from './behaviour.ts';
import {type ExchangeHost, HttpExchange} from './exchange.ts';
import {beginsWithRequestLine, type RequestHead, rewriteHead, valuesOf} from './head.ts';
import {IgnoredInput} from './ignored-input.ts';
import {type InterceptorHost, isOwnAddress, receiver} from './interceptor-host.ts';
import {Outbox} from './outbox.ts';
import {factsOf} from './request-facts.ts';
import {RequestSide} from './request-side.ts';
import {ResponseSide} from './response-side.ts';

/** joining: a live connection whose next request has not come. leaving: a fault ended it. off: no HTTP, or no toxic. */
type Mode = 'joining' | 'following' | 'hanging' | 'leaving' | 'off';

export class HttpInterceptor {
  readonly #host: InterceptorHost;
  readonly #outbox: Outbox;
  readonly #ignored: IgnoredInput;
  readonly #requests: RequestSide;
  readonly #responses: ResponseSide;
  #mode: Mode;
  #exchange: HttpExchange | null = null;
  #lastNumber = 0;
  /** The client has ended, and what it sent before waits for an answer that a fault gives. */
  #hasClientEnded = false;
  #lingering: NodeJS.Timeout | undefined;

  /** @param state a connection that is live may be anywhere in an exchange: it joins with its next request */
  constructor(host: InterceptorHost, state: 'new' | 'live') {
    this.#host = host;
    this.#mode = state === 'new' ? 'following' : 'joining';
    const {client, up, down} = host;
    this.#outbox = new Outbox({
      send: data => down.accept(data),
      end: ending => down.acceptEnd(ending),
      drained: () => down.wake(),
      contain: this.#contain,
    });
    this.#ignored = new IgnoredInput(() => up.wake());
    this.#requests = new RequestSide({
      toUpstream: data => up.send(data),
      exchange: () => this.#exchange,
      outgoing: head => this.#outgoing(head),
      begin: head => this.#begin(head),
      isStopped: () => this.#mode !== 'following',
      notHttp: reason =>
        this.#contain(() => {
          // Where HTTP was broken off, a fault that comes later can join again with the next request.
          host.missed(reason, reason === 'something that is not HTTP' ? 'all' : 'so-far');
          this.#turnOff();
        }),
    });
    this.#responses = new ResponseSide({
      toClient: data => this.#outbox.send(data),
      isStopped: () => this.#mode !== 'following',
      notHttp: held => this.#turnOff(held),
    });
    up.exit = this.#fromClient;
    down.entry = this.#fromUpstream;
    client.once('close', this.#kill);
  }

  /** A toxic was removed: what it left hanging is closed, what it slows down goes on at once. */
  release(toxic: Toxic): void {
    if (this.#exchange?.taken?.toxic !== toxic) return;
    this.#exchange.release();
    this.#contain(() => this.#outbox.flushNow());
    if (this.#mode === 'hanging') this.#leave('close');
  }

  /** Ends at the next opportunity if no HTTP toxics are left. */
  toxicRemoved(): void {
    const {rules, targetHost} = this.#host;
    if (this.#exchange !== null || rules.isActive || targetHost !== null) return;
    const isBetween = this.#mode === 'following' && this.#requests.isBetween;
    if (isBetween || this.#mode === 'joining') this.#turnOff();
  }

  readonly #isFullOfRequests = (): boolean =>
    this.#mode === 'hanging' ? this.#ignored.isFull : this.#requests.isHolding;

  /** What throws here is the toxic that has the request, or what the two sides sent. */
  readonly #contain = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      this.#host.failed(error, this.#exchange?.taken?.toxic ?? null);
    }
  };

  readonly #fromClient: Receiver = receiver(this.#contain, {
    isFull: this.#isFullOfRequests,
    push: data => {
      chunkRead(data.length);
      if (this.#mode === 'hanging') this.#ignored.drop(data.length);
      if (this.#mode === 'joining' && beginsWithRequestLine(data)) this.#mode = 'following';
      if (this.#mode === 'joining') {
        this.#host.missed(begunBefore(data), 'so-far');
        this.#host.up.send(data);
      }
      if (this.#mode !== 'following') return;
      this.#requests.hold(data);
      this.#readRequests();
    },
    end: () => {
      if (this.#mode === 'hanging' || this.#mode === 'leaving') this.#host.cut();
      else this.#endRequests();
    },
  });

  /** The upstream gets all that the client sent before it ended: also the beginning of a head, and requests sent ahead. */
  #endRequests(): void {
    this.#hasClientEnded = this.#exchange?.isAnsweredHere === true && this.#requests.isHolding;
    if (this.#hasClientEnded) return;
    this.#requests.send();
    this.#host.up.finish();
  }

  readonly #fromUpstream: Receiver = receiver(this.#contain, {
    isFull: () => this.#mode === 'hanging' || this.#outbox.isFull,
    push: data => {
      chunkRead(data.length);
      if (this.#mode === 'joining') this.#outbox.send(data);
      if (this.#mode !== 'following') return;
      const exchange = this.#exchange;
      // An upstream that speaks without having been asked is not HTTP: nothing is followed any more. If a fault has
      // ended the connection already, it does not matter.
      if (exchange?.isAnsweredHere === true) return;
      if (exchange === null || exchange.isResponseRead) {
        this.#host.missed('a protocol in which the server speaks first');
        this.#turnOff(data);
      } else this.#responses.read(exchange, data);
    },
    end: () => {
      if (this.#mode === 'hanging' || this.#mode === 'leaving') return;
      const exchange = this.#exchange;
      if (exchange?.isAnsweredHere === true) {
        exchange.onRequestRead(() => this.#outbox.end('close'));
        return;
      }
      if (exchange !== null) this.#responses.end(exchange);
      if (this.#mode !== 'following' && this.#mode !== 'joining') return;
      this.#mode = 'leaving';
      this.#outbox.end('close');
    },
  });

  #readRequests(): void {
    if (this.#requests.isReading) return;
    this.#requests.read();
    // What follows a fault that ended the connection is dropped.
    if (this.#mode === 'hanging' || this.#mode === 'leaving') this.#requests.drop();
    else this.toxicRemoved();
  }

  #outgoing(head: RequestHead): Buffer {
    const {client, targetHost} = this.#host;
    const {raw, method, target, minorVersion, fields} = head;
    if (targetHost === null || !valuesOf(fields, 'host').some(host => isOwnAddress(client, host))) return raw;
    const startLine = `${method} ${target} HTTP/1.${minorVersion}`;
    return rewriteHead({startLine, fields}, ['host'], [['Host', targetHost]]);
  }

  #begin(head: RequestHead): void {
    const {connection, rules} = this.#host;
    const number = ++this.#lastNumber;
    this.#exchange = new HttpExchange(
      this.#exchangeHost,
      head,
      number,
      rules.take(connection, number, head, 'http/1'),
    );
    this.#host.missed('HTTP/1', 'http/1');
    this.#exchange.begin();
    this.#responses.begin(head.method);
  }

  readonly #exchangeHost: ExchangeHost = {
    toClient: (data, bytesPerSecond) => this.#outbox.send(data, bytesPerSecond),
    whenSent: then => this.#outbox.whenSent(then),
    acted: ({taken, request, number}, action, bodyBytes) => {
      if (taken === null) return;
      const {connection, rules, acted} = this.#host;
      const {toxic} = taken;
      acted(toxic);
      const facts = factsOf(request);
      rules.record({
        toxic: toxic.name,
        connection,
        request: number,
        ...facts,
        atMs: wholeEpochMs(),
        action,
        bodyBytes,
      });
    },
    leave: (_exchange, ending) => this.#leave(ending),
    settled: () => {
      this.#exchange = null;
      this.#readRequests();
      if (this.#hasClientEnded && this.#mode === 'following') this.#endRequests();
      this.#host.up.wake();
    },
  };

  #leave(ending: Ending): void {
    if (this.#mode === 'leaving' || this.#mode === 'off') return;
    if (this.#mode === 'following') cutWhenClientCloses(this.#host);
    this.#mode = ending === 'hang' ? 'hanging' : 'leaving';
    if (ending === 'hang') {
      // The client waits for no answer on this connection any more.
      if (this.#hasClientEnded) this.#host.cut();
      return;
    }
    this.#requests.drop();
    this.#ignored.kill();
    // A close waits for the client to close, too: closing a socket with unread bytes resets it.
    this.#outbox.end(ending === 'abort' ? 'reset' : 'half-close');
    if (ending === 'close') {
      this.#host.closedEarly();
      this.#lingering = setTimeout(this.#host.cut, longestLingerMs);
    }
    // From here on both sides are read only to be dropped.
    this.#host.up.wake();
    this.#host.down.wake();
  }

  /** Lets everything pass from here on, beginning with what was held back and `response`. */
  #turnOff(response?: Buffer): void {
    const {up, down, done} = this.#host;
    // The end of the response before it may have turned it off.
    if (this.#mode === 'off' && response !== undefined) down.accept(response);
    if (this.#mode === 'off') return;
    this.#mode = 'off';
    up.exit = null;
    this.#requests.send();
    this.#outbox.flushNow();
    down.entry = null;
    if (response !== undefined) down.accept(response);
    if (this.#hasClientEnded) up.finish();
    up.wake();
    down.wake();
    this.#host.client.removeListener('close', this.#kill);
    done();
  }

  readonly #kill = (): void => {
    this.#mode = 'off';
    this.#requests.drop();
    this.#outbox.kill();
    this.#ignored.kill();
    clearTimeout(this.#lingering);
  };
}

const applicationDataRecord = 23;

/** What does not go on with a request. */
const begunBefore = (data: Buffer): string =>
  data[0] === applicationDataRecord && data[1] === 3
    ? 'TLS that began before the fault'
    : 'something that began before the fault and is not HTTP/1';
