// A thread that listens and sleeps: it never accepts, so that connects hang once the queue is full. See
// silent-listener.ts.
import {createServer} from 'node:net';
import {parentPort, workerData} from 'node:worker_threads';

/** The messages of this thread: that it is ready to listen, that it does, or why it cannot. */
export type SilentListenerMessage = {readonly kind: 'ready' | 'listening'} | {readonly kind: 'failed'};

const gate = new Int32Array(workerData as SharedArrayBuffer);
const post = (message: SilentListenerMessage): void => parentPort?.postMessage(message);

parentPort?.once('message', (address: {readonly host: string; readonly port: number}) => {
  const server = createServer();
  server.once('error', () => post({kind: 'failed'}));
  server.listen({...address, backlog: 1}, () => {
    post({kind: 'listening'});
    Atomics.wait(gate, 0, 0);
    server.close();
  });
});
post({kind: 'ready'});
