// The faulty connection of a trial: what its proxy is told to carry.
import test from 'ava';
import {Injector} from '../../../src/faults/control.ts';
import {startInjector} from '../../../src/faults/server/injector.ts';
import type {Fault} from '../../../src/model/fault.ts';
import {httpStatus} from '../../../src/model/http-fault.ts';
import {postgresError} from '../../../src/model/reply-fault.ts';
import {tlsClose} from '../../../src/model/tls-fault.ts';
import type {Supervisor} from '../../../src/run/processes/supervisor.ts';
import {openTrialLink} from '../../../src/run/trial/trial-link.ts';
import {planOf} from '../../../src/scenarios/plan-of.ts';
import {api, type ProxyJson} from '../../helpers/toxiproxy-request.ts';
import {scenarioWith} from '../../helpers/trial-scenario.ts';

const rows: readonly (readonly [url: string, faults: readonly Fault[], protocol: string | undefined])[] = [
  ['postgres://127.0.0.1:1/x', [postgresError({error: '40001'})], 'postgres'],
  // TLS begins in the midst of it.
  ['postgres://127.0.0.1:1/x', [tlsClose()], 'postgres'],
  ['smtp://127.0.0.1:1', [tlsClose()], 'smtp'],
  ['rediss://127.0.0.1:1', [tlsClose()], undefined],
  ['https://127.0.0.1:1', [tlsClose(), httpStatus({status: 503})], undefined],
  ['postgres://127.0.0.1:1/x', [], undefined],
];

for (const [url, faults, protocol] of rows) {
  const kinds = faults.map(({kind}) => kind).join(' and ');
  test(`${url} with ${kinds || 'no fault'}: ${protocol ?? 'nothing is said'}`, async t => {
    const server = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
    t.teardown(() => server.close());
    const phases = [{name: 'only', role: faults.length > 0 ? 'fault' : 'baseline', durationMs: 1000, faults}];
    const plan = planOf(scenarioWith({phases, target: {url}}));
    const target = {url, child: null, authority: null, description: null, service: null};
    const injector = {injector: new Injector(server.url), version: 'embedded', embedded: true, child: null};
    const given = {target, plan, name: 'linked', trustsInjector: true};
    // Only the proxy of another server is watched.
    const link = await openTrialLink(null as unknown as Supervisor, injector, given);
    const proxy = await api<ProxyJson & {protocol?: string}>(server.url, 'GET', '/proxies/linked');
    t.is(proxy.protocol, protocol);
    t.true(link.url.startsWith(url.slice(0, url.indexOf('1'))));
    await link.close();
  });
}
