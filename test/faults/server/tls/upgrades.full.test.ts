// TLS that begins in the midst of a protocol, with real servers and clients: TLS faults act on it as they do on any other, and
// where it ends at the injector, errors of the server are said inside.
import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {type AddressInfo, connect} from 'node:net';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {createServer as createTlsServer} from 'node:tls';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import mysql, {type RowDataPacket} from 'mysql2/promise';
import nodemailer from 'nodemailer';
import pg from 'pg';
import postgres from 'postgres';
import {SMTPServer} from 'smtp-server';
import {Authority, type ServerCertificate, validNow} from '../../../../src/certificates/authority.ts';
import type {Toxic} from '../../../helpers/proxy-scene.ts';
import {temporaryFolder} from '../../../helpers/run-folders.ts';
import {until} from '../../../helpers/run-until.ts';
import {startSecured} from '../../../helpers/secure-server.ts';
import {ServerScene} from '../../../helpers/server-scene.ts';

const limitMs = 90_000;

/** `ca`: what the client trusts, PEM. */
type Asked = {readonly url: URL; readonly ca: string};
/** Connects, has the server say whether it is encrypted, and gives a command on which errors are said. */
type Ask = (asked: Asked) => Promise<'encrypted' | 'plain'>;

type Case = {
  readonly protocol: string;
  readonly clients: Readonly<Record<string, Ask>>;
  /** What the server says at the command, and at the connect, and what clients make of both. */
  readonly errors: readonly (readonly [attributes: Readonly<Record<string, string>>, says: RegExp])[];
};

const encryptedOr = (isEncrypted: boolean): 'encrypted' | 'plain' => (isEncrypted ? 'encrypted' : 'plain');

/** What came of it, in words. */
const outcome = async (asking: Promise<string>): Promise<string> => {
  try {
    return await asking;
  } catch (error) {
    // Of a program the message has the whole command line.
    const {code, message, stderr} = error as Error & {readonly code?: unknown; readonly stderr?: string};
    return `${String(code)} ${stderr ?? message}`;
  }
};

const authority = Authority.create('the server’s authority');

/** Clients that verify the host look for the name that they were given, or for `localhost`. */
const certificateOf = async (): Promise<ServerCertificate> =>
  (await authority).issue({hosts: ['localhost', '127.0.0.1'], ...validNow()});

const faults: readonly (readonly [Toxic, RegExp])[] = [
  [{type: 'tls_close', attributes: {reset: true}}, /ECONNRESET|disconnected|reset|closed|2013|2026|EOF/i],
  [{type: 'tls_alert', attributes: {alert: 80}}, /internal.error|2026/i],
  [{type: 'tls_certificate', attributes: {problem: 'expired'}}, /expired|2026/i],
  [{type: 'tls_certificate', attributes: {problem: 'wrong-host'}}, /altnames|mismatch|2026/i],
];

const actsAtUpgrade = async (t: ExecutionContext, server: URL, {protocol, clients, errors}: Case) => {
  const scene = await ServerScene.before(t, server, protocol);
  const url = new URL(scene.address);
  url.hostname = 'localhost';
  const [own, injectors] = [(await authority).cert, await scene.authority()];
  for (const [name, ask] of Object.entries(clients)) {
    const asks = (ca: string) => outcome(ask({url, ca}));
    t.is(await asks(own), 'encrypted', `${name}: what is inside passes unread`);
    t.regex(await asks(injectors), /certificate|verify|trusted|2026/i, `${name}: TLS is the server's own`);
    for (const [toxic, says] of faults) {
      const fault = `${name}-${toxic.type}-${JSON.stringify(toxic.attributes)}`.replace(/[^\w-]/g, '');
      const seen = await scene.during({...toxic, name: fault}, () => asks(`${own}${injectors}`));
      t.regex(seen, says, `${name}: ${fault}`);
      t.like((await scene.witness()).faults[fault], {connectionsHit: 1, actions: 1}, fault);
    }
  }
  const {protocol: unread} = await scene.witness();
  t.is(unread?.tlsConnections, unread?.followedConnections);
  t.is(unread?.lostConnections, 2 * Object.keys(clients).length, 'those that no fault took');
  t.is(unread?.lastLost, 'the connection is encrypted (TLS)');

  await scene.intercept(own);
  for (const [name, ask] of Object.entries(clients)) {
    const asks = (ca = injectors) => outcome(ask({url, ca}));
    const {lostConnections} = (await scene.witness()).protocol!;
    t.is(await asks(), 'encrypted', name);
    for (const [attributes, says] of errors) {
      const seen = await scene.during({type: `${protocol}_error`, attributes}, () => asks());
      t.regex(seen, says, `${name}: ${attributes['error']} inside of TLS`);
      const hit = (await scene.hits()).at(-1)!;
      t.like(hit, {method: attributes['command'] ?? '', protocol}, name);
    }
    t.is(await asks(), 'encrypted', `${name}: afterwards`);
    const expired: Toxic = {type: 'tls_certificate', name: `${name}-late`, attributes: {problem: 'expired'}};
    t.regex(await scene.during(expired, () => asks()), /expired|2026/i, name);
    t.is((await scene.witness()).protocol!.lostConnections, lostConnections, name);
    t.regex(
      await asks(own),
      /certificate|verify|trusted|2026/i,
      `${name}: it sees the injector's certificate`,
    );
    const isLost = async () => (await scene.witness()).protocol!.lostConnections > lostConnections;
    await until(isLost, 10_000, 'that the witness says so');
    t.regex((await scene.witness()).protocol!.lastLost!, /^TLS that (?:ended|the client broke off) /, name);
  }
  t.is((await scene.witness()).failedConnections, 0);
};

const sslOf = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';

const withPg: Ask = async ({url, ca}) => {
  const {hostname: host, port, username: user, pathname, searchParams} = url;
  const client = new pg.Client({
    ...{host, port: Number(port), user, database: pathname.slice(1)},
    ssl: {ca},
    sslnegotiation: searchParams.get('sslnegotiation') === 'direct' ? 'direct' : 'postgres',
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const {rows} = await client.query(sslOf);
    await client.query('reset all');
    return encryptedOr(rows[0]?.ssl === true);
  } finally {
    void client.end().catch(() => {});
  }
};

const withPostgresJs: Ask = async ({url, ca}) => {
  const sql = postgres(String(url), {max: 1, ssl: {ca}, onnotice() {}, connect_timeout: 5});
  try {
    const [row] = await sql.unsafe(sslOf);
    await sql.unsafe('reset all');
    return encryptedOr(row?.['ssl'] === true);
  } finally {
    void sql.end({timeout: 0});
  }
};

const postgresCase: Case = {
  protocol: 'postgres',
  clients: {pg: withPg, 'postgres.js': withPostgresJs},
  errors: [
    [{error: '40001', command: 'RESET'}, /^40001 could not serialize access/],
    [{error: '57P03'}, /^57P03 the database system is starting up/],
  ],
};

/** As PostgreSQL 17 takes it: from the start, by the protocol's name, in front of a server that is older. */
const directTo = async (t: ExecutionContext, server: URL): Promise<URL> => {
  const options = {...(await certificateOf()), ALPNProtocols: ['postgresql']};
  const listener = createTlsServer(options, socket => {
    const inner = connect({host: server.hostname, port: Number(server.port)});
    const close = () => {
      socket.destroy();
      inner.destroy();
    };
    for (const side of [socket, inner]) side.on('error', close).on('close', close);
    if (socket.alpnProtocol === 'postgresql') socket.pipe(inner).pipe(socket);
    else close();
  });
  listener.on('tlsClientError', () => {});
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  t.teardown(() => listener.close());
  const url = new URL(server);
  url.port = String((listener.address() as AddressInfo).port);
  url.search = '?sslnegotiation=direct';
  return url;
};

test('PostgreSQL: after a request for it, and from the start', async t => {
  t.timeout(limitMs);
  const server = await startSecured(t, 'postgres', await certificateOf());
  await actsAtUpgrade(t, server, postgresCase);

  // A handshake stands still where its exchange does: after the request and its answer.
  const still = await ServerScene.before(t, server, 'postgres');
  const stall: Toxic = {type: 'stall', name: 'still', exchange: 4, cut: 'before', attributes: {both: true}};
  const waiting = new pg.Client({
    connectionString: String(still.address),
    ssl: {ca: (await authority).cert},
    connectionTimeoutMillis: 1000,
  });
  waiting.on('error', () => {});
  t.regex(await outcome(still.during(stall, () => waiting.connect().then(() => 'connected'))), /timeout/);
  t.is((await still.witness()).faults['still']?.connectionsHit, 1);

  const scene = await ServerScene.before(t, await directTo(t, server), 'postgres');
  const url = new URL(scene.address);
  url.hostname = 'localhost';
  const [own, injectors] = [(await authority).cert, await scene.authority()];
  const {clients} = postgresCase;
  for (const ask of Object.values(clients)) t.is(await outcome(ask({url, ca: own})), 'plain');
  t.is((await scene.witness()).protocol?.lastLost, 'the connection is encrypted (TLS)');
  await scene.intercept(own);
  for (const [name, ask] of Object.entries(clients)) {
    const asks = () => outcome(ask({url, ca: injectors}));
    t.is(await asks(), 'plain', name);
    for (const [attributes, says] of postgresCase.errors)
      t.regex(await scene.during({type: 'postgres_error', attributes}, asks), says, name);
    const alert: Toxic = {type: 'tls_alert', attributes: {alert: 80}};
    t.regex(await scene.during(alert, asks), /internal error/, name);
  }
});

const withMysql2: Ask = async ({url, ca}) => {
  const client = await mysql.createConnection({
    uri: String(url),
    ssl: {ca, verifyIdentity: true},
    connectTimeout: 5000,
  });
  client.on('error', () => {});
  try {
    const [rows] = await client.query<RowDataPacket[]>("show status like 'Ssl_cipher'");
    await client.query('do 1');
    return encryptedOr(rows[0]?.['Value'] !== '');
  } finally {
    client.destroy();
  }
};

const withMariadb =
  (folder: string): Ask =>
  async ({url, ca}) => {
    const file = join(folder, 'ca.pem');
    await writeFile(file, ca);
    const place = ['-h', url.hostname, '--protocol=TCP', '-P', url.port, '-u', 'root', '-N', 'test'];
    const {stdout} = await promisify(execFile)('mariadb', [
      '--no-defaults',
      '--ssl-verify-server-cert',
      `--ssl-ca=${file}`,
      ...place,
      ...['-e', "show status like 'Ssl_cipher'; do 1"],
    ]);
    return encryptedOr(/Ssl_cipher\s+\S/.test(stdout));
  };

test('MariaDB: after the greeting', async t => {
  t.timeout(limitMs);
  const server = await startSecured(t, 'mariadb', await certificateOf());
  await actsAtUpgrade(t, server, {
    protocol: 'mysql',
    clients: {mysql2: withMysql2, mariadb: withMariadb(await temporaryFolder(t))},
    errors: [
      [{error: '1205', command: 'DO'}, /Lock wait timeout exceeded/],
      [{error: '1045'}, /Access denied/],
    ],
  });
});

const mail = {from: 'me@mail.example', to: ['defaults-1-7@mail.example'], text: 'Hello.'};

/** The server answers how each mail came. */
const startMailServer = async (t: ExecutionContext): Promise<URL> => {
  const server = new SMTPServer({
    ...(await certificateOf()),
    disabledCommands: ['AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, {secure}, accept) {
      buffer(stream).then(
        () => accept(null, encryptedOr(secure)),
        (error: Error) => accept(error),
      );
    },
  });
  server.on('error', () => {});
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  t.teardown(() => server.close());
  return new URL(`smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`);
};

const withNodemailer: Ask = async ({url, ca}) => {
  const {hostname, port} = url;
  const options = {host: hostname, port: Number(port), requireTLS: true, tls: {ca}};
  const {response} = await nodemailer.createTransport(options).sendMail(mail);
  return encryptedOr(response.endsWith('encrypted'));
};

const script = `
import smtplib, ssl, sys
trusted = ssl.create_default_context(cadata=sys.argv[3])
with smtplib.SMTP(sys.argv[1], int(sys.argv[2]), timeout=10) as smtp:
    smtp.starttls(context=trusted)
    smtp.ehlo()
    smtp.mail('me@mail.example')
    smtp.rcpt('b@mail.example')
    print(smtp.data('Subject: x\\r\\n\\r\\nHello.')[1].decode())
`;

const withSmtplib: Ask = async ({url, ca}) => {
  const {stdout} = await promisify(execFile)('python3', ['-c', script, url.hostname, url.port, ca]);
  return encryptedOr(stdout.trim().endsWith('encrypted'));
};

test('SMTP: after STARTTLS', async t => {
  t.timeout(limitMs);
  await actsAtUpgrade(t, await startMailServer(t), {
    protocol: 'smtp',
    clients: {nodemailer: withNodemailer, smtplib: withSmtplib},
    errors: [[{error: '452', command: 'DATA'}, /452/]],
  });
});
