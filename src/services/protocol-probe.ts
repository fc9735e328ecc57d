// A short conversation over a bare socket: reads what a server sends until it has said what was asked for.
import {connect} from 'node:net';
import type {Address} from './service.ts';

const limitMs = 5000;

export type Probe<T> = {
  /** Sent at once; nothing where the server speaks first. */
  readonly send?: string | Buffer;
  /**
   * Gets all that has come so far, each time that more comes; null means "not yet". It may send more, and an error
   * that it throws ends the conversation.
   */
  readonly receive: (received: Buffer, send: (more: string | Buffer) => void) => T | null;
};

/** @throws Error where there is no answer within 5 s, the server hangs up, or `receive` throws */
export const probe = <T>({host, port}: Address, {send, receive}: Probe<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const socket = connect(port, host, () => {
      if (send !== undefined) socket.write(send);
    });
    socket.setTimeout(limitMs, () => socket.destroy(new Error(`no answer within ${limitMs} ms`)));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      try {
        const answer = receive(received, more => socket.write(more));
        if (answer === null) return;
        resolve(answer);
        socket.destroy();
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', reject);
    // After an answer or an error nothing more is sent.
    socket.on('close', () => reject(new Error('the connection was closed')));
  });

/** The first group of `pattern` in what was received, or null. */
export const found = (received: Buffer, pattern: RegExp): string | null =>
  pattern.exec(received.toString('latin1'))?.[1] ?? null;
