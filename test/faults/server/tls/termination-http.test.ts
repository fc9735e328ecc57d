// HTTP faults inside of TLS, which ends at the injector: the protocol, the certificate and the host are those of the target.
import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createSecureServer, type SecureServerOptions} from 'node:http2';
import {createServer as createHttpsServer} from 'node:https';
import {type AddressInfo, createServer as createTcpServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {connect as connectTls, createServer as createTlsServer, type TLSSocket} from 'node:tls';
import test, {type ExecutionContext} from 'ava';
import {Agent, request} from 'undici';
import {
  Authority,
  type CertificateRequest,
  expired,
  validNow,
} from '../../../../src/certificates/authority.ts';
import {type Injector, startInjector} from '../../../../src/faults/server/injector.ts';
import type {HttpHit, ProxyWitness} from '../../../../src/model/proxy-witness.ts';
import type {Toxic} from '../../../helpers/proxy-scene.ts';
import {until} from '../../../helpers/run-until.ts';
import {api, type ProxyJson} from '../../../helpers/toxiproxy-request.ts';

let injector: Injector;
let authority: Authority;
let ca: string;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
  authority = await Authority.create('the target’s authority');
  ca = await (await fetch(`${injector.url}/foulweather/ca.pem`)).text();
});
test.after.always(() => injector.close());

const body = 'x'.repeat(1000);

type Options = SecureServerOptions &
  Partial<CertificateRequest> & {
    readonly isHttp1?: boolean;
    /** What the injector asks the target for. */
    readonly host?: string;
    /** Where the proxy listens. */
    readonly listen?: string;
  };

type Before = {
  readonly port: number;
  readonly trusts: string | null;
  readonly names?: string[];
  readonly requests?: string[];
  readonly listen?: string;
};

let lastNumber = 0;

class Scene {
  readonly #names: string[] = [];
  readonly requests: string[] = [];
  readonly address: string;
  readonly name: string;

  private constructor(proxy: ProxyJson, serverNames: string[], requests: string[]) {
    this.address = `127.0.0.1:${proxy.listen.slice(proxy.listen.lastIndexOf(':') + 1)}`;
    this.name = proxy.name;
    this.#names = serverNames;
    this.requests = requests;
  }

  /** The hosts that the target was asked for by SNI. */
  get serverNames(): readonly string[] {
    return this.#names;
  }

  /** `trusts`: the authorities that the injector is given; null: HTTP is not followed before there is a fault. */
  static async open(
    t: ExecutionContext,
    options: Options = {},
    trusts: string | null = authority.cert,
  ): Promise<Scene> {
    const {
      hosts = ['127.0.0.1', 'things.example'],
      notBeforeMs,
      notAfterMs,
      isHttp1 = false,
      host,
      listen,
      ...server
    } = options;
    const time =
      notBeforeMs === undefined || notAfterMs === undefined ? validNow() : {notBeforeMs, notAfterMs};
    const certificate = await authority.issue({hosts, ...time});
    const requests: string[] = [];
    const names: string[] = [];
    const target = isHttp1
      ? createHttpsServer({...certificate, ALPNProtocols: ['http/1.1']}, (asked, answer) => {
          requests.push(`${asked.httpVersion} ${asked.method} ${asked.url} ${asked.headers.host}`);
          answer.end(body);
        })
      : createSecureServer({...certificate, allowHTTP1: true, ...server}, (asked, answer) => {
          requests.push(
            `${asked.httpVersion} ${asked.method} ${asked.url} ${asked.headers.host ?? asked.authority}`,
          );
          asked.resume();
          asked.on('end', () => answer.end(body));
        });
    target.on('secureConnection', (socket: TLSSocket) => {
      if (typeof socket.servername === 'string') names.push(socket.servername);
    });
    target.on('tlsClientError', () => {});
    target.listen(0, '127.0.0.1');
    await once(target, 'listening');
    t.teardown(() => target.close());
    const {port} = target.address() as AddressInfo; // a string only for pipes
    const scene = await Scene.before(t, {
      port,
      trusts,
      names,
      requests,
      ...(listen !== undefined && {listen}),
    });
    if (host !== undefined) {
      const interception = {authorities: trusts, host};
      await api(injector.url, 'POST', `/foulweather/proxies/${scene.name}/interception`, interception);
    }
    return scene;
  }

  static async before(
    t: ExecutionContext,
    {port, trusts, names = [], requests = [], listen = '127.0.0.1:0'}: Before,
  ): Promise<Scene> {
    const name = `inside-${++lastNumber}`;
    const proxy = {name, listen, upstream: `127.0.0.1:${port}`};
    const scene = new Scene(await api<ProxyJson>(injector.url, 'POST', '/proxies', proxy), names, requests);
    if (trusts !== null) {
      const interception = {authorities: trusts};
      await api(injector.url, 'POST', `/foulweather/proxies/${name}/interception`, interception);
    }
    t.teardown(() => api(injector.url, 'DELETE', `/proxies/${name}`));
    return scene;
  }

  add(toxic: Toxic): Promise<unknown> {
    return api(injector.url, 'POST', `/proxies/${this.name}/toxics`, toxic);
  }

  remove(name: string): Promise<unknown> {
    return api(injector.url, 'DELETE', `/proxies/${this.name}/toxics/${name}`);
  }

  hits(): Promise<readonly HttpHit[]> {
    return api(injector.url, 'GET', `/foulweather/proxies/${this.name}/hits`);
  }

  witness(): Promise<ProxyWitness> {
    return api(injector.url, 'GET', `/foulweather/proxies/${this.name}/witness`);
  }

  /** What undici says on a new connection: the status and the bytes of the body, or the error's code. */
  async ask(allowH2: boolean, trusted: readonly string[] = [ca], servername?: string): Promise<string> {
    const agent = new Agent({
      allowH2,
      bodyTimeout: 500,
      headersTimeout: 500,
      connect: {ca: [...trusted], ...(servername !== undefined && {servername})},
    });
    try {
      const {statusCode, body: answer} = await request(`https://${this.address}/things/op-3`, {
        dispatcher: agent,
      });
      return `${statusCode} ${(await answer.text()).length}`;
    } catch (error) {
      return String((error as NodeJS.ErrnoException).code);
    } finally {
      await agent.destroy();
    }
  }
}

for (const [allowH2, version] of [
  [true, '2.0'],
  [false, '1.1'],
] as const) {
  test(`HTTP/${version}: requests pass, and faults act on them`, async t => {
    const scene = await Scene.open(t);
    t.is(await scene.ask(allowH2), '200 1000');
    t.deepEqual(scene.requests, [`${version} GET /things/op-3 ${scene.address}`]);
    await scene.add({
      type: 'http_status',
      name: 'f',
      attributes: {status: 503, body: 'busy', path: '/things/*'},
    });
    t.is(await scene.ask(allowH2), '503 4');
    t.is(scene.requests.length, 1);
    t.like((await scene.hits())[0], {
      method: 'GET',
      path: '/things/op-3',
      operationId: 'op-3',
      action: 'status-503',
    });
    await scene.remove('f');
    await scene.add({type: 'http_fault', name: 'g', attributes: {action: 'abort', cut_ratio: 0.5}});
    t.is(await scene.ask(allowH2), allowH2 ? 'ERR_HTTP2_STREAM_ERROR' : 'ECONNRESET');
    await scene.remove('g');
    await scene.add({type: 'http_fault', name: 'h', attributes: {action: 'hang'}});
    t.regex(await scene.ask(allowH2), /TIMEOUT/);
    await scene.remove('h');
    t.is(await scene.ask(allowH2), '200 1000');
    await until(
      async () => (await scene.witness()).openConnections === 0,
      10_000,
      'the end of all connections',
    );
    t.like(await scene.witness(), {failedConnections: 0, lastFailure: null});
  });

  test(`HTTP/${version}: a fault reaches a live connection`, async t => {
    const scene = await Scene.open(t);
    const agent = new Agent({allowH2, connections: 1, connect: {ca: [ca]}});
    t.teardown(() => agent.destroy());
    const ask = async (): Promise<number> => {
      const {statusCode, body: answer} = await request(`https://${scene.address}/`, {dispatcher: agent});
      await answer.dump();
      return statusCode;
    };
    t.is(await ask(), 200);
    await scene.add({type: 'http_status', name: 'f', attributes: {status: 418}});
    t.is(await ask(), 418);
    await scene.remove('f');
    t.is(await ask(), 200);
    t.is((await scene.witness()).openedConnections, 1);
  });
}

test('without interception a fault ends TLS on new connections', async t => {
  const scene = await Scene.open(t, {}, null);
  t.is(await scene.ask(true, [authority.cert]), '200 1000');
  await scene.add({type: 'http_status', name: 'f', attributes: {status: 418}});
  // The target's authority is not known to the injector.
  t.is(await scene.ask(true), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  await until(async () => (await scene.witness()).openConnections === 0, 10_000, 'the end');
  t.like((await scene.witness()).faults['f'], {
    actions: 0,
    missed: {"TLS that the client broke off because of the injector's certificate": 1},
  });
});

test('the target is asked for the host that the client asks for', async t => {
  const scene = await Scene.open(t);
  t.is(await scene.ask(true, [ca], 'things.example'), '200 1000');
  t.deepEqual(scene.serverNames, ['things.example']);
});

test('a client finds in the certificate what it would find in the target’s', async t => {
  const other = await Scene.open(t, {hosts: ['other.example']});
  t.is(await other.ask(true), 'ERR_TLS_CERT_ALTNAME_INVALID');
  const old = await Scene.open(t, expired());
  t.is(await old.ask(true), 'CERT_HAS_EXPIRED');
  const stranger = await Scene.open(t, {}, '');
  t.is(await stranger.ask(true), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
});

for (const [allowH2, version] of [
  [true, '2.0'],
  [false, '1.1'],
] as const) {
  test(`HTTP/${version}: a target of a name is asked for it by a client that knows the proxy’s address`, async t => {
    const scene = await Scene.open(t, {hosts: ['things.example'], host: 'things.example:8443'});
    t.is(await scene.ask(allowH2), '200 1000');
    t.deepEqual(scene.requests, [`${version} GET /things/op-3 things.example:8443`]);
    t.deepEqual(scene.serverNames, ['things.example']);
    await scene.add({type: 'http_status', name: 'f', attributes: {status: 503}});
    t.is(await scene.ask(allowH2), '503 0');
    const other = await Scene.open(t, {hosts: ['other.example'], host: 'things.example'});
    t.is(await other.ask(allowH2), 'ERR_TLS_CERT_ALTNAME_INVALID');
  });
}

test('a proxy that listens on all addresses knows the one that a client asked', async t => {
  const scene = await Scene.open(t, {hosts: ['things.example'], host: 'things.example', listen: '0.0.0.0:0'});
  for (const allowH2 of [true, false]) t.is(await scene.ask(allowH2), '200 1000');
  t.deepEqual(scene.requests, ['2.0 GET /things/op-3 things.example', '1.1 GET /things/op-3 things.example']);
});

test('a target that speaks only HTTP/1.1 is spoken to so', async t => {
  const scene = await Scene.open(t, {isHttp1: true});
  t.is(await scene.ask(true), '200 1000');
  t.deepEqual(scene.requests, [`1.1 GET /things/op-3 ${scene.address}`]);
});

test('a target that wants a client’s certificate: the fault hits nothing, and it is said why', async t => {
  const scene = await Scene.open(t, {requestCert: true, rejectUnauthorized: true, ca: authority.cert});
  await scene.add({type: 'http_slow_body', name: 'f'});
  t.not(await scene.ask(false), '200 1000');
  const missed = async () => (await scene.witness()).faults['f']?.missed;
  await until(async () => (await missed()) !== undefined, 10_000, 'the reason');
  // Its alert is lost where it resets the connection after it.
  const [reason] = Object.keys((await missed()) ?? {});
  t.regex(
    String(reason),
    /^TLS with client certificates, which the injector cannot present$|^TLS that the target broke off before it said anything$/,
  );
});

test('what is not HTTP passes inside of TLS', async t => {
  const certificate = await authority.issue({hosts: ['127.0.0.1'], ...validNow()});
  const target = createTlsServer({...certificate}, socket => {
    socket.on('error', () => {});
    socket.write('220 hello\r\n');
    socket.pipe(socket);
  });
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  t.teardown(() => target.close());
  const {port: targetPort} = target.address() as AddressInfo; // a string only for pipes
  const scene = await Scene.before(t, {port: targetPort, trusts: authority.cert});
  await scene.add({type: 'http_status', name: 'f'});
  const [host, port] = scene.address.split(':');
  const client = connectTls({host: String(host), port: Number(port), ca});
  t.teardown(() => client.destroy());
  let text = '';
  client.on('data', data => {
    text += data;
  });
  await until(() => text === '220 hello\r\n', 10_000, 'the greeting');
  client.write('EHLO x\r\n');
  await until(() => text.endsWith('EHLO x\r\n'), 10_000, 'the echo');
  t.deepEqual((await scene.witness()).faults['f']?.missed, {
    'a protocol in which the server speaks first': 1,
  });
});

test('a client that gives up a handshake is not taken for a target that breaks it off', async t => {
  const target = createTcpServer(socket => socket.on('error', () => {}));
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  t.teardown(() => target.close());
  const {port: targetPort} = target.address() as AddressInfo; // a string only for pipes
  const scene = await Scene.before(t, {port: targetPort, trusts: authority.cert});
  await scene.add({type: 'http_status', name: 'f'});
  const [host, port] = scene.address.split(':');
  const client = connectTls({host: String(host), port: Number(port), ca});
  client.on('error', () => {});
  const [accepted] = await once(target, 'connection');
  await once(accepted, 'data');
  client.destroy();
  await until(async () => (await scene.witness()).openConnections === 0, 10_000, 'the end');
  const {faults, failedConnections} = await scene.witness();
  t.is(faults['f']?.missed, undefined);
  t.is(failedConnections, 0);
});

const curl = (args: readonly string[]): Promise<string> =>
  new Promise(resolve => {
    execFile('curl', [...args], (error, stdout) => {
      const code = error === null ? 0 : error.code;
      resolve(code === 'ENOENT' ? 'not installed' : `${code} ${stdout}`);
    });
  });

test('curl gets answers, statuses and resets by either protocol', async t => {
  const scene = await Scene.open(t);
  const folder = await mkdtemp(join(tmpdir(), 'foulweather-curl-'));
  t.teardown(() => rm(folder, {recursive: true}));
  const file = join(folder, 'ca.pem');
  await writeFile(file, ca);
  const ask = (option: string) =>
    curl([
      '-s',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code} %{http_version} %{size_download}',
      '--cacert',
      file,
      option,
      `https://${scene.address}/`,
    ]);
  const first = await ask('--http2');
  if (first === 'not installed') {
    t.pass();
    return;
  }
  t.is(first, '0 200 2 1000');
  t.is(await ask('--http1.1'), '0 200 1.1 1000');
  await scene.add({type: 'http_status', name: 'f', attributes: {status: 429}});
  t.is(await ask('--http2'), '0 429 2 0');
  t.is(await ask('--http1.1'), '0 429 1.1 0');
  await scene.remove('f');
  await scene.add({type: 'http_fault', name: 'f', attributes: {action: 'abort', cut_ratio: 0.5}});
  t.regex(await ask('--http2'), /^92 200 2 /);
  t.regex(await ask('--http1.1'), /^56 200 1.1 /);
});
