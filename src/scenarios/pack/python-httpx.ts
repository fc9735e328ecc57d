// httpx: an AsyncClient that all callers share, on the service of orders.
import {defineScenario} from '../define-scenario.ts';
import fetch from './fetch.ts';
import {pythonProgram, sameAs} from './in-another-language.ts';

export default defineScenario({
  ...sameAs(fetch),
  name: 'python-httpx',
  observation: 'Requests fail long after their callers have given up, when the API stops answering.',
  remarks: [
    'The variant "defaults" uses httpx.AsyncClient(): 5 s for connecting, for each read and write, and for a connection of the pool, which has at most 100 (https://www.python-httpx.org/advanced/timeouts/, https://www.python-httpx.org/advanced/resource-limits/). It does not retry.',
    'All operations run on one asyncio event loop.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {name: 'time-limit', options: {seconds: 0.9}, change: 'Create the client with timeout=0.9.'},
  ],
  subject: pythonProgram('httpx_async.py'),
});
