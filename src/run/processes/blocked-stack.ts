// Where a subject is stuck that answers no more. Node opens its inspector for a signal even while JavaScript blocks its
// event loop, and V8 pauses there; what waits in a call of the system cannot be asked.
import type {CallFrame} from '../../model/profile-part.ts';
import type {Child} from './child.ts';

/** For the subject's Node: any free port, of the loopback interface, and only once it is signalled. */
export const inspectorArgs = ['--inspect-port=127.0.0.1:0'] as const;

const framesKept = 20;

const listening = /^Debugger listening on (ws:\/\/127\.0\.0\.1:\d+\/[\w-]+)$/m;

/** What Node prints of its inspector is none of the library's words. */
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
 * The calls of its main thread, the innermost first; empty where they did not become known within
 * `limitMs`. The
 * process stays paused: it is to be ended.
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
    // It is gone, or has taken the signal for itself.
    return [];
  }
};

/** Promises that follow each other for ever are mostly caught between two of them, where only Node is on the stack. */
const stepsTaken = 20;

const pausedFrames = async (address: string, signal: AbortSignal): Promise<CallFrame[]> => {
  const socket = new WebSocket(address);
  let lastId = 0;
  const post = (method: string): void => socket.send(JSON.stringify({id: ++lastId, method}));
  const urls = new Map<string, string>();
  let known: CallFrame[] = [];
  let steps = 0;
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
      if (steps++ >= stepsTaken || !known.every(isOfNode)) end();
      else post('Debugger.stepInto');
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
