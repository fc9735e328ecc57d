// foulweather proxy: the injector on its own, as a server to use in Toxiproxy's place.
import {isIPv4} from 'node:net';
import {type Command, InvalidArgumentError} from 'commander';
import type {Injector, InjectorOptions} from '../../faults/server/injector.ts';
import {messageOf} from '../../model/error-message.ts';
import {exitCodes, FoulweatherError} from '../../model/errors.ts';
import {plural} from '../../report/format.ts';
import type {CliIo, Session} from '../cli-io.ts';
import {colours} from '../colours.ts';
import {seedOption, wholeNumber} from '../options.ts';
import {readProxyConfig, startProxies} from '../proxy-config.ts';
import {logChanges, logMisses, proxyLine} from '../proxy-log.ts';

type Options = {
  readonly host: string;
  readonly port: number;
  readonly config?: string;
  readonly seed: number;
  readonly metrics?: boolean;
  readonly quiet?: boolean;
};

/**
 * Scripts that start Toxiproxy's server give it Go's flags, with one dash: `-host` would be four short ones to commander. What stands
 * before the command, and what belongs to any other, stays as it is.
 */
export const withoutGoFlags = (argv: readonly string[]): readonly string[] => {
  const at = argv.findIndex(arg => !arg.startsWith('-'));
  return argv[at] === 'proxy' ? argv.map((arg, index) => (index > at ? ownFlag(arg) : arg)) : argv;
};

const ownFlag = (arg: string): string => {
  if (/^--?proxy-metrics(?:=true)?$/.test(arg)) return '--metrics';
  return arg.replace(/^-(?=(?:host|port|config|seed)(?:=|$))/, '--');
};

const hostName = (text: string): string => {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  if (/^[\w.:%-]+$/.test(host)) return host;
  throw new InvalidArgumentError('It must be an address or a name without a port, such as 127.0.0.1.');
};

export const addProxyCommand = (root: Command, session: Session): void => {
  root
    .command('proxy')
    .description("run the fault injector on its own, as a server with Toxiproxy's API")
    .option('--host <address>', 'address of the API', hostName, '127.0.0.1')
    .option('--port <number>', 'port of the API; 0 takes a free one', wholeNumber(0, 65_535), 8474)
    .option('--config <file>', "proxies to start, in Toxiproxy's JSON format, with or without toxics")
    .addOption(seedOption())
    .option('--metrics', "serve GET /metrics in Prometheus' text format")
    .option('--quiet', 'do not log changes of proxies and toxics')
    .addHelpText(
      'after',
      "\nToxiproxy's own -host, -port, -config, -seed and -proxy-metrics work as well.\n\nExample:\n  foulweather proxy --config proxies.json --port 8474\n",
    )
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
          ...proxies.map(
            proxy =>
              `proxy ${proxyLine(proxy)}${proxy.toxicCount > 0 ? `, ${plural(proxy.toxicCount, 'toxic')}` : ''}`,
          ),
          'Press Ctrl-C to stop.\n',
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
  if (!options.quiet) io.stderr.write('Stopped. All proxies and connections are closed.\n');
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
    const log = {changed: logChanges(io.stderr, io.now), missed: logMisses(io.stderr, io.now)};
    return await startInjector(quiet ? settings : {...settings, ...log});
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const [reason, hint] = listenProblem(String(code), {host, port}, cause);
    throw new FoulweatherError(
      'FW_PROXY_LISTEN',
      `The API cannot listen on ${host}:${port}: ${reason}.`,
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
        'the port is in use',
        `Stop what listens there (another Toxiproxy?), or use another port, such as --port ${port === 65_535 ? 0 : port + 1}; --port 0 takes a free one.`,
      ];
    case 'EACCES':
      return ['permission denied', 'Use a port above 1023: --port 8474.'];
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [
        `${host} is not an address of this machine`,
        'Use one of its addresses with --host; the default is 127.0.0.1.',
      ];
    default:
      return [messageOf(cause), 'Use another address with --host or --port.'];
  }
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

const warning = (io: CliIo, host: string): string => {
  const {bold, yellow} = colours(io, io.stderr);
  return `${yellow(bold('warning:'))} The API at ${host} has no authentication: anyone who can reach it can open ports on this machine and reach other hosts through them.\n`;
};
