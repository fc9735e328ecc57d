// What an HTTP interceptor needs of the connection around it.

import type {Socket} from 'node:net';
import type {Link} from '../link.ts';
import type {Chunk, Receiver} from '../stage.ts';
import type {Toxic} from '../toxic.ts';
import type {HttpRules, Missed} from './rules.ts';

/** What the client says, on its way to the upstream; and what the upstream says. Inside TLS they are not the links themselves. */
export type UpPipe = Pick<Link, 'exit' | 'send' | 'finish' | 'wake' | 'receivedBytes'>;
export type DownPipe = Pick<Link, 'entry' | 'accept' | 'acceptEnd' | 'wake' | 'receivedBytes'>;
export type Pipes = {readonly up: UpPipe; readonly down: DownPipe};

export type InterceptorHost = {
  /** The connection's number. */
  readonly connection: number;
  readonly client: Socket;
  readonly upstream: Socket;
  readonly up: UpPipe;
  readonly down: DownPipe;
  readonly rules: HttpRules;
  /** What requests to the proxy's own address name as their host; null: what they say. */
  readonly targetHost: string | null;
  readonly acted: (toxic: Toxic) => void;
  readonly closedEarly: () => void;
  /** Closes both sockets at once. */
  readonly cut: () => void;
  /** This toxic threw that; null where it is not known which. The connection cannot go on. */
  readonly failed: (error: unknown, toxic: Toxic | null) => void;
  /** The connection carries that, on which HTTP toxics cannot act. */
  readonly missed: (spoken: string, which?: Missed) => void;
  /** The interceptor is done; the connection goes on. */
  readonly done: () => void;
};

/** What may be the beginning of something is held for so long after its last byte, and then passes. */
export const longestPauseMs = 1000;

/** The address at which a client reached us; one of IPv4 as such also where the proxy listens on both families. */
export const ownAddress = ({localAddress}: Socket): string =>
  localAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? '127.0.0.1';

/** The host of requests that are for the proxy's own address, which only those are that do not know of it. */
export const isOwnAddress = (client: Socket, host: string): boolean =>
  host === `${ownAddress(client)}:${client.localPort}` || host === `localhost:${client.localPort}`;

/** A receiver that needs nothing of a chunk but its bytes. `contain` runs what may throw. */
export const receiver = (
  contain: (act: () => void) => void,
  on: {
    isFull: () => boolean;
    push: (data: Buffer) => void;
    end: () => void;
  },
): Receiver => ({
  get isFull() {
    return on.isFull();
  },
  push: ({data}: Chunk) => contain(() => on.push(data)),
  end: () => contain(on.end),
});

/** To what now is in the way of a pipe; where nothing is, it passes. */
export const deliver = (receiver: Receiver | null, pass: (data: Buffer) => void, data: Buffer): void => {
  if (receiver === null) pass(data);
  else receiver.push({data, timestampMs: performance.now()});
};
