// The parent's hand on the injector, against the embedded one over real sockets.
import {once} from 'node:events';
import {createServer, type RequestListener, type Server} from 'node:http';
import {connect as connectHttp2, createServer as createHttp2Server} from 'node:http2';
import type {AddressInfo} from 'node:net';
import {json} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import {type FaultyLink, Injector} from '../../src/faults/control.ts';
import {type Injector as RunningInjector, startInjector} from '../../src/faults/server/injector.ts';
import {wholeEpochMs} from '../../src/model/clock.ts';
import {FoulweatherError} from '../../src/model/errors.ts';
import {
  corrupt,
  type Fault,
  flap,
  halfOpen,
  latency,
  refuse,
  resetPeer,
  stall,
} from '../../src/model/fault.ts';
import {httpStatus} from '../../src/model/http-fault.ts';
import {connectTo, echo, startUpstream} from '../helpers/proxy-sockets.ts';
import {api, type ProxyJson} from '../helpers/toxiproxy-request.ts';

let running: RunningInjector;

test.before(async () => {
  running = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => running.close());

let proxies = 0;

const openLink = async (t: ExecutionContext): Promise<FaultyLink> => {
  const upstream = await startUpstream(echo);
  t.teardown(() => upstream.close());
  return new Injector(running.url).createProxy(`trial-${++proxies}`, upstream.address);
};

const proxyOf = (link: FaultyLink): Promise<ProxyJson> => api(running.url, 'GET', `/proxies/${link.name}`);

const toxicsOf = async (link: FaultyLink): Promise<string[]> =>
  (await proxyOf(link)).toxics.map(({name}) => name).sort();

const exchange = async (link: FaultyLink): Promise<string> => {
  const peer = await connectTo(link.address);
  peer.socket.write('ping');
  await peer.bytes(4);
  peer.socket.destroy();
  return String(peer.received);
};

const untilClosed = async (link: FaultyLink): Promise<void> => {
  while ((await link.witness())?.openConnections !== 0);
};

test('HTTP is followed from the beginning of each connection where that is asked for', async t => {
  const server = createHttp2Server((_request, response) => response.end('x'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const {port} = server.address() as AddressInfo; // a string only for pipes
  const injector = new Injector(running.url);
  const link = await injector.createProxy('followed', `127.0.0.1:${port}`, {
    interception: {authorities: '', host: null},
  });
  const session = connectHttp2(`http://${link.address}`);
  t.teardown(() => session.destroy());
  const ask = async (): Promise<unknown> => {
    const stream = session.request({':path': '/'});
    const [headers] = await once(stream, 'response');
    stream.resume();
    await once(stream, 'end');
    return headers[':status'];
  };
  t.is(await ask(), 200);
  await link.apply('busy', [httpStatus({status: 503})], 1000);
  t.is(await ask(), 503);
  t.like(await link.witness(), {faults: {'busy-1-httpStatus': {actions: 1}}});
});

test('a ramp fills its phase', async t => {
  const link = await openLink(t);
  await link.apply('rise', [latency({latencyMs: {from: 0, to: 100}, startAfterMs: 1000})], 5000);
  const [toxic] = (await proxyOf(link)).toxics;
  t.like(toxic, {ramp_to: {latency: 100}, ramp_over: 4000, start_after: 1000});
});

test('a new link passes everything', async t => {
  const link = await openLink(t);
  t.regex(link.address, /^127\.0\.0\.1:\d+$/);
  t.is(await exchange(link), 'ping');
  t.deepEqual(await toxicsOf(link), []);
});

test('each phase has its own toxics and no others', async t => {
  const link = await openLink(t);
  await link.apply('slow', [latency({latencyMs: 5}), latency({latencyMs: 5, direction: 'upstream'})]);
  t.deepEqual(await toxicsOf(link), ['slow-1-latency', 'slow-2-latency']);
  await link.apply('dark', [stall({probability: 0.5})]);
  const {toxics} = await proxyOf(link);
  t.deepEqual(toxics, [
    {name: 'dark-1-stall', type: 'timeout', stream: 'downstream', toxicity: 0.5, attributes: {timeout: 0}},
  ]);
  await link.apply('recovery', []);
  t.deepEqual(await toxicsOf(link), []);
});

test('the same phase may come twice', async t => {
  const link = await openLink(t);
  for (const phase of ['slow', 'slow', 'calm', 'slow']) {
    await link.apply(phase, phase === 'calm' ? [] : [latency({latencyMs: 1})]);
  }
  t.deepEqual(await toxicsOf(link), ['slow-1-latency']);
});

test('toxics of others stay', async t => {
  const link = await openLink(t);
  await api(running.url, 'POST', `/proxies/${link.name}/toxics`, {name: 'own', type: 'noop'});
  await link.apply('slow', [latency({latencyMs: 1})]);
  await link.apply('recovery', []);
  t.deepEqual(await toxicsOf(link), ['own']);
});

test('refuse turns the proxy off, and the next phase on again, at the same address', async t => {
  const link = await openLink(t);
  await link.apply('refused', [refuse()]);
  t.is((await proxyOf(link)).enabled, false);
  await t.throwsAsync(connectTo(link.address), {code: 'ECONNREFUSED'});
  await link.apply('refused-too', [refuse()]);
  t.is((await proxyOf(link)).enabled, false);
  await link.apply('recovery', []);
  t.is((await proxyOf(link)).enabled, true);
  t.is(await exchange(link), 'ping');
});

test('while the server is away connects are refused, whatever the phases ask for', async t => {
  const link = await openLink(t);
  await link.apply('restart', [latency({latencyMs: 1})]);
  await link.serverIsAway(true);
  await t.throwsAsync(connectTo(link.address), {code: 'ECONNREFUSED'});
  t.like(await proxyOf(link), {enabled: false, toxics: [{name: 'restart-1-latency'}]});
  await link.apply('refused', [refuse()]);
  await link.serverIsAway(false);
  t.is((await proxyOf(link)).enabled, false, 'the phase refuses them');
  await link.serverIsAway(true);
  await link.apply('recovery', []);
  t.is((await proxyOf(link)).enabled, false, 'the server is still away');
  await link.serverIsAway(false);
  t.is(await exchange(link), 'ping');
});

test('refuse stands beside toxics', async t => {
  const link = await openLink(t);
  await link.apply('both', [refuse(), latency({latencyMs: 1})]);
  t.like(await proxyOf(link), {enabled: false, toxics: [{name: 'both-2-latency'}]});
  await link.apply('recovery', []);
  t.like(await proxyOf(link), {enabled: true, toxics: []});
});

test('several faults at once, in both directions, each with its scope', async t => {
  const link = await openLink(t);
  await link.apply('storm', [
    latency({latencyMs: 30, direction: 'upstream'}),
    latency({latencyMs: 40}),
    corrupt({offsetBytes: 1, direction: 'upstream'}),
    halfOpen({firstN: 1, direction: 'upstream', probability: 0}),
    flap({downMs: 60_000, upMs: 1, startAfterMs: 3_600_000}),
  ]);
  const {toxics} = await proxyOf(link);
  t.deepEqual(
    toxics.map(({name}) => name),
    ['storm-1-latency', 'storm-3-corrupt', 'storm-4-halfOpen', 'storm-2-latency', 'storm-5-flap'],
  );
  t.like(toxics[2], {toxicity: 0, first_n: 1});
  t.like(toxics[4], {attributes: {down: 60_000, up: 1}, start_after: 3_600_000});
  const startMs = performance.now();
  const answer = await exchange(link);
  t.true(performance.now() - startMs >= 69, 'both delays');
  t.not(answer, 'ping');
  t.is(answer.length, 4);
  const {faults} = (await link.witness())!;
  t.deepEqual(
    Object.entries(faults)
      .map(([name, {connectionsHit}]) => `${name} ${connectionsHit}`)
      .sort(),
    ['storm-1-latency 1', 'storm-2-latency 1', 'storm-3-corrupt 1', 'storm-4-halfOpen 0', 'storm-5-flap 0'],
  );
  await link.apply('calm', []);
  t.is(await exchange(link), 'ping');
});

const phasesOf = (...faults: Fault[]) => [
  {name: 'calm', faults: []},
  {name: 'dark', faults},
];

test('a real Toxiproxy is not asked for what it does not have', async t => {
  const url = await serve(t, (_, response) => response.writeHead(404).end('404 page not found\n'));
  const injector = new Injector(url);
  await t.notThrowsAsync(injector.refuseUnsupported(phasesOf(stall(), refuse(), latency({latencyMs: 1}))));
  const error = await t.throwsAsync(injector.refuseUnsupported(phasesOf(stall(), stall({firstN: 2}))), {
    code: 'FW_FAULT_UNSUPPORTED',
    message: `The Toxiproxy at ${url} does not support the fault stall of phase "dark", or not with these options.`,
  });
  t.is((error as FoulweatherError).exitCode, 64);
});

test('our own injector has it all, also as a server of its own: what is asked for is put in place', async t => {
  const injector = new Injector(running.url);
  const faults = [stall({firstN: 2}), halfOpen()];
  await t.notThrowsAsync(injector.refuseUnsupported(phasesOf(...faults)));
  const link = await openLink(t);
  await link.apply('dark', faults);
  t.deepEqual(await toxicsOf(link), ['dark-1-stall', 'dark-2-halfOpen']);
});

test('our own injector has an authority, a real Toxiproxy has none', async t => {
  t.regex((await new Injector(running.url).authority()) ?? '', /^-----BEGIN CERTIFICATE-----\n/);
  const url = await serve(t, (_, response) => response.writeHead(404).end('404 page not found\n'));
  t.is(await new Injector(url).authority(), null);
});

const listens = test.macro({
  title: (_title, host: string, listen: string) => `an injector at ${host} is asked to listen on ${listen}`,
  async exec(t, host: string, listen: string) {
    const asked: string[] = [];
    const local = await serve(t, async (request, response) => {
      const body = (await json(request)) as {readonly listen: string};
      asked.push(body.listen);
      response.writeHead(201).end(JSON.stringify({...body, listen: `${body.listen.split(':')[0]}:4711`}));
    });
    const link = await new Injector(local.replace('127.0.0.1', host)).createProxy('far', '127.0.0.1:9');
    t.deepEqual(asked, [listen]);
    t.is(link.address, `${host === 'localhost' ? '127.0.0.1' : host}:4711`);
  },
});

test(listens, '127.0.0.1', '127.0.0.1:0');
test(listens, 'localhost', '127.0.0.1:0');
// No name of the loopback interface, though this machine answers there.
test(listens, '0.0.0.0', '0.0.0.0:0');

test('the log has the connections, each time what is new', async t => {
  const link = await openLink(t);
  await link.apply('slow', [latency({latencyMs: 1})]);
  await exchange(link);
  t.is(await link.log(), null, 'nobody has asked yet whether it counts');
  await link.witness();
  const log = await link.log();
  t.like(log?.connections[0], {id: 1, upstreamBytes: 4, hits: ['slow-1-latency']});
  t.is(log?.connections[0]?.hitsMs.length, 1);
  t.deepEqual(log?.hits, []);
  await untilClosed(link);
  // What closed in the millisecond of an answer is told again.
  const closedMs = wholeEpochMs();
  while (wholeEpochMs() === closedMs) await new Promise(resolve => setImmediate(resolve));
  await link.log();
  t.deepEqual(await link.log(), {connections: [], connectionsLeftOut: 0, hits: [], hitsLeftOut: 0});
  await exchange(link);
  t.like(await link.log(), {connections: [{id: 2}], connectionsLeftOut: 0});
});

test('conversations are recorded from start to stop, where the injector can', async t => {
  const link = await openLink(t);
  t.is(await link.recording(), null);
  t.true(await link.startRecording());
  await exchange(link);
  await link.stopRecording();
  await exchange(link);
  const recording = await link.recording();
  t.false(recording?.isRunning);
  t.deepEqual(
    recording?.conversations.map(({connection, exchanges}) => [
      connection,
      exchanges.map(({bytes}) => bytes),
    ]),
    [[1, [4, 4]]],
  );
});

test('a real Toxiproxy records nothing', async t => {
  const url = await serve(t, async (request, response) => {
    if (request.url?.startsWith('/foulweather') === true) response.writeHead(404).end('404 page not found\n');
    else
      response
        .writeHead(201)
        .end(JSON.stringify({...((await json(request)) as object), listen: '127.0.0.1:4711'}));
  });
  const link = await new Injector(url).createProxy('real', '127.0.0.1:9');
  t.false(await link.startRecording());
  t.is(await link.recording(), null);
  await t.notThrowsAsync(link.stopRecording());
});

/** Over a connection of its own. */
const statusOf = async (link: FaultyLink, path: string): Promise<number> => {
  const response = await fetch(`http://${link.address}${path}`, {headers: {connection: 'close'}});
  await response.text();
  return response.status;
};

test('the log has the requests that an HTTP fault hit, each time those that are new', async t => {
  const target = await serve(t, (_, response) => response.end('an answer'));
  const link = await new Injector(running.url).createProxy(`trial-${++proxies}`, new URL(target).host);
  await link.witness();
  t.is(await statusOf(link, '/before'), 200);
  await link.apply('busy', [httpStatus({status: 503})]);
  t.is(await statusOf(link, '/orders/17?page=2'), 503);
  const first = await link.log();
  t.like(first?.hits, {
    length: 1,
    0: {
      toxic: 'busy-1-httpStatus',
      connection: 2,
      request: 1,
      method: 'GET',
      path: '/orders/17',
      operationId: '17',
      action: 'status-503',
    },
  });
  t.is(await statusOf(link, '/orders/18'), 503);
  t.deepEqual(
    (await link.log())?.hits.map(({connection, path}) => [connection, path]),
    [[3, '/orders/18']],
  );
  t.deepEqual((await link.log())?.hits, []);
});

test('the witness counts connections, bytes and hits', async t => {
  const link = await openLink(t);
  await exchange(link);
  await link.apply('slow', [latency({latencyMs: 1})]);
  await exchange(link);
  const witness = await link.witness();
  t.is(witness?.openedConnections, 2);
  t.is(witness?.upstreamBytes, 8);
  t.like(witness?.faults['slow-1-latency'], {type: 'latency', connectionsHit: 1});
});

test('a removed proxy is gone', async t => {
  const link = await openLink(t);
  await link.remove();
  await t.throwsAsync(connectTo(link.address), {code: 'ECONNREFUSED'});
  t.false(Object.hasOwn(await api<object>(running.url, 'GET', '/proxies'), link.name));
});

test('slashes at the end of the address do no harm', async t => {
  const injector = new Injector(`${running.url}//`);
  t.is(injector.url, running.url);
  t.is(await injector.version(), '2.12.0');
  const link = await injector.createProxy('slashes', '127.0.0.1:9');
  await link.apply('slow', [latency({latencyMs: 1})]);
  t.deepEqual(await toxicsOf(link), ['slow-1-latency']);
});

/** A server that is no injector, and answers as the test says. */
const serve = async (t: ExecutionContext, listener: RequestListener): Promise<string> => {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const answersVersion = test.macro({
  title: (_title, body: string, expected: string | null) =>
    `"${body}" ${expected === null ? 'is no version' : `is version ${expected}`}`,
  async exec(t, body: string, expected: string | null) {
    const url = await serve(t, (_, response) => response.end(body));
    const injector = new Injector(url);
    if (expected === null) {
      await t.throwsAsync(injector.version(), {
        code: 'FW_TOXIPROXY_UNREACHABLE',
        message: `The server at ${url} is not Toxiproxy: its /version names no version.`,
      });
    } else t.is(await injector.version(), expected);
  },
});

test(answersVersion, '{"version": "2.12.0"}\n', '2.12.0');
test(answersVersion, '2.1.4', '2.1.4');
test(answersVersion, 'git-5a78dd4', 'git-5a78dd4');
test(answersVersion, '<html><body>Welcome to nginx!</body></html>', null);
test(answersVersion, '', null);

test('a proxy of the same name is refused, with both named', async t => {
  const injector = new Injector(running.url);
  await injector.createProxy('twice', '127.0.0.1:9');
  const error = await t.throwsAsync(injector.createProxy('twice', '127.0.0.1:9'), {
    instanceOf: FoulweatherError,
    code: 'FW_TOXIPROXY_REFUSED',
    message: `The injector at ${running.url} refused to create proxy twice: Request failed with status code 409.`,
  });
  t.is((error as FoulweatherError).exitCode, 70);
});

test('an injector that is not there is unreachable, and its address is named', async t => {
  const gone = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
  const link = await new Injector(gone.url).createProxy('left', '127.0.0.1:9');
  await link.apply('slow', [latency({latencyMs: 1})]);
  await gone.close();
  const unreachable = (what: string) => ({
    instanceOf: FoulweatherError,
    code: 'FW_TOXIPROXY_UNREACHABLE',
    message: `Cannot reach the injector at ${gone.url} (could not ${what}: fetch failed).`,
  });
  await t.throwsAsync(new Injector(gone.url).version(), unreachable('report its version'));
  await t.throwsAsync(link.apply('calm', []), unreachable('remove slow-1-latency from proxy left'));
  await t.throwsAsync(link.witness(), unreachable('report what it saw of proxy left'));
  await t.throwsAsync(link.remove(), unreachable('remove proxy left'));
});

test('an injector that never answers is given up, with its address and the proxy named', async t => {
  const url = await serve(t, () => {});
  const injector = new Injector(url, 50);
  const error = await t.throwsAsync(injector.createProxy('lost', '127.0.0.1:9'), {
    code: 'FW_TOXIPROXY_UNREACHABLE',
    message: `Cannot reach the injector at ${url} (could not create proxy lost: no answer within 50 ms).`,
  });
  t.is((error as FoulweatherError).exitCode, 64);
});

test('what was removed behind our back is told', async t => {
  const link = await openLink(t);
  await link.apply('reset', [resetPeer()]);
  await api(running.url, 'DELETE', `/proxies/${link.name}/toxics/reset-1-resetPeer`);
  await t.throwsAsync(link.apply('recovery', []), {
    code: 'FW_TOXIPROXY_REFUSED',
    message: `The injector at ${running.url} refused to remove reset-1-resetPeer from proxy ${link.name}: Request failed with status code 404.`,
  });
});

test('an injector without our witness counts nothing, and is asked once only', async t => {
  let asked = 0;
  const url = await serve(t, (request, response) => {
    if (request.url?.startsWith('/foulweather')) asked++;
    response.writeHead(request.method === 'POST' ? 201 : 404);
    response.end(request.method === 'POST' ? JSON.stringify({name: 'real', listen: '127.0.0.1:1'}) : '');
  });
  const link = await new Injector(url).createProxy('real', '127.0.0.1:9');
  t.is(await link.witness(), null);
  t.is(await link.witness(), null);
  t.is(asked, 1);
});

test('a witness that falls silent is told, not taken for one that never counted', async t => {
  const link = await openLink(t);
  t.truthy(await link.witness());
  await api(running.url, 'DELETE', `/proxies/${link.name}`);
  await t.throwsAsync(link.witness(), {
    code: 'FW_TOXIPROXY_REFUSED',
    message: `The injector at ${running.url} refused to report what it saw of proxy ${link.name}: Request failed with status code 404.`,
  });
});
