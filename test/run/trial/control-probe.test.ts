// The connections of the fresh client are told, so that they can be taken for what they are.
import {subscribe} from 'node:diagnostics_channel';
import {createServer, type Server} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import test from 'ava';
import type {TrialEvent} from '../../../src/model/event.ts';
import type {Plan} from '../../../src/model/plan.ts';
import type {ComebackWatch} from '../../../src/run/trial/comeback-watch.ts';
import {ControlProbe} from '../../../src/run/trial/control-probe.ts';
import {plan} from '../../helpers/run-journal.ts';

const quiet = {isCalm: true, quietMs: () => 9999} as unknown as ComebackWatch;

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

/** What is recorded until the first of this kind, or until the client is connected, and the ports that the server saw. */
const probed = async (target: Plan['target'], until: TrialEvent['kind'] | 'connected') => {
  const ports: number[] = [];
  const events: TrialEvent[] = [];
  const server = createServer((_, response) => response.end());
  const port = await listening(server);
  const {promise: recorded, resolve} = Promise.withResolvers<void>();
  server.on('connection', socket => ports.push(socket.remotePort!));
  const connected = new Promise<void>(resolve => {
    subscribe('net.client.socket', message => {
      (message as {socket: Socket}).socket.once('connect', resolve);
    });
  });
  const probe = new ControlProbe({
    plan: {...plan, target},
    url: `http://127.0.0.1:${port}`,
    comeback: quiet,
    now: () => performance.now(),
    record(event) {
      events.push(event);
      if (event.kind === until) resolve();
    },
  });
  await (until === 'connected' ? connected : recorded);
  probe.finish();
  const first = events.find(event => event.kind === 'control-connection');
  await new Promise(closed => server.close(closed));
  return {first, events, ports};
};

test.serial('one that asks over HTTP tells its connection, and that it got through', async t => {
  const {first, events, ports} = await probed({kind: 'http', thinkTimeMs: 0}, 'control-connection');
  t.is(first?.port, ports[0]);
  t.true(first!.closedMs >= first!.openedMs);
  t.like(
    events.find(({kind}) => kind === 'probe'),
    {ok: true},
  );
});

test.serial('one that only connects does so, too, also where the trial ends in the midst of it', async t => {
  const url = {kind: 'url', url: 'http://127.0.0.1:1'} as const;
  const {first, ports} = await probed(url, 'connected');
  t.is(first?.port, ports[0]);
});
