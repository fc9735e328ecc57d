// Any function that talks to a server of your own; a line protocol over TCP is the example.
import {fillSkeleton} from './skeleton.ts';

export const functionTemplate = (fileName: string): string =>
  fillSkeleton({
    fileName,
    flags: '',
    intro: ['Replace `ask` with your function, and the target with your server.'],
    imports: [
      "import {once} from 'node:events';",
      "import {type AddressInfo, connect, createServer} from 'node:net';",
      "import {createInterface} from 'node:readline';",
    ],
    name: 'my-function',
    observation: 'Calls never return when the server stops answering.',
    preamble: `type Options = {readonly timeoutMs: number | null};

const asItIs: Options = {timeoutMs: null};

/** With a code, so that callers can tell errors apart. */
const failure = (code: string, message: string): Error => Object.assign(new Error(message), {code});

/** Asks one question over a new connection. */
const ask = async (url: string, question: string, {timeoutMs}: Options): Promise<string> => {
  const {hostname, port} = new URL(url);
  const socket = connect({host: hostname, port: Number(port)});
  if (timeoutMs !== null) socket.setTimeout(timeoutMs, () => socket.destroy(failure('ETIMEDOUT', 'timed out')));
  const failed = once(socket, 'error').then(([error]) => {
    throw error;
  });
  const closed = once(socket, 'close').then(() => {
    throw failure('ECLOSED', 'closed without an answer');
  });
  try {
    socket.write(\`\${question}\\n\`);
    const [answer] = await Promise.race([once(createInterface(socket), 'line'), failed, closed]);
    return answer as string;
  } finally {
    failed.catch(() => {});
    closed.catch(() => {});
    socket.destroy();
  }
};`,
    target: `  // A server in a separate process. What it reports to the ledger is compared with what the client says.
  target: {
    async start({ledger}) {
      const server = createServer(socket => {
        socket.on('error', () => {});
        const lines = createInterface(socket);
        // readline re-emits the errors of its input.
        lines.on('error', () => {});
        lines.on('line', id => {
          ledger.attempt(id);
          ledger.effect(id);
          socket.write(\`\${id}\\n\`);
        });
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const {port} = server.address() as AddressInfo;
      return {url: \`tcp://127.0.0.1:\${port}\`, stop: () => server.close()};
    },
  },`,
    variants: `  variants: [
    {name: 'as-it-is', options: asItIs},
    {name: 'bounded', options: {timeoutMs: 1000}, change: 'Give every call a timeout of 1 s.'},
  ],`,
    idempotent: true,
    subject: `  subject: {
    open: ({url, options}) => ({url, options}),
    async perform({url, options}, {id}) {
      return {echoedId: await ask(url, id, options)};
    },
  },`,
  });
