// Each change at an injector as one line, for a person at the terminal.
import type {ApiChange} from '../faults/server/http-server.ts';
import type {Miss} from '../faults/server/proxy.ts';
import type {TextStream} from './cli-io.ts';

type Shown = {
  readonly name?: string;
  readonly listen?: string;
  readonly upstream?: string;
  readonly enabled?: boolean;
  readonly type?: string;
  readonly stream?: string;
  readonly toxicity?: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly proxies?: readonly Shown[] | null;
};

/** What else a toxic may have: which connections it takes and when, and its ramp. */
type ShownToxic = Shown & {readonly [limit: string]: unknown};

/** Writes a line per change. */
export const logChanges =
  (stream: TextStream, now: () => Date) =>
  (change: ApiChange): void => {
    stream.write(`${timeOf(now())} ${changeLine(change)}\n`);
  };

/** Writes a line for each reason why a toxic could not act. */
export const logMisses =
  (stream: TextStream, now: () => Date) =>
  ({proxy, toxic, spoken}: Miss): void => {
    const line = clean(`${proxy} ${toxic} cannot act on a connection that carries ${spoken}`);
    stream.write(`${timeOf(now())} warning: ${line}\n`);
  };

const timeOf = (now: Date): string => now.toISOString().slice(11, 19);

const changeLine = ({method, path, names, body}: ApiChange): string => {
  const [proxy = '', toxic = ''] = names;
  const shown: Shown = body === '' ? {} : JSON.parse(body);
  const removed = method === 'DELETE';
  switch (path) {
    case '/proxies':
      return `proxy added: ${proxyLine(shown)}`;
    case '/populate':
      return `proxies populated: ${(shown.proxies ?? []).map(proxyLine).join(', ') || 'none'}`;
    case '/proxies/*':
      return removed ? `proxy removed: ${clean(proxy)}` : `proxy changed: ${proxyLine(shown)}`;
    case '/proxies/*/toxics':
      return `toxic added: ${clean(proxy)} ${toxicLine(shown)}`;
    case '/proxies/*/toxics/*':
      return removed
        ? `toxic removed: ${clean(proxy)} ${clean(toxic)}`
        : `toxic changed: ${clean(proxy)} ${toxicLine(shown)}`;
    case '/foulweather/proxies/*/recording':
      return `recording ${removed ? 'stopped' : 'started'}: ${clean(proxy)}`;
    case '/foulweather/proxies/*/interception':
      return `interception ${removed ? 'stopped' : 'started'}: ${clean(proxy)}`;
    case '/reset':
      return 'reset: all proxies enabled, all toxics removed';
    default:
      return clean(`${method} ${path} ${names.join(' ')}`);
  }
};

/** "redis 127.0.0.1:26379 → 127.0.0.1:6379", and whether it is disabled. */
export const proxyLine = ({name = '', listen = '', upstream = '', enabled = true}: Shown): string =>
  clean(`${name} ${listen} → ${upstream}${enabled ? '' : ' (disabled)'}`);

const toxicLine = (shown: ShownToxic): string => {
  const {name = '', type = '', stream = '', toxicity = 1, attributes = {}, ...limits} = shown;
  const own = fieldsOf({...(toxicity !== 1 && {toxicity}), ...limits});
  return clean([name, `(${[type, stream, ...own].join(', ')})`, ...fieldsOf(attributes)].join(' '));
};

const fieldsOf = (fields: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(fields).map(([key, value]) => `${key} ${JSON.stringify(value)}`);

/** Names come from any client: control characters in them must not reach the terminal. */
const clean = (text: string): string => text.replace(/\p{Cc}/gu, '�');
