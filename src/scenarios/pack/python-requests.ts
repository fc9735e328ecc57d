// requests: a Session that all callers share, on the service of orders.
import {defineScenario} from '../define-scenario.ts';
import fetch from './fetch.ts';
import {pythonProgram, sameAs} from './in-another-language.ts';

export default defineScenario({
  ...sameAs(fetch),
  name: 'python-requests',
  observation: 'Workers hang for good when the API stops answering.',
  remarks: [
    'The variant "defaults" calls a Session’s methods without a timeout: requests then waits without a limit (https://requests.readthedocs.io/en/latest/user/quickstart/#timeouts). It keeps up to ten connections to a host and does not retry.',
    'A timeout of requests bounds connecting, and each wait for the next bytes; it does not bound the whole request.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {name: 'time-limit', options: {seconds: 0.9}, change: 'Pass timeout=0.9 to each call.'},
  ],
  subject: pythonProgram('requests_session.py'),
});
