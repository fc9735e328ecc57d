// One accepted connection: the client's socket, the upstream's socket, and a link for each direction.

import {connect, type Socket} from 'node:net';
import type {ConnectionEnd, StreamDirection} from '../../model/proxy-witness.ts';
import {decideAccept, type RejectedConnection} from './accept-decision.ts';
import {parseAddress} from './address.ts';
import {Exchanges} from './exchanges.ts';
import {type Intercepted, type InterceptorRules, Interceptors} from './interceptors.ts';
import {Link} from './link.ts';
import type {LinkHost} from './link-host.ts';
import type {Recording} from './recording.ts';
import {SocketReader} from './socket-reader.ts';
import type {Ending} from './stage.ts';
import type {Toxic} from './toxic.ts';
import type {OpenRecord, Witness} from './witness.ts';

export type ConnectionHost = InterceptorRules & {
  /** What random decisions depend on besides the connection's number: the seed and the proxy. */
  readonly seedParts: readonly (string | number)[];
  readonly upstream: string;
  readonly witness: Witness;
  /** The toxics of a direction in the order in which they were added. */
  readonly toxics: (direction: StreamDirection) => readonly Toxic[];
  /** Open connections of the proxy that were not turned away. */
  readonly servedConnections: () => number;
  /** What notes the shape of conversations; null: nothing does. */
  readonly recording: () => Recording | null;
  /** Whether a FIN and a RST pass as they are, on connections that begin from here on. */
  readonly passEnds: () => boolean;
  /** Called with each finished link's byte counts. */
  readonly transferred: (direction: StreamDirection, receivedBytes: number, sentBytes: number) => void;
  readonly closed: (connection: Connection) => void;
};

export class Connection {
  readonly #host: ConnectionHost;
  readonly #client: Socket;
  readonly #record: OpenRecord;
  readonly #seedParts: readonly (string | number)[];
  readonly #rejected: RejectedConnection | null;
  readonly #intake = new SocketReader();
  readonly #exchanges = new Exchanges();
  #upstream: Socket | null = null;
  #links: readonly Link[] = [];
  #openSockets = 1;
  readonly #interceptors: Interceptors;

  /** Takes over an accepted socket that is not being read yet, and dials the upstream unless a toxic turns it away. */
  constructor(host: ConnectionHost, client: Socket) {
    this.#host = host;
    this.#client = client;
    this.#interceptors = new Interceptors(host, this.#intercepted);
    this.#record = host.witness.opened(client.remotePort);
    this.#seedParts = [...host.seedParts, this.#record.id];
    client.on('end', () => this.#ended('client-closed'));
    client.on('error', () => this.#ended('client-reset'));
    client.on('close', this.#onClose);
    this.#rejected = decideAccept([...host.toxics('upstream'), ...host.toxics('downstream')], host, {
      seedParts: this.#seedParts,
      decided: this.#decided,
    });
    if (this.#rejected === null) this.#dial();
    else this.#reject(this.#rejected);
  }

  get isServed(): boolean {
    return this.#rejected === null;
  }

  add(toxic: Toxic): void {
    for (const link of this.#links) if (link.direction === toxic.direction) link.add(toxic);
    this.#interceptors.add(toxic);
  }

  update(toxic: Toxic): void {
    for (const link of this.#links) if (link.direction === toxic.direction) link.update(toxic);
    if (toxic.isInForce) this.#interceptors.begin(toxic);
  }

  remove(toxic: Toxic): void {
    for (const link of this.#links) if (link.direction === toxic.direction) link.remove(toxic);
    this.#interceptors.removed();
  }

  /** The toxic is no longer in force. */
  suspend(toxic: Toxic): void {
    for (const link of this.#links) if (link.direction === toxic.direction) link.suspend(toxic);
    this.#interceptors.release(toxic);
    if (this.#rejected?.toxic === toxic && toxic.attributes['outlives'] !== true) this.#client.destroy();
  }

  /** Notes the shape of what is said from here on; null: no longer. */
  record(recording: Recording | null): void {
    if (this.#links.length > 0)
      this.#exchanges.record(recording?.open(this.#record, this.#exchanges) ?? null);
  }

  /** Closes both sides at once: because the proxy stops, or because a toxic lets it be down. */
  cut(by?: Toxic): void {
    if (by !== undefined) this.#acted(by);
    this.#ended(by === undefined ? 'cut' : 'closed-by-fault');
    this.#cut();
  }

  #cut(): void {
    for (const link of this.#links) link.kill();
    this.#client.destroy();
    this.#upstream?.destroy();
  }

  #reject({toxic, decision, error}: RejectedConnection): void {
    if (decision === 'fail') {
      this.#failed(error, toxic);
      return;
    }
    this.#acted(toxic);
    this.#ended('closed-by-fault');
    if (decision === 'close') {
      this.#client.destroy();
      return;
    }
    // Data of a rejected client is read and dropped, only to notice when it closes.
    this.#client.on('end', () => this.#client.destroy());
    this.#client.resume();
  }

  #dial(): void {
    const upstream = dial(this.#host.upstream, this.#intake);
    if (upstream === null) {
      this.#dialFailed();
      return;
    }
    this.#upstream = upstream;
    this.#openSockets++;
    let isConnected = false;
    upstream.on('connect', () => {
      isConnected = true;
      this.#start(upstream);
    });
    upstream.on('end', () => this.#ended('upstream-closed'));
    upstream.on('error', () => (isConnected ? this.#ended('upstream-reset') : this.#dialFailed()));
    upstream.on('close', this.#onClose);
  }

  #dialFailed(): void {
    this.#ended('dial-failed');
    // Nothing was read, so the client sees a close, or a reset if it wrote.
    this.#client.destroy();
  }

  #start(upstream: Socket): void {
    const host: LinkHost = {
      seedParts: this.#seedParts,
      exchanges: this.#exchanges,
      passesEnds: this.#host.passEnds(),
      forwarded: (direction, bytes) => this.#host.witness.forwarded(this.#record, direction, bytes),
      decided: this.#decided,
      acted: toxic => this.#acted(toxic),
      closedEarly: () => this.#ended('closed-by-fault'),
      endedAtMoment: (direction, ending) => this.#stopOther(direction, ending),
      silenceOther: (direction, dropped) => this.#silenceOther(direction, dropped),
      reset: () => this.#reset(),
      sever: direction => this.#sever(direction, upstream),
      failed: (toxic, error) => this.#failed(error, toxic),
    };
    this.#links = [
      new Link(host, 'upstream', {source: this.#client, destination: upstream}),
      new Link(host, 'downstream', {source: upstream, destination: this.#client, reader: this.#intake}),
    ];
    for (const link of this.#links) for (const toxic of this.#host.toxics(link.direction)) link.add(toxic);
    this.record(this.#host.recording());
    this.#interceptors.start();
    this.#client.resume();
  }

  /** Null while there is nothing to follow. */
  readonly #intercepted = (): Intercepted | null => {
    const [up, down] = this.#links;
    if (up === undefined || down === undefined || this.#upstream === null) return null;
    // The client has gone: there is no one to answer, and what it sent passes.
    if (this.#client.closed) return null;
    return {
      connection: this.#record.id,
      client: this.#client,
      upstream: this.#upstream,
      up,
      down,
      acted: toxic => this.#acted(toxic),
      closedEarly: () => this.#ended('closed-by-fault'),
      closed: by => this.#ended(`${by}-closed`),
      cut: () => this.#cut(),
      failed: (error, toxic) => this.#failed(error, toxic),
    };
  };

  /** A toxic that throws is a defect of the injector: it is recorded, and ends no more than this connection. */
  #failed(error: unknown, toxic: Toxic | null): void {
    this.#host.witness.failed(toxic?.name ?? null, error);
    this.#reset('fault-failed');
  }

  #reset(end: 'reset-by-fault' | 'fault-failed' = 'reset-by-fault'): void {
    this.#ended(end);
    for (const link of this.#links) link.kill();
    this.#client.resetAndDestroy();
    this.#upstream?.resetAndDestroy();
  }

  /** What has not passed in the other direction when a toxic ends the connection never does. */
  #stopOther(direction: StreamDirection, ending: Ending): void {
    if (ending === 'half-close') return;
    this.#exchanges.end();
    for (const link of this.#links) {
      if (link.direction === direction) continue;
      if (ending === 'reset') link.kill();
      else link.acceptEnd();
    }
  }

  #silenceOther(direction: StreamDirection, dropped: () => void): void {
    this.#exchanges.end();
    for (const link of this.#links) {
      if (link.direction !== direction)
        link.entry = {isFull: false, push: dropped, end: () => link.acceptEnd()};
    }
  }

  /** Closes the side from which a direction comes. The other side is not told, and even its FIN goes unanswered. */
  #sever(direction: StreamDirection, upstream: Socket): void {
    const [gone, left] = direction === 'downstream' ? [upstream, this.#client] : [this.#client, upstream];
    if (gone.destroyed) return;
    this.#ended('closed-by-fault');
    this.#exchanges.end();
    // A side that sent its FIN is done with the connection: it counts as closed, although the socket is kept.
    left.on('end', () => this.#host.witness.closed(this.#record));
    for (const link of this.#links) if (link.direction !== direction) link.drain();
    gone.destroy();
  }

  readonly #decided = (toxic: Toxic, isActive: boolean): void =>
    this.#host.witness.decided(toxic.name, isActive);

  #acted(toxic: Toxic): void {
    this.#host.witness.acted(toxic.name, this.#record, this.#exchanges);
  }

  #ended(end: Exclude<ConnectionEnd, 'open'>): void {
    this.#host.witness.ended(this.#record, end);
  }

  readonly #onClose = (): void => {
    if (--this.#openSockets > 0) return;
    this.#exchanges.end();
    this.#host.witness.closed(this.#record);
    for (const link of this.#links) {
      this.#host.transferred(link.direction, link.receivedBytes, link.sentBytes);
    }
    this.#host.closed(this);
  };
}

/** Begins to connect to "host:port". Null for a malformed address, which cannot be dialled either. */
export const dial = (address: string, {onread}: SocketReader): Socket | null => {
  try {
    const {host, port} = parseAddress(address);
    return connect({host: host || 'localhost', port, noDelay: true, allowHalfOpen: true, onread});
  } catch {
    return null;
  }
};
