// Where a subject that no longer answers is stuck. Node opens its inspector for a signal even while JavaScript blocks
// its event loop, and V8 pauses there; a process that waits in a system call cannot be asked.
import type {CallFrame} from '../../model/profile-part.ts';
import type {Child} from './child.ts';

/** For the subject's Node: any free port of the loopback interface, and only once it gets a signal. */
export const inspectorArgs = ['--inspect-port=127.0.0.1:0'] as const;

const framesKept = 20;

const listening = /^Debugger listening on (ws:\/\/127\.0\.0\.1:\d+\/[\w-]+)$/m;

/** What Node prints about its inspector is not the library's output. */
const inspectorLine = /^(?:Debugger (?:listening on ws:|attached\.|ending on )|For help, see: https:).*\n?/gm;

export const withoutInspectorLines = (stderr: string): string => stderr.replaceAll(inspectorLine, '');

type Message = {
  readonly method?: string;
  readonly params?: {
    readonly scriptId?: string;
    readonly url?: string;
    readonly callFrames?: readonly {
      readonly functionName: string;
      readonly location: {
        readonly scriptId: string;
        readonly lineNumber: number;
        readonly columnNumber?: number;
      };
    }[];
  };
};

/**
 * The calls of its main thread, the innermost first; empty where they are not known within `limitMs`. The process
 * stays paused: it is to be killed.
 */
export const captureBlockedStack = async (
  subject: Pick<Child<never, never>, 'pid' | 'printed'>,
  limitMs: number,
): Promise<readonly CallFrame[]> => {
  const signal = AbortSignal.timeout(limitMs);
  try {
    const announced = subject.printed(listening, signal);
    process.kill(subject.pid, 'SIGUSR1');
    const [, address] = await announced;
    return await pausedFrames(address!, signal);
  } catch {
    // It is gone, or handles the signal itself.
    return [];
  }
};

/** Promises that follow each other endlessly are mostly caught between two of them, where only Node is on the stack. */
const stepsTaken = 20;
/** What Node does to open its inspector may run on top of the code that is stuck, for a moment. */
const looksTaken = 3;
const betweenLooksMs = 50;

const pausedFrames = async (address: string, signal: AbortSignal): Promise<CallFrame[]> => {
  const socket = new WebSocket(address);
  let lastId = 0;
  const post = (method: string): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({id: ++lastId, method}));
  };
  const urls = new Map<string, string>();
  let known: CallFrame[] = [];
  let steps = 0;
  let looks = 0;
  await new Promise<void>(resolve => {
    const end = (): void => resolve();
    signal.addEventListener('abort', end);
    socket.addEventListener('error', end);
    socket.addEventListener('close', end);
    socket.addEventListener('open', () => {
      post('Debugger.enable');
      post('Debugger.pause');
    });
    socket.addEventListener('message', ({data}) => {
      const {method, params = {}} = JSON.parse(String(data)) as Message;
      if (method === 'Debugger.scriptParsed') urls.set(params.scriptId ?? '', params.url ?? '');
      if (method !== 'Debugger.paused') return;
      known = framesOf(params, urls);
      if (known.every(isOfNode)) {
        if (steps++ < stepsTaken) post('Debugger.stepInto');
        else end();
      } else if (known.slice(0, 1).every(isOfNode) && ++looks < looksTaken) {
        post('Debugger.resume');
        setTimeout(() => post('Debugger.pause'), betweenLooksMs);
      } else end();
    });
  });
  socket.close();
  return known;
};

const isOfNode = ({url}: CallFrame): boolean => url.startsWith('node:');

const framesOf = (
  {callFrames = []}: NonNullable<Message['params']>,
  urls: ReadonlyMap<string, string>,
): CallFrame[] =>
  callFrames
    .slice(0, framesKept)
    .map(({functionName, location: {scriptId, lineNumber, columnNumber = 0}}) => ({
      functionName,
      scriptId,
      url: urls.get(scriptId) ?? '',
      lineNumber,
      columnNumber,
    }));
