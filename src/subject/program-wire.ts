// The harness's end of the connection to a program in any language, which the program makes over the loopback interface.
import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {type AddressInfo, createServer, type Server, type Socket} from 'node:net';
import {
  type FromProgram,
  type Hello,
  ProtocolBroken,
  protocolVersion,
  readLine,
  type ToProgram,
} from './program-protocol.ts';

/** Characters of one line. */
export const longestLine = 1_048_576;

/** Lines that say nothing, such as logs, in one trial: a program that sends more floods the harness. */
export const mostIdleLines = 100_000;

export type WireListener = {
  /** Whatever comes after the `hello`. */
  readonly message: (message: FromProgram, line: string) => void;
  /** The connection is of no more use: the program broke the protocol, or closed it (null). */
  readonly ended: (broken: ProtocolBroken | null) => void;
};

/** It listens until the program has said hello, and to no second one. */
export class ProgramWire {
  readonly #server: Server;
  readonly #token = randomUUID();
  readonly #listener: WireListener;
  readonly #said = Promise.withResolvers<Hello>();
  #socket: Socket | null = null;
  /** Lines that are sent together at the end of the tick. */
  #waiting = '';
  #hasEnded = false;
  #idleLines = 0;
  #refused: string | null = null;

  private constructor(server: Server, listener: WireListener) {
    this.#server = server;
    this.#listener = listener;
    this.#said.promise.catch(() => {});
    server.on('connection', socket => this.#meet(socket));
  }

  static async listen(listener: WireListener): Promise<ProgramWire> {
    const server = createServer({noDelay: true});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ProgramWire(server, listener);
  }

  /** What the program must find in its environment. */
  get environment(): Readonly<Record<'FOULWEATHER_CONTROL' | 'FOULWEATHER_TOKEN', string>> {
    const {port} = this.#server.address() as AddressInfo;
    return {FOULWEATHER_CONTROL: `127.0.0.1:${port}`, FOULWEATHER_TOKEN: this.#token};
  }

  /** Why a connection was not the program's; null where all were. */
  get refused(): string | null {
    return this.#refused;
  }

  /** @throws ProtocolBroken where none comes within the limit, or another one than was asked for */
  async hello(limitMs: number): Promise<Hello> {
    const timer = setTimeout(() => {
      const why = `it did not connect to FOULWEATHER_CONTROL and say hello within ${limitMs / 1000} s`;
      this.#said.reject(new ProtocolBroken(this.#refused ?? why));
    }, limitMs);
    try {
      return await this.#said.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  send(message: ToProgram): void {
    if (this.#waiting === '') process.nextTick(() => this.#flush());
    this.#waiting += `${JSON.stringify(message)}\n`;
  }

  /** As it is, at once. */
  sendRaw(bytes: string | Uint8Array): void {
    this.#socket?.write(bytes);
  }

  close(): void {
    this.#hasEnded = true;
    this.#said.reject(new ProtocolBroken('it ended before it said hello'));
    this.#server.close();
    this.#socket?.destroy();
  }

  #flush(): void {
    const lines = this.#waiting;
    this.#waiting = '';
    this.#socket?.write(lines);
  }

  /** A connection is the program's once its first line says so. */
  #meet(socket: Socket): void {
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    let rest = '';
    let isKnown = false;
    const end = (broken: ProtocolBroken | null): void => {
      socket.destroy();
      if (isKnown) this.#end(broken);
      else if (broken) this.#said.reject(broken);
    };
    const first = (line: string): void => {
      const hello = readLine(line);
      if (hello.kind !== 'hello') throw new ProtocolBroken('its first line is not `hello`', line);
      if (hello.token !== this.#token || this.#socket !== null) {
        this.#refused = 'it said hello with a token other than FOULWEATHER_TOKEN';
        socket.destroy();
        return;
      }
      if (hello.protocol !== protocolVersion) {
        throw new ProtocolBroken(
          `it speaks protocol ${hello.protocol}; this version of foulweather speaks ${protocolVersion}`,
          line,
        );
      }
      isKnown = true;
      this.#socket = socket;
      this.#server.close();
      this.#said.resolve(hello);
    };
    socket.on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop()!;
      try {
        for (const line of lines) {
          if (socket.destroyed) return;
          if (isKnown) this.#take(line);
          else first(line);
        }
        if (rest.length > longestLine) {
          throw new ProtocolBroken(`it sent a line of more than ${longestLine} characters`, rest);
        }
      } catch (error) {
        if (!(error instanceof ProtocolBroken)) throw error;
        end(error);
      }
    });
    socket.on('close', () => end(null));
  }

  #take(line: string): void {
    if (this.#hasEnded) return;
    const message = readLine(line);
    const isIdle = message.kind === 'ignored' || message.kind === 'log';
    if (isIdle && ++this.#idleLines > mostIdleLines) {
      throw new ProtocolBroken(
        `it sent more than ${mostIdleLines} log lines or lines of unknown kinds`,
        line,
      );
    }
    this.#listener.message(message, line);
  }

  #end(broken: ProtocolBroken | null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#listener.ended(broken);
  }
}
