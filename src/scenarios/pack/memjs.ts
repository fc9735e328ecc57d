// memjs: sets, adds, gets and counters on one connection. What the server has in the end is read over a bare socket.
import {connect} from 'node:net';
import {type Client, Client as MemjsClient} from 'memjs';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {afterTheWrite} from './error-meaning.ts';
import {operationNumber} from './operation-number.ts';

type Options = {
  readonly timeout?: number;
  readonly conntimeout?: number;
  readonly retries?: number;
  readonly keepAlive?: boolean;
};

const asUsersGetIt: Options = {};

const kinds = ['set', 'set-and-get', 'large', 'count'] as const;
const keptSeconds = 600;
const largeBytes = 16_384;
/** Failed operations after the last acknowledged one are looked for, too: as many as are started in a minute. */
const triedAfterLast = 6000;
const askedAtOnce = 100;

const keyOf = (id: string): string => `foulweather:${id}`;
const largeValue = (id: string): Buffer => Buffer.alloc(largeBytes, `${id} `);

/** Its own log goes to the console: a line for each failure. */
const silent = {log: () => {}};

const open = (url: string, options: Options): Client => {
  const {hostname, port} = new URL(url);
  return MemjsClient.create(`${hostname}:${port || 11_211}`, {...options, logger: silent});
};

/** The values of keys that are there, by memcached's text protocol. */
const readAll = (url: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> =>
  new Promise((resolve, reject) => {
    const {hostname, port} = new URL(url);
    const batches = Array.from({length: Math.ceil(keys.length / askedAtOnce)}, (_, batch) =>
      keys.slice(batch * askedAtOnce, (batch + 1) * askedAtOnce),
    );
    const values = new Map<string, string>();
    let heard = '';
    const socket = connect(Number(port || 11_211), hostname);
    const ask = (): void => {
      const batch = batches.shift();
      if (batch === undefined) socket.end(() => resolve(values));
      else socket.write(`get ${batch.join(' ')}\r\n`);
    };
    socket.setEncoding('latin1');
    socket.on('connect', ask);
    socket.on('error', reject);
    socket.on('data', (text: string) => {
      heard += text;
      for (;;) {
        const head = /^VALUE (\S+) \d+ (\d+)\r\n/.exec(heard);
        if (head === null) break;
        const end = head[0].length + Number(head[2]);
        if (heard.length < end + 2) return;
        values.set(head[1]!, heard.slice(head[0].length, end));
        heard = heard.slice(end + 2);
      }
      if (!heard.startsWith('END\r\n')) return;
      heard = heard.slice('END\r\n'.length);
      ask();
    });
  });

/** A counter's value is how often it was raised; any other value means that it is there. */
const timesApplied = (value: string): number => (/^\d+$/.test(value) ? Number(value) : 1);

export default defineScenario({
  name: 'memjs',
  observation: 'Counters are too high after an hour of bad network, and the cache is slow for much longer.',
  remarks: [
    'The variant "defaults" uses memjs as created by Client.create(address): a response may take 0.5 s and connecting 1 s, and a call that fails is retried after 0.2 s (retries: 2 includes the first try): https://memjs.netlify.com/. So a counter whose response was lost may be incremented twice.',
    'memjs measures its timeouts by the silence of the socket (socket.setTimeout), which every further write resets: while other callers keep writing, it waits longer for a response.',
    'A set that is applied twice leaves no trace; a quarter of the operations increment a counter, which does.',
    "memjs's logger is silenced: it would print each failure to the console.",
  ],
  target: {service: 'memcached'},
  supports: {memjs: '>=1.3 <2'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'one-try',
      options: {timeout: 0.25, conntimeout: 0.5, retries: 1, keepAlive: true},
      change:
        'Try each call once (retries: 1), and bound responses to 0.25 s and connecting to 0.5 s (timeout, conntimeout), with keepAlive.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  subject: {
    open: ({url, options}) => open(url, options),
    async perform(memcached, {id}) {
      const key = kinds[operationNumber(id) % kinds.length]!;
      const expires = {expires: keptSeconds};
      switch (key) {
        case 'set': {
          const isStored = await memcached.set(keyOf(id), id, expires);
          return {key, empty: !isStored};
        }
        case 'set-and-get': {
          await memcached.set(keyOf(id), id, expires);
          const {value} = await afterTheWrite(memcached.get(keyOf(id)));
          return {key, echoedId: value?.toString()};
        }
        case 'large': {
          await memcached.set(keyOf(id), largeValue(id), expires);
          const {value} = await afterTheWrite(memcached.get(keyOf(id)));
          return {key, intact: value?.equals(largeValue(id)) ?? false};
        }
        case 'count': {
          const {success, value} = await memcached.increment(keyOf(id), 1, {initial: 1, ...expires});
          return {key, empty: !success || value === null};
        }
      }
    },
    // No classify: memjs tries twice, and its error is about the last try only. An earlier one may have arrived.
    close: memcached => memcached.quit(),
  },
  async verify({directUrl, trialId, acknowledgedIds}) {
    const last = acknowledgedIds.reduce((most, id) => Math.max(most, operationNumber(id)), 0);
    const ids = Array.from({length: last + triedAfterLast}, (_, number) => `${trialId}-${number}`);
    const values = await readAll(directUrl, ids.map(keyOf));
    const applied = ids.flatMap(id => {
      const value = values.get(keyOf(id));
      return value === undefined ? [] : Array.from({length: timesApplied(value)}, () => id);
    });
    return {applied: [applied]};
  },
});
