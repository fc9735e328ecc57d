// aiohttp: a ClientSession that all callers share, on the service of orders.
import {defineScenario} from '../define-scenario.ts';
import fetch from './fetch.ts';
import {pythonProgram, sameAs} from './in-another-language.ts';

export default defineScenario({
  ...sameAs(fetch),
  name: 'python-aiohttp',
  observation:
    'Requests hang for minutes when the API stops answering, and others wait for their connections.',
  remarks: [
    'The variant "defaults" uses aiohttp.ClientSession(): 5 minutes for a whole request, 30 s for connecting, and at most 100 connections (https://docs.aiohttp.org/en/stable/client_quickstart.html#timeouts). It retries idempotent requests once if a connection that was kept turns out to be closed.',
    'All operations run on one asyncio event loop.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'time-limit',
      options: {seconds: 0.9},
      change: 'Create the session with timeout=ClientTimeout(total=0.9).',
    },
  ],
  subject: pythonProgram('aiohttp_session.py'),
});
