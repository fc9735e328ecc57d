// Chooses what follows a connection: by its first bytes a TLS toxic, what follows HTTP/2 or HTTP/1, or what follows the protocol
// that the proxy is told to carry; also inside of TLS, which then ends here, whether the connection begins with it or turns to it.

import {isIP} from 'node:net';
import {createSecureContext, getCACertificates, type SecureContext} from 'node:tls';
import {protocols} from '../../model/server-errors.ts';
import {Beginning} from './beginning.ts';
import {HttpInterceptor} from './http/interceptor.ts';
import type {InterceptorHost, Pipes} from './http/interceptor-host.ts';
import {actsOnHttp, type HttpRules, type Missed} from './http/rules.ts';
import {Http2Interceptor} from './http2/interceptor.ts';
import type {Link} from './link.ts';
import {amqp} from './protocols/amqp.ts';
import type {Following, Protocol, Upgraded} from './protocols/follower.ts';
import {memcached} from './protocols/memcached.ts';
import {mqtt} from './protocols/mqtt.ts';
import {mysql} from './protocols/mysql.ts';
import {nats} from './protocols/nats.ts';
import {postgres} from './protocols/postgres.ts';
import {redis} from './protocols/redis.ts';
import type {ReplyRules} from './protocols/rules.ts';
import {smtp} from './protocols/smtp.ts';
import type {ClientHello} from './tls/client-hello.ts';
import {actOnHandshake, answerWithAlert} from './tls/interceptor.ts';
import type {TlsRules} from './tls/rules.ts';
import {type InsideTls, terminate} from './tls/termination.ts';
import type {Toxic} from './toxic.ts';

/**
 * That HTTP, or the protocol that the proxy is told to carry, is followed inside of TLS; HTTP also while there is no HTTP toxic, so
 * that one that comes later finds live connections open to it.
 */
export type Interception = {
  /** What is trusted of upstreams besides Node's own authorities, PEM. */
  readonly authorities: string;
  /**
   * The target's name, and its port where that is not the scheme's own: the target is asked for it by clients that only know the
   * proxy's address. Null: it is asked for what they say.
   */
  readonly host: string | null;
};

/** All protocols in which a server has errors of its own. */
export const followed: readonly Protocol[] = [amqp, memcached, mqtt, mysql, nats, postgres, redis, smtp];

export type InterceptorRules = {
  readonly http: HttpRules;
  readonly tls: TlsRules;
  readonly replies: ReplyRules;
  /** Null: HTTP is followed while there is an HTTP toxic. */
  readonly interception: () => Interception | null;
};

/** What all kinds of interceptors need of a connection. */
export type Intercepted = Omit<
  InterceptorHost,
  'rules' | 'targetHost' | 'missed' | 'done' | 'up' | 'down'
> & {
  readonly up: Link;
  readonly down: Link;
  /** That side said inside of TLS that it closes. */
  readonly closed: (by: 'client' | 'upstream') => void;
};

const handshakeFailure = 40;

const encrypted = 'the connection is encrypted (TLS)';

/** As clients do that check a certificate only after the handshake. */
const closedSilently = 'TLS that the client closed before it said anything';
const endedSilently = 'TLS that ended before anything was said';
const notTls = 'something that does not begin with TLS';

export class Interceptors {
  readonly #rules: InterceptorRules;
  readonly #intercepted: () => Intercepted | null;
  /** Waits for the first bytes. */
  #isBeginning = false;
  /** A TLS toxic has the connection, or its handshake is under way. */
  #isTaken = false;
  /** What is said inside of TLS; null: it does not end here. */
  #inside: InsideTls | null = null;
  /** Nothing could be followed inside of it. */
  #isSealed = false;
  /** Follows its requests, while there are HTTP toxics. */
  #http1: HttpInterceptor | null = null;
  /** Follows its streams, from its beginning to its end. */
  #http2: Http2Interceptor | null = null;
  /** Follows its conversation, where the proxy is told to carry a protocol. */
  #following: Following | null = null;
  /** What HTTP toxics met instead of what they act on, and those that did; null: nothing so far. */
  #spoken: string | null = null;
  readonly #missedBy = new Set<Toxic>();

  /** @param intercepted the connection; null while there is nothing to follow */
  constructor(rules: InterceptorRules, intercepted: () => Intercepted | null) {
    this.#rules = rules;
    this.#intercepted = intercepted;
  }

  /** Both sides are connected, and nothing has been read. */
  start(): void {
    const intercepted = this.#intercepted();
    if (this.#rules.tls.isActive || this.#isHttpFollowed) this.#begin();
    else if (intercepted !== null) this.#converse(intercepted, intercepted);
  }

  add(toxic: Toxic): void {
    const {type} = toxic;
    if (type.tls !== null || actsOnHttp(toxic)) this.#begin();
    if (this.#isBeginning || this.#isTaken) return;
    if (actsOnHttp(toxic)) this.#followRequests('live');
    const intercepted = this.#intercepted();
    if (type.reply === null || intercepted === null || this.#isOccupied) return;
    if (intercepted.up.sentBytes === 0) this.#converse(intercepted, intercepted);
  }

  /** A toxic has been removed. */
  removed(): void {
    this.#http1?.toxicRemoved();
  }

  /** The toxic has come into force, or has other attributes. */
  begin(toxic: Toxic): void {
    this.#http2?.begin(toxic);
    if (toxic.type.reply !== null) this.#following?.changed(toxic);
    if (this.#spoken !== null && actsOnHttp(toxic)) this.#miss(toxic, this.#spoken);
  }

  /** The toxic is no longer in force. */
  release(toxic: Toxic): void {
    this.#http1?.release(toxic);
    this.#http2?.release(toxic);
    if (toxic.type.reply !== null) this.#following?.changed(toxic);
  }

  get #isHttpFollowed(): boolean {
    return this.#rules.http.isActive || this.#rules.interception() !== null;
  }

  get #targetHost(): string | null {
    return this.#rules.interception()?.host ?? null;
  }

  /** Whether something has the connection from here on. */
  get #isOccupied(): boolean {
    return this.#http1 !== null || this.#http2 !== null || this.#following !== null;
  }

  /** On a connection on which the client has sent data already its beginning is over. */
  #begin(): void {
    const intercepted = this.#intercepted();
    if (intercepted === null || this.#isBeginning || this.#isTaken) return;
    if (this.#isOccupied || intercepted.up.receivedBytes > 0) return;
    this.#await(intercepted, intercepted, true);
  }

  #await(intercepted: Intercepted, {up, down}: Pipes, mayBeTls: boolean): void {
    this.#isBeginning = true;
    const decided = (then: () => void) => () => {
      this.#isBeginning = false;
      then();
    };
    const {client} = intercepted;
    let isTls = !mayBeTls;
    const inside = (found: InsideTls) => {
      const {replies} = this.#rules;
      if (replies.kind !== null) {
        replies.begunTls();
        this.#converse(intercepted, found);
      } else if (this.#isHttpFollowed) {
        this.#await(intercepted, found, false);
      }
    };
    if (!mayBeTls) client.once('close', () => (this.#isBeginning ? this.#missed(closedSilently) : undefined));
    const beginning = new Beginning({
      client: intercepted.client,
      up,
      down,
      mayBeTls,
      mayBeHttp2: () => this.#rules.replies.kind === null,
      hello: (hello, received) => {
        this.#isBeginning = false;
        isTls = true;
        return this.#takeHandshake(intercepted, {hello, received, inside});
      },
      http2: said =>
        decided(() => {
          if (this.#isHttpFollowed) this.#followStreams(intercepted, {up, down}, said);
        })(),
      other: decided(() => {
        const {http, tls, replies} = this.#rules;
        if (!isTls && replies.kind === null) tls.missed(notTls);
        if (replies.kind !== null) this.#converse(intercepted, {up, down});
        else if (down.receivedBytes > 0) this.#missed('a protocol in which the server speaks first');
        else if (http.isActive || this.#targetHost !== null) this.#followRequests('new');
      }),
      unfinished: what => decided(() => this.#missed(`${what} that began but did not continue`))(),
      contain: containedBy(intercepted),
    });
    beginning.start();
  }

  /** Both sides of a conversation in plain text begin TLS. What then comes is treated like a connection that begins with it. */
  #upgrade(intercepted: Intercepted, {up, down}: Pipes, {inside, unread}: Upgraded): void {
    const {tls, interception} = this.#rules;
    const isWanted = tls.isActive || interception() !== null;
    if (!isWanted || this.#inside !== null) {
      unread(encrypted);
      return;
    }
    this.#isBeginning = true;
    let reason = 'TLS was agreed on, but did not begin';
    const other = () => {
      this.#isBeginning = false;
      unread(reason);
    };
    const beginning = new Beginning({
      client: intercepted.client,
      up,
      down,
      mayBeTls: true,
      mayBeHttp2: () => false,
      hello: (hello, received) => {
        this.#isBeginning = false;
        reason = encrypted;
        return this.#takeHandshake(intercepted, {hello, received, inside});
      },
      http2: other,
      other,
      unfinished: other,
      contain: containedBy(intercepted),
    });
    beginning.start();
  }

  /** Returns whether the handshake is taken: by a toxic, or to follow what is inside. */
  #takeHandshake(intercepted: Intercepted, {hello, received, inside: goOn}: BegunHandshake): boolean {
    const {tls, interception} = this.#rules;
    const inside = (found: InsideTls) => {
      this.#inside = found;
      this.#isTaken = false;
      goOn(found);
    };
    const taken = tls.take(intercepted.connection, hello);
    if (taken !== null) {
      this.#isTaken = true;
      try {
        actOnHandshake({...intercepted, rules: tls, inside}, taken, hello, received);
      } catch (error) {
        intercepted.failed(error, taken.toxic);
      }
      return true;
    }
    if (!this.#isHttpFollowed) {
      this.#spoken = 'TLS that began before the fault';
      return false;
    }
    this.#isTaken = true;
    const name = nameOf(this.#targetHost);
    terminate(intercepted, {
      hello: {...hello, serverName: hello.serverName ?? name},
      clientHost: hello.serverName,
      received,
      trust: trustIn(interception()?.authorities ?? ''),
      certificateFor: async (host, connected) => {
        const upstream = await connected;
        const certificate = upstream.destroyed ? undefined : upstream.getPeerX509Certificate();
        if (certificate === undefined) return tls.certificates.for('untrusted', host);
        // A client that only knows the proxy's address is shown the target's name as if it were that.
        const isNamed = name !== null && certificate.checkHost(name) !== undefined;
        return tls.certificates.like(certificate, upstream.authorized, isNamed ? host : null);
      },
      inside: found => {
        inside(found);
        intercepted.client.once('close', () => {
          if (found.up.receivedBytes === 0 && found.down.receivedBytes === 0) this.#sealed(endedSilently);
        });
      },
      closed: intercepted.closed,
      refused: (by, error) => {
        const refusal = refusalOf(by, error);
        this.#missed(refusal);
        // A target that ends it later may do so because of what the client was told in its place.
        if (by === 'client' || this.#inside === null) this.#sealed(refusal);
        // Once the client's own handshake is done, an alert in plain text would be none.
        if (by === 'upstream' && this.#inside === null) answerWithAlert(intercepted, handshakeFailure);
      },
    });
    return true;
  }

  #followRequests(state: 'new' | 'live'): void {
    const intercepted = this.#intercepted();
    if (intercepted === null || this.#isOccupied) return;
    this.#http1 = new HttpInterceptor(
      this.#hostOf(intercepted, this.#inside ?? intercepted, () => {
        this.#http1 = null;
      }),
      state,
    );
  }

  #followStreams(intercepted: Intercepted, pipes: Pipes, said: Buffer): void {
    let isDone = false;
    const followed = new Http2Interceptor(
      this.#hostOf(intercepted, pipes, () => {
        isDone = true;
        this.#http2 = null;
      }),
      said,
    );
    if (!isDone) this.#http2 = followed;
  }

  /** Where the server has spoken already, it may be anywhere in its conversation: it is not followed. */
  #converse(intercepted: Intercepted, {up, down}: Pipes): void {
    const {replies} = this.#rules;
    const protocol = followed.find(({kind}) => kind === replies.kind);
    if (protocol === undefined || down.receivedBytes > 0) return;
    this.#spoken = protocols[protocol.kind].title;
    this.#following = protocol.follow({
      ...intercepted,
      up,
      down,
      rules: replies,
      upgrade: upgraded => this.#upgrade(intercepted, {up, down}, upgraded),
      done: () => {
        this.#following = null;
        this.#spoken = null;
      },
    });
  }

  /** For this reason nothing of a protocol could be followed inside of TLS. */
  #sealed(reason: string): void {
    const {replies} = this.#rules;
    if (replies.kind === null || this.#isSealed) return;
    this.#isSealed = true;
    if (this.#following === null) replies.followed();
    replies.lost(reason);
  }

  #hostOf(intercepted: Intercepted, {up, down}: Pipes, done: () => void): InterceptorHost {
    return {
      ...intercepted,
      up,
      down,
      rules: this.#rules.http,
      targetHost: this.#targetHost,
      missed: (spoken, which) => this.#missed(spoken, which),
      done,
    };
  }

  #missed(spoken: string, which: Missed = 'all'): void {
    if (which === 'all') this.#spoken = spoken;
    for (const toxic of this.#rules.http.inForce(which)) this.#miss(toxic, spoken);
  }

  #miss(toxic: Toxic, spoken: string): void {
    if (this.#missedBy.has(toxic)) return;
    this.#missedBy.add(toxic);
    this.#rules.http.missed(toxic, spoken);
  }
}

/** `inside`: what becomes of what is said inside, if TLS ends here. */
type BegunHandshake = {
  readonly hello: ClientHello;
  /** All that the client has sent of it. */
  readonly received: Buffer;
  readonly inside: (found: InsideTls) => void;
};

const containedBy =
  ({failed}: Intercepted) =>
  (act: () => void): void => {
    try {
      act();
    } catch (error) {
      failed(error, null);
    }
  };

const refusalOf = (by: 'client' | 'upstream', error: Error | null): string => {
  if (by === 'client') return "TLS that the client broke off because of the injector's certificate";
  const {code = ''} = (error ?? {}) as NodeJS.ErrnoException;
  return code.includes('CERTIFICATE_REQUIRED')
    ? 'TLS with client certificates, which the injector cannot present'
    : 'TLS that the target broke off before it said anything';
};

/** Without the port. An address is no name that could be asked for. */
const nameOf = (host: string | null): string | null => {
  const name = host?.replace(/:\d+$/, '') ?? '';
  return name === '' || isIP(name) !== 0 || name.startsWith('[') ? null : name;
};

/** By what is trusted besides Node's own authorities. Making one takes milliseconds. */
const contexts = new Map<string, SecureContext>();

const trustIn = (authorities: string): SecureContext | null => {
  if (authorities === '') return null;
  const known = contexts.get(authorities);
  if (known !== undefined) return known;
  const context = createSecureContext({ca: [...getCACertificates('default'), authorities]});
  contexts.clear();
  contexts.set(authorities, context);
  return context;
};
