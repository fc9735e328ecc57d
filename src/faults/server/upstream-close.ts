// Ends a connection in the upstream's place, so that its client notices it as it should.

import type {Socket} from 'node:net';
import type {DownPipe, UpPipe} from './http/interceptor-host.ts';

/** A client that does not close after our FIN is cut after this time. */
export const longestLingerMs = 5000;

export type ClosingConnection = {
  readonly client: Socket;
  readonly upstream: Socket;
  readonly up: UpPipe;
  readonly down: DownPipe;
  /** Closes both sockets at once. */
  readonly cut: () => void;
};

/** Sends the client a FIN and waits until it closes, too, or resets both sides. What the client still sends is dropped. */
export const closeAsUpstream = (closing: ClosingConnection, ending: 'half-close' | 'reset'): void => {
  const {up, down, cut} = closing;
  up.exit = {isFull: false, push: () => undefined, end: cut};
  // A close waits for the client to close, too: closing a socket with unread bytes resets it.
  if (ending === 'half-close') lingerUntilClientCloses(closing);
  down.acceptEnd(ending);
};

/** Waits until the client goes, for a limited time. */
export const lingerUntilClientCloses = (closing: Omit<ClosingConnection, 'up' | 'down'>): void => {
  const {client, cut} = closing;
  // It may have gone while what it sent was still on its way through toxics.
  if (client.closed) {
    cut();
    return;
  }
  cutWhenClientCloses(closing);
  const lingering = setTimeout(cut, longestLingerMs);
  client.once('close', () => {
    clearTimeout(lingering);
    // One that resets the connection sends no FIN.
    cut();
  });
};

/** The client's going must be noticed also when the upstream has gone before, which stops the link between them. */
export const cutWhenClientCloses = ({
  client,
  upstream,
  cut,
}: Omit<ClosingConnection, 'up' | 'down'>): void => {
  client.once('end', cut);
  if (upstream.destroyed) client.resume();
  else upstream.once('close', () => client.resume());
};
