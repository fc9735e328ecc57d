// A server of the scenario's own, and a client that retries when a response is late: the order is placed twice.
// The second variant sends an idempotency key, by which the server recognises an order it has already placed.
// Run it:  npx foulweather run ./careless-retry.ts
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {defineScenario, latency} from 'foulweather';

type Options = {readonly sendsKey: boolean};

const keyless: Options = {sendsKey: false};

export default defineScenario({
  name: 'careless-retry',
  observation: 'On slow days, some customers are charged twice.',

  // Runs in its own process. The harness compares what it reports to the ledger with what the client says.
  target: {
    start({ledger}) {
      const placed = new Set<string>();
      const server = createServer((request, response) => {
        const id = request.url?.split('/').at(-1) ?? '';
        const key = request.headers['idempotency-key'];
        ledger.attempt(id);
        request.resume().on('end', () => {
          const known = typeof key === 'string' && placed.has(key);
          if (typeof key === 'string') placed.add(key);
          if (!known) ledger.effect(id);
          response.end(id);
        });
      });
      return new Promise(resolve => {
        server.listen(0, '127.0.0.1', () => {
          const {port} = server.address() as AddressInfo;
          resolve({url: `http://127.0.0.1:${port}`, stop: () => server.close()});
        });
      });
    },
  },
  variants: [
    {name: 'keyless', options: keyless},
    {name: 'keyed', options: {sendsKey: true}, change: 'Send an idempotency key with every attempt.'},
  ],
  load: {model: 'closed', concurrency: 5},
  operation: {deadlineMs: 2000, idempotent: false},
  phases: [
    {name: 'baseline', role: 'baseline', durationMs: 1000},
    {name: 'slow', role: 'fault', durationMs: 2000, faults: [latency({latencyMs: 120, jitterMs: 100})]},
  ],
  goals: {run: {duplicateCount: {max: 0}, lostCount: {max: 0}}},
  subject: {
    open: ({url, options}) => ({url, ...options}),
    async perform({url, sendsKey}, {id, signal}) {
      const place = (tryMs: number): Promise<Response> =>
        fetch(`${url}/orders/${id}`, {
          method: 'POST',
          body: 'one of these, please',
          headers: sendsKey ? {'idempotency-key': id} : {},
          signal: AbortSignal.any([signal, AbortSignal.timeout(tryMs)]),
        });
      const response = await place(150).catch(() => place(1000));
      return {echoedId: await response.text()};
    },
  },
});
