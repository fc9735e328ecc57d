// A small protocol of lines over TCP, and a sound client for it: every wait has a limit, and ends with the connection. The
// scenarios beside this file build on it and plant one defect each.
//
// The server greets with READY. A connection is ready for use after three steps, HELLO, AUTH and SELECT, each answered by OK.
// From then on a request begins with a number, and so does its reply; a line with a star is sent unasked.
import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ScenarioInput, StartContext, StartedTarget} from 'foulweather';

type Shared = Omit<ScenarioInput<unknown, unknown>, 'target' | 'variants' | 'subject' | 'goals'>;

/** Calm throughout: the fault that shows the defect is for others to find. Times are those of a short trial. */
export const planted = (name: string, observation: string, ratePerSecond = 20): Shared => ({
  name,
  observation,
  load: {model: 'open', ratePerSecond, maxInFlight: 500},
  operation: {deadlineMs: 500, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 300},
    {name: 'baseline', role: 'baseline', durationMs: 800},
  ],
  drainLimitMs: 1200,
  thresholds: {
    'hung-operation': {graceMs: 300},
    'orphaned-operation': {watchMs: 1000, deadlineCount: 2},
    'wedged-client': {wedgedMs: 3000},
    'silent-consumer': {silentMs: 3000},
    'connection-leak': {connectionCount: 0, idleMs: 500},
  },
});

const eachLine = (socket: Socket, onLine: (line: string) => void): void => {
  let rest = '';
  socket.on('data', chunk => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
  });
};

/** `ECHO text` is answered with the text; `PUBLISH text` sends it to all connections that said `SUBSCRIBE`. */
export const startLineServer = async ({ledger}: StartContext): Promise<StartedTarget> => {
  const sockets = new Set<Socket>();
  const subscribers = new Set<Socket>();
  const answer = (socket: Socket, line: string): string => {
    const [number, command, text = ''] = line.split(' ');
    switch (command) {
      case 'ECHO':
        ledger.attempt(text);
        return `${number} ${text}\n`;
      case 'SUBSCRIBE':
        subscribers.add(socket);
        return `${number} OK\n`;
      case 'PUBLISH':
        ledger.attempt(text);
        for (const subscriber of subscribers) subscriber.write(`* ${text}\n`);
        return `${number} OK\n`;
      default:
        return 'OK\n';
    }
  };
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      subscribers.delete(socket);
    });
    socket.write('READY\n');
    eachLine(socket, line => socket.write(answer(socket, line)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

/** Of a connect with its handshake, and of a request: whichever is silent, two attempts stay within the deadline. */
const replyLimitMs = 180;

export const lost = (): Error => Object.assign(new Error('the connection was lost'), {code: 'ELOST'});

/** Fails when it takes longer; what it waits for goes on. */
export const limited = <T>(limitMs: number, wait: Promise<T>): Promise<T> =>
  Promise.race([wait, sleep(limitMs, null, {ref: false}).then(() => Promise.reject(lost()))]);

/** A second attempt, after a pause with jitter. */
export const tryTwice = async <T>(once: () => Promise<T>): Promise<T> => {
  try {
    return await once();
  } catch {
    await sleep(40 + 40 * Math.random());
    return once();
  }
};

export type ConnectionOptions = {
  /** Gets what the server sends unasked. */
  readonly onPush?: (text: string) => void;
  /** Called once, however the connection ended. */
  readonly onEnd?: () => void;
  /** In this step of the handshake, from 1 on, nobody listens for the end of the connection. 0: in none. */
  readonly deafStep?: number;
};

type Waiting = {readonly resolve: (text: string) => void; readonly reject: (error: Error) => void};

const handshake = ['HELLO 1', 'AUTH user secret', 'SELECT 0'];

export class Connection {
  readonly socket: Socket;
  /** By the first word of the line that they wait for. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #limits = new Set<NodeJS.Timeout>();
  #requestCount = 0;

  private constructor(url: string, {onPush, onEnd}: ConnectionOptions) {
    const {hostname, port} = new URL(url);
    this.socket = connect(Number(port), hostname);
    // Its close follows, and is what counts.
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      // A limit ends with the connection: whoever waits hears of that instead.
      for (const limit of this.#limits) clearTimeout(limit);
      for (const {reject} of this.#waiting.values()) reject(lost());
      onEnd?.();
    });
    eachLine(this.socket, line => {
      const [word = '', text = ''] = line.split(' ');
      if (word === '*') onPush?.(text);
      else this.#waiting.get(word)?.resolve(text);
      this.#waiting.delete(word);
    });
  }

  /** Ready for use. */
  static async open(url: string, options: ConnectionOptions = {}): Promise<Connection> {
    const connection = new Connection(url, options);
    await connection.#within(connection.#shakeHands(options.deafStep ?? 0));
    return connection;
  }

  /** The reply's text. A connection that does not reply in time is closed. */
  request(command: string): Promise<string> {
    const number = `${++this.#requestCount}`;
    const reply = this.#reply(number);
    this.socket.write(`${number} ${command}\n`);
    return this.#within(reply);
  }

  close(): void {
    this.socket.destroy();
  }

  async #shakeHands(deafStep: number): Promise<void> {
    await this.#reply('READY');
    for (const [index, step] of handshake.entries()) {
      const reply = this.#reply('OK', index + 1 === deafStep);
      this.socket.write(`${step}\n`);
      await reply;
    }
  }

  #reply(word: string, isDeaf = false): Promise<string> {
    if (this.socket.destroyed) return Promise.reject(lost());
    return new Promise((resolve, reject) =>
      this.#waiting.set(word, {resolve, reject: isDeaf ? () => {} : reject}),
    );
  }

  async #within<T>(wait: Promise<T>): Promise<T> {
    const {promise: late, reject} = Promise.withResolvers<never>();
    const limit = setTimeout(() => {
      reject(lost());
      this.close();
    }, replyLimitMs);
    this.#limits.add(limit);
    try {
      return await Promise.race([wait, late]);
    } finally {
      clearTimeout(limit);
      this.#limits.delete(limit);
    }
  }
}

/** One connection, made when it is needed, and made anew when it was lost. */
export class Client {
  readonly #open: (onEnd: () => void) => Promise<Connection>;
  #opening: Promise<Connection> | null = null;
  #isClosed = false;

  constructor(open: (onEnd: () => void) => Promise<Connection>) {
    this.#open = open;
  }

  connection(): Promise<Connection> {
    if (this.#isClosed) return Promise.reject(lost());
    this.#opening ??= this.#open(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connection = await this.#opening?.catch(() => null);
    connection?.close();
  }
}
