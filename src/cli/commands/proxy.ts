// foulweather proxy: the injector on its own, as a server to use in Toxiproxy's place.
import {isIPv4} from 'node:net';
import {type Command, InvalidArgumentError} from 'commander';
import type {Injector, InjectorOptions} from '../../faults/server/injector.ts';
import {messageOf} from '../../model/error-message.ts';
import {exitCodes, FoulweatherError} from '../../model/errors.ts';
import type {CliIo} from '../cli-io.ts';
import {colours} from '../colours.ts';
import {readProxyConfig, startProxies} from '../proxy-config.ts';
import {logChanges, proxyLine} from '../proxy-log.ts';
import type {Session} from '../session.ts';
import {wholeNumber} from '../whole-number.ts';

type Options = {
  readonly host: string;
  readonly port: number;
  readonly config?: string;
  readonly seed: number;
  readonly metrics?: boolean;
  readonly quiet?: boolean;
};

const hostName = (text: string): string => {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  if (/^[\w.:%-]+$/.test(host)) return host;
  throw new InvalidArgumentError('Give an address or a name, such as 127.0.0.1, without a port.');
};

export const addProxyCommand = (root: Command, session: Session): void => {
  root
    .command('proxy')
    .description("run the fault injector on its own: a server with Toxiproxy's API")
    .option('--host <address>', 'where the API listens', hostName, '127.0.0.1')
    .option('--port <number>', 'the port of the API; 0 takes a free one', wholeNumber(0, 65_535), 8474)
    .option('--config <file>', "proxies to start with, in Toxiproxy's JSON format")
    .option('--seed <number>', 'seed of all decisions', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--metrics', "serve GET /metrics in Prometheus' text format")
    .option('--quiet', 'do not log proxies and toxics that are added, changed or removed')
    .option('--no-color', 'plain output without colors')
    .action(async (options: Options) => {
      await serve(session.io, options);
      session.exitCode = exitCodes.met;
    });
};

/** Serves until a signal comes. */
const serve = async (io: CliIo, options: Options): Promise<void> => {
  const signals = waitForSignal(io);
  try {
    const config = options.config === undefined ? undefined : await readProxyConfig(options.config, io.cwd);
    const injector = await start(io, options);
    try {
      const proxies = config === undefined ? [] : await startProxies(injector, options.config ?? '', config);
      io.stdout.write(
        [
          `Toxiproxy's API at ${injector.url}, seed ${options.seed}${options.metrics ? ', metrics at /metrics' : ''}`,
          ...proxies.map(proxy => `proxy ${proxyLine(proxy)}`),
          'Ctrl-C stops it.\n',
        ].join('\n'),
      );
      if (!isLoopback(injector.host)) io.stderr.write(warning(io, injector.host));
      await signals.first;
    } finally {
      await injector.close();
    }
  } finally {
    signals.forget();
  }
  if (!options.quiet) io.stderr.write('Stopped: all proxies and connections are closed.\n');
};

/** The first signal asks for a clean stop; the second one is answered at once. */
const waitForSignal = (io: CliIo): {readonly first: Promise<void>; readonly forget: () => void} => {
  const {promise: first, resolve} = Promise.withResolvers<void>();
  let count = 0;
  const forget = io.onSignal(signal => {
    if (++count > 1) io.exit(signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated);
    resolve();
  });
  return {first, forget};
};

const start = async (io: CliIo, {host, port, seed, metrics, quiet}: Options): Promise<Injector> => {
  const {startInjector} = await import('../../faults/server/injector.ts');
  const settings: InjectorOptions = {host, port, seed, metrics: metrics === true};
  try {
    return await startInjector(quiet ? settings : {...settings, changed: logChanges(io.stderr, io.now)});
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const [reason, hint] = listenProblem(String(code), {host, port}, cause);
    throw new FoulweatherError(
      'FW_PROXY_LISTEN',
      `The API cannot listen at ${host}:${port}: ${reason}.`,
      hint,
      {
        cause,
      },
    );
  }
};

const listenProblem = (
  code: string,
  {host, port}: Pick<Options, 'host' | 'port'>,
  cause: unknown,
): readonly [reason: string, hint: string] => {
  switch (code) {
    case 'EADDRINUSE':
      return [
        'the port is taken',
        `End what listens there (perhaps a Toxiproxy), or give another: --port ${port === 65_535 ? 0 : port + 1}; --port 0 takes a free one.`,
      ];
    case 'EACCES':
      return ['that port is not permitted', 'Give a port above 1023 with --port.'];
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [
        `${host} is no address of this machine`,
        'Give --host an address of this machine: 127.0.0.1 is the default.',
      ];
    default:
      return [messageOf(cause), 'Give another address with --host or --port.'];
  }
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

const warning = (io: CliIo, host: string): string => {
  const {bold, yellow} = colours(io, io.stderr);
  return `${yellow(bold('warning'))} The API at ${host} asks nobody who they are: whoever reaches it can open ports here and reach other hosts through them.\n`;
};
