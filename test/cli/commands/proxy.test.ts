// foulweather proxy: the injector on its own, in a process of its own, with real signals and real sockets.
import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {type AddressInfo, createServer} from 'node:net';
import {join} from 'node:path';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {Toxiproxy} from 'toxiproxy-node-client';
import {main} from '../../../src/cli/main.ts';
import {openPlace} from '../../helpers/cli-world.ts';
import {compileCache} from '../../helpers/compile-cache.ts';
import {connectTo, echo, startUpstream} from '../../helpers/proxy-sockets.ts';
import {temporaryFolder} from '../../helpers/run-folders.ts';
import {until} from '../../helpers/run-until.ts';

const entry = new URL('../../fixtures/cli-entry.ts', import.meta.url).pathname;

type Running = {
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;
  readonly url: string;
  readonly output: {stdout: string; stderr: string};
};

const startProxy = (t: Pick<ExecutionContext, 'teardown'>, ...argv: readonly string[]): Promise<Running> =>
  startAnywhere(t, '--port', '0', ...argv);

const startAnywhere = async (
  t: Pick<ExecutionContext, 'teardown'>,
  ...argv: readonly string[]
): Promise<Running> => {
  const child = spawn(process.execPath, [entry, 'proxy', ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...process.env, ...compileCache},
  });
  t.teardown(() => child.kill('SIGKILL'));
  const output = {stdout: '', stderr: ''};
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const exited = once(child, 'close').then(([code, signal]) => ({code, signal}));
  await until(
    () => output.stdout.includes('Ctrl-C') || child.exitCode !== null,
    50_000,
    'the start of the proxy',
  );
  return {process: child, exited, url: /http:\S+(?=,)/.exec(output.stdout)?.[0] ?? '', output};
};

const configFile = async (t: Pick<ExecutionContext, 'teardown'>, content: unknown): Promise<string> => {
  const file = join(await temporaryFolder(t), 'proxies.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

const stops = test.macro(async (t, signal: 'SIGINT' | 'SIGTERM') => {
  const upstream = await startUpstream(echo);
  t.teardown(() => upstream.close());
  const config = await configFile(t, [
    {name: 'web', listen: '127.0.0.1:0', upstream: upstream.address},
    {name: 'off', listen: '127.0.0.1:1', upstream: upstream.address, enabled: false},
  ]);
  const running = await startProxy(t, '--config', config, '--seed', '7', '--metrics');
  const {stdout} = running.output;
  t.regex(stdout, /^Toxiproxy's API at http:\/\/127\.0\.0\.1:\d+, seed 7, metrics at \/metrics\n/);
  t.regex(stdout, new RegExp(`\nproxy web 127\\.0\\.0\\.1:\\d+ → ${upstream.address}\n`));
  t.true(stdout.includes(`\nproxy off 127.0.0.1:1 → ${upstream.address} (disabled)\n`));
  t.is((await fetch(`${running.url}/metrics`)).status, 200);

  const listen = /web (\S+)/.exec(stdout)?.[1] ?? '';
  const peer = await connectTo(listen);
  peer.socket.write('ping');
  await peer.bytes(4);
  // A client that keeps its connection to the API must not hold up the end.
  t.like(await (await fetch(`${running.url}/version`)).json(), {version: '2.12.0'});

  running.process.kill(signal);
  t.deepEqual(await running.exited, {code: 0, signal: null});
  await peer.ended();
  t.is(running.output.stderr, 'Stopped. All proxies and connections are closed.\n');
});

test('it shows its API and its proxies, serves, and stops cleanly on SIGINT', stops, 'SIGINT');
test('it shows its API and its proxies, serves, and stops cleanly on SIGTERM', stops, 'SIGTERM');

test('proxies and toxics that come and go have a line each', async t => {
  const running = await startProxy(t);
  const client = new Toxiproxy(running.url);
  const proxy = await client.createProxy({
    name: 'a\u001b[2J',
    listen: '127.0.0.1:0',
    upstream: '127.0.0.1:1',
  });
  await client.populate([{name: 'b', listen: '127.0.0.1:0', upstream: '127.0.0.1:2'}]);
  await (await client.get('b')).addToxic({
    name: 'slow',
    type: 'latency',
    stream: 'upstream',
    toxicity: 0.5,
    attributes: {latency: 10, jitter: 0},
  });
  await fetch(`${running.url}/proxies/b/toxics`, {
    method: 'POST',
    body: '{"name":"third","type":"latency","attributes":{"latency":1},"nth":3,"ramp_to":{"latency":9},"ramp_over":10}',
  });
  await fetch(`${running.url}/proxies/b/toxics/slow`, {
    method: 'PATCH',
    body: '{"attributes":{"latency":5}}',
  });
  await fetch(`${running.url}/proxies/b/toxics/slow`, {method: 'DELETE'});
  for (const what of ['recording', 'interception'])
    for (const method of ['POST', 'DELETE'])
      await fetch(`${running.url}/foulweather/proxies/b/${what}`, {method});
  await fetch(`${running.url}/proxies/b`, {method: 'PATCH', body: '{"enabled":false}'});
  await fetch(`${running.url}/proxies/nobody`, {method: 'DELETE'});
  await fetch(`${running.url}/proxies/b`, {method: 'DELETE'});
  await client.reset();
  running.process.kill('SIGTERM');
  await running.exited;
  const lines = running.output.stderr
    .trim()
    .replace(/^\d\d:\d\d:\d\d /gm, '')
    .replace(/:\d{4,5}\b/g, ':PORT');
  t.deepEqual(lines.split('\n'), [
    'proxy added: a\ufffd[2J 127.0.0.1:PORT → 127.0.0.1:1',
    'proxies populated: b 127.0.0.1:PORT → 127.0.0.1:2',
    'toxic added: b slow (latency, upstream, toxicity 0.5) latency 10 jitter 0',
    'toxic added: b third (latency, downstream, nth 3, ramp_to {"latency":9}, ramp_over 10) latency 1 jitter 0',
    'toxic changed: b slow (latency, upstream, toxicity 0.5) latency 5 jitter 0',
    'toxic removed: b slow',
    'recording started: b',
    'recording stopped: b',
    'interception started: b',
    'interception stopped: b',
    'proxy changed: b 127.0.0.1:PORT → 127.0.0.1:2 (disabled)',
    'proxy removed: b',
    'reset: all proxies enabled, all toxics removed',
    'Stopped. All proxies and connections are closed.',
  ]);
  t.is(proxy.name, 'a\u001b[2J');
});

test("it starts with the flags of Toxiproxy's server", async t => {
  const config = await configFile(t, [{name: 'web', listen: '127.0.0.1:0', upstream: '127.0.0.1:1'}]);
  const flags = ['-host', '127.0.0.1', '-port=0', '-config', config, '-seed', '7', '-proxy-metrics'];
  const running = await startAnywhere(t, ...flags);
  t.regex(
    running.output.stdout,
    /^Toxiproxy's API at http:\/\/127\.0\.0\.1:\d+, seed 7, metrics at \/metrics\n/,
  );
  t.regex(running.output.stdout, /\nproxy web 127\.0\.0\.1:\d+ → 127\.0\.0\.1:1\n/);
  running.process.kill('SIGTERM');
  t.deepEqual(await running.exited, {code: 0, signal: null});
});

test('a config can bring toxics', async t => {
  const upstream = await startUpstream(echo);
  t.teardown(() => upstream.close());
  const slow = {name: 'slow', type: 'latency', stream: 'upstream', attributes: {latency: 1}};
  const config = await configFile(t, [
    {name: 'web', listen: '127.0.0.1:0', upstream: upstream.address, toxics: [slow, {type: 'noop', nth: 2}]},
    {name: 'db', listen: '127.0.0.1:0', upstream: upstream.address, toxics: null},
  ]);
  const running = await startProxy(t, '--config', config);
  t.regex(running.output.stdout, /\nproxy web .*, 2 toxics\n/);
  const proxy = await new Toxiproxy(running.url).get('web');
  t.like(await proxy.getToxic('slow'), {stream: 'upstream', attributes: {latency: 1, jitter: 0}});
  const {toxics} = (await (await fetch(`${running.url}/proxies/web`)).json()) as {toxics: unknown};
  t.like(toxics, [{name: 'slow'}, {name: 'noop_downstream', nth: 2}]);
  t.deepEqual(await (await fetch(`${running.url}/proxies/db/toxics`)).json(), []);
  running.process.kill('SIGTERM');
  await running.exited;
});

test('a toxic that cannot act on what a proxy carries is warned of, once', async t => {
  const upstream = await startUpstream(echo);
  t.teardown(() => upstream.close());
  const running = await startProxy(t);
  const client = new Toxiproxy(running.url);
  await client.createProxy({name: 'cache', listen: '127.0.0.1:0', upstream: upstream.address});
  const path = `${running.url}/proxies/cache`;
  await fetch(`${path}/toxics`, {method: 'POST', body: '{"type":"http_status","name":"busy"}'});
  const {listen} = (await (await fetch(path)).json()) as {readonly listen: string};
  for (let count = 0; count < 2; count++) {
    const peer = await connectTo(listen);
    peer.socket.write('PING\r\n');
    await peer.bytes(6);
    peer.socket.destroy();
  }
  running.process.kill('SIGTERM');
  await running.exited;
  const warnings = running.output.stderr.split('\n').filter(line => line.includes('warning'));
  t.is(warnings.length, 1, running.output.stderr);
  t.regex(
    warnings[0] ?? '',
    /^\d\d:\d\d:\d\d warning: cache busy cannot act on a connection that carries something that is not HTTP$/,
  );
});

test('with --quiet nothing is said after the start', async t => {
  const running = await startProxy(t, '--quiet');
  await fetch(`${running.url}/reset`, {method: 'POST'});
  running.process.kill('SIGINT');
  t.deepEqual(await running.exited, {code: 0, signal: null});
  t.is(running.output.stderr, '');
});

test('beyond the loopback it warns', async t => {
  const running = await startProxy(t, '--host', '0.0.0.0');
  t.regex(running.output.stdout, /http:\/\/0\.0\.0\.0:\d+, seed 1\n/);
  running.process.kill('SIGINT');
  t.deepEqual(await running.exited, {code: 0, signal: null});
  t.regex(running.output.stderr, /^warning: The API at 0\.0\.0\.0 has no authentication/);
});

test('the second signal is answered at once', async t => {
  const exits: number[] = [];
  const code = await main({
    argv: ['proxy', '--port', '0', '--quiet'],
    env: {},
    cwd: '/',
    stdout: {write: () => true},
    stderr: {write: () => true},
    now: () => new Date(),
    onSignal(handler) {
      handler('SIGINT');
      handler('SIGTERM');
      return () => {};
    },
    onUncaught: () => {},
    relaunch: () => {},
    exit: code => exits.push(code),
  });
  t.deepEqual(exits, [143]);
  t.is(code, 0);
});

const refuses = test.macro(async (t, config: unknown, statement: RegExp, argv: readonly string[] = []) => {
  const place = await openPlace(t);
  const file = config === undefined ? [] : ['--config', await configFile(t, config)];
  const answer = await place.call(['proxy', '--port', '0', ...file, ...argv]);
  t.is(answer.code, 64);
  t.is(answer.stdout, '');
  t.regex(answer.stderr, statement);
  t.notRegex(answer.stderr, /FW_INTERNAL|\n\s+at /);
});

const web = {name: 'web', listen: '127.0.0.1:0', upstream: '127.0.0.1:1'};
test(
  'a config that is not JSON',
  refuses,
  '[{',
  /proxies\.json is not valid JSON: .*\n.*array of proxies, such as .*\(FW_PROXY_CONFIG\)/,
);
test('a config that is no array', refuses, {web}, /is not an array of proxies\.\n.*\(FW_PROXY_CONFIG\)/);
test(
  'a config with a field missing',
  refuses,
  [web, {name: 'db'}],
  /missing required field: upstream at proxy 2\.\n.*\(FW_PROXY_CONFIG\)/,
);
test(
  'a config with a field of the wrong type',
  refuses,
  [{...web, listen: 1}],
  /cannot unmarshal number.*\n.*\(FW_PROXY_CONFIG\)/,
);
test(
  'a config with a toxic that is none',
  refuses,
  [web, {...web, name: 'db', toxics: [{type: 'latency'}, {type: 'later'}]}],
  /toxic 2 of proxy db: invalid toxic type\.\n.*\(FW_PROXY_CONFIG\)/,
);
test(
  'a config with the same toxic twice',
  refuses,
  [{...web, toxics: [{type: 'latency'}, {type: 'latency'}]}],
  /toxic 2 of proxy web: toxic already exists\.\n.*\(FW_PROXY_CONFIG\)/,
);
test(
  'a config with toxics that are no array',
  refuses,
  [web, {...web, name: 'db', toxics: {type: 'latency'}}],
  /toxics must be an array at proxy 2\.\n.*\(FW_PROXY_CONFIG\)/,
);
test(
  'a config that is not there',
  refuses,
  undefined,
  /Cannot read nowhere\.json: ENOENT.*\n.*--config.*\(FW_PROXY_CONFIG\)/,
  ['--config', 'nowhere.json'],
);
test(
  'a host that is none of this machine',
  refuses,
  undefined,
  /cannot listen on 192\.0\.2\.1:0: 192\.0\.2\.1 is not an address of this machine\.\n.*--host.*\(FW_PROXY_LISTEN\)/,
  ['--host', '192.0.2.1'],
);
test('a host with a port', refuses, undefined, /--host.*without a port/, ['--host', 'http://x']);
test('a port beyond the last', refuses, undefined, /--port.*whole number from 0 to 65535/, [
  '--port',
  '70000',
]);
test('a seed that is none', refuses, undefined, /--seed.*whole number/, ['--seed', 'x']);

const occupy = async (t: Pick<ExecutionContext, 'teardown'>): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
};

test('a taken port of the API', async t => {
  const port = await occupy(t);
  const place = await openPlace(t);
  const answer = await place.call(['proxy', '--port', String(port)]);
  t.is(answer.code, 64);
  t.true(answer.stderr.includes(`cannot listen on 127.0.0.1:${port}: the port is in use.`));
  t.regex(answer.stderr, /--port 0 takes a free one.*\(FW_PROXY_LISTEN\)/);
});

test('without --port it listens at 8474, as Toxiproxy does', async t => {
  const running = await startAnywhere(t);
  if (running.process.exitCode !== null) {
    await running.exited; // By then all that it said is there.
    t.true(running.output.stderr.includes('cannot listen on 127.0.0.1:8474: the port is in use.'));
    console.error(
      'Not tried at port 8474, which is taken on this machine; it is the port that was asked for.',
    );
    return;
  }
  t.is(running.url, 'http://127.0.0.1:8474');
  t.is((await fetch(`${running.url}/version`)).status, 200);
  running.process.kill('SIGTERM');
  t.deepEqual(await running.exited, {code: 0, signal: null});
});

test('when one proxy of the config cannot start, the others and the API end too', async t => {
  const port = await occupy(t);
  const config = await configFile(t, [
    web,
    {name: 'taken', listen: `127.0.0.1:${port}`, upstream: '127.0.0.1:1'},
  ]);
  const running = await startProxy(t, '--config', config);
  // The process can only end by itself when nothing is left open.
  t.deepEqual(await running.exited, {code: 64, signal: null});
  t.is(running.output.stdout, '');
  t.true(running.output.stderr.includes(`listen tcp 127.0.0.1:${port}: bind: address already in use.`));
  t.regex(running.output.stderr, /\(FW_PROXY_START\)/);
});

const toxiproxyCli = process.env['FOULWEATHER_TOXIPROXY_CLI'];
if (toxiproxyCli === undefined) {
  console.error("Not tried with Toxiproxy's own command line: set FOULWEATHER_TOXIPROXY_CLI to its binary.");
} else {
  test("Toxiproxy's own command line works with it", async t => {
    const {url} = await startProxy(t);
    const call = async (...argv: readonly string[]): Promise<string> =>
      (await promisify(execFile)(toxiproxyCli, ['--host', url, ...argv])).stdout;
    t.regex(await call('create', '-l', '127.0.0.1:0', '-u', '127.0.0.1:1', 'web'), /Created new proxy web/);
    t.regex(
      await call('toxic', 'add', '-t', 'latency', '-a', 'latency=100', '-n', 'slow', 'web'),
      /Added downstream latency toxic 'slow' on proxy 'web'/,
    );
    t.regex(await call('inspect', 'web'), /slow.*type=latency.*stream=downstream.*latency=100/s);
    t.regex(await call('toxic', 'update', '-n', 'slow', '-a', 'latency=5', 'web'), /Updated toxic 'slow'/);
    t.regex(await call('toggle', 'web'), /Proxy web is now disabled/);
    t.regex(await call('list'), /web.*disabled/s);
    t.regex(await call('toxic', 'delete', '-n', 'slow', 'web'), /Removed toxic 'slow'/);
    t.regex(await call('delete', 'web'), /Deleted proxy web/);
  });
}
