// Inside Node's http.Agent: the race between a request and the end of an idle connection.
import {Agent, type ClientRequest, request} from 'node:http';
import {text} from 'node:stream/consumers';
import {latency, slowClose} from '../../model/fault.ts';
import {dropKeepAlive} from '../../model/http-fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {idleClosing} from './servers/idle-closing.ts';

type Options = {
  /** Sends once more what failed on a connection that had been used before. */
  readonly retriesReused: boolean;
};

const asUsersGetIt: Options = {retriesReused: false};

type Failed = {readonly error: unknown; readonly sent: ClientRequest};

const once = (url: string, agent: Agent): Promise<string | Failed> =>
  new Promise((resolve, reject) => {
    const sent = request(url, {agent}, response => text(response).then(resolve, reject));
    sent.on('error', error => resolve({error, sent}));
    sent.end();
  });

const isRace = ({error, sent}: Failed): boolean =>
  sent.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';

export default defineScenario({
  name: 'inside-keep-alive',
  observation:
    'One request in a few thousand fails with ECONNRESET, more often at quiet times than at busy ones.',
  remarks: [
    'The server closes a connection that was idle for 50 ms without announcing it, as many load balancers do. If a server announces the limit with Keep-Alive, Node’s Agent respects it.',
    'Node’s documentation recommends resending such a request, with the code that "once-more" uses (https://nodejs.org/api/http.html#requestreusedsocket). All requests here are GETs.',
    'In race the client learns of the server’s close 20 ms later, as over a wide-area network.',
  ],
  target: idleClosing,
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'once-more',
      options: {retriesReused: true},
      change:
        'Resend what failed with ECONNRESET if request.reusedSocket says that the connection was used before.',
    },
  ],
  load: {model: 'open', ratePerSecond: 60, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 4000},
    {
      name: 'race',
      role: 'fault',
      durationMs: 4000,
      faults: [slowClose({delayMs: 20}), latency({latencyMs: 10, jitterMs: 9})],
    },
    {name: 'dropped', role: 'fault', durationMs: 4000, faults: [dropKeepAlive({announce: false})]},
    {name: 'announced', role: 'fault', durationMs: 3000, faults: [dropKeepAlive({announce: true})]},
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}}},
  telemetry: {use: ['http']},
  subject: {
    // The options of Node's global agent, so that it can be destroyed.
    open: ({url, options}) => ({
      url,
      agent: new Agent({keepAlive: true, scheduling: 'lifo', timeout: 5000}),
      ...options,
    }),
    async perform({url, agent, retriesReused}, {id}) {
      const first = await once(`${url}/echo/${id}`, agent);
      const answer =
        typeof first !== 'string' && retriesReused && isRace(first)
          ? await once(`${url}/echo/${id}`, agent)
          : first;
      if (typeof answer !== 'string') throw answer.error;
      return {echoedId: (JSON.parse(answer) as {readonly id: unknown}).id};
    },
    close: ({agent}) => agent.destroy(),
  },
});
