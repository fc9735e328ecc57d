// net/http of Go: a client that all callers share, on the service of orders.
import {defineScenario} from '../define-scenario.ts';
import fetch from './fetch.ts';
import {goProgram, sameAs} from './in-another-language.ts';

export default defineScenario({
  ...sameAs(fetch),
  name: 'go-net-http',
  observation: 'Requests hang for good when the API stops answering.',
  remarks: [
    'The variant "defaults" uses &http.Client{}: no time limit for a request, 30 s for connecting, any number of connections, of which two to a host are kept (https://pkg.go.dev/net/http#Client, https://pkg.go.dev/net/http#Transport). It repeats a request only if nothing of it was written, or if it is a read and a connection that was kept turns out to be closed.',
    'Each operation has a goroutine of its own.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {name: 'time-limit', options: {timeoutMs: 900}, change: 'Create the client with Timeout: 900 ms.'},
  ],
  subject: goProgram('nethttp'),
});
