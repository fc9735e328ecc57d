// java.net.http: an HttpClient that all callers share, on the service of orders.
import {defineScenario} from '../define-scenario.ts';
import fetch from './fetch.ts';
import {javaProgram, sameAs} from './in-another-language.ts';

export default defineScenario({
  ...sameAs(fetch),
  name: 'java-net-http',
  observation: 'Requests hang for good when the API stops answering.',
  remarks: [
    'The variant "defaults" uses HttpClient.newHttpClient(): no time limit for connecting or for a request, and any number of connections (https://docs.oracle.com/en/java/javase/17/docs/api/java.net.http/java/net/http/HttpClient.Builder.html). It repeats a request only if it could not be sent, or if it is a read.',
    'The time limit of a request does not bound its body; the limit of waiting for the whole response does.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'time-limit',
      options: {limitMs: 900},
      change:
        'Set the request’s timeout to 900 ms, and wait no longer for the whole response (sendAsync and get).',
    },
  ],
  subject: javaProgram('JdkHttp'),
});
