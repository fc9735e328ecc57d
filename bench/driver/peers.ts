// Other load generators, where an environment variable says where they are.
import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

const run = promisify(execFile);

type Load = {readonly url: string; readonly ratePerSecond: number; readonly durationMs: number};

export type Peer = {
  readonly name: string;
  readonly variable: string;
  /** A script of Node's, or a binary; null where it is not named. */
  readonly path: string | null;
  readonly version: (path: string) => Promise<string>;
  /** Sends requests at the rate, and resolves when the time is over. */
  readonly drive: (path: string, load: Load) => Promise<unknown>;
};

const versionIn = async (command: string, argv: readonly string[]): Promise<string> => {
  const {stdout, stderr} = await run(command, [...argv]).catch(() => ({stdout: '', stderr: ''}));
  // `go1.26.8` is of the compiler: a binary from `go install` may have no other.
  return /(?<!go)(?<![\d.])\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0] ?? 'of an unknown version';
};

const connections = 64;
const seconds = (ms: number): string => String(Math.round(ms / 1000));

/** A file with what a tool is to do, for as long as it works. */
const withScript = async (
  name: string,
  text: string,
  work: (file: string) => Promise<unknown>,
): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'foulweather-bench-'));
  try {
    const file = join(folder, name);
    await writeFile(file, text);
    await work(file);
  } finally {
    await rm(folder, {recursive: true});
  }
};

const vegeta: Omit<Peer, 'path'> = {
  name: 'Vegeta',
  variable: 'FOULWEATHER_VEGETA',
  version: binary => versionIn(binary, ['-version']),
  drive: (binary, {url, ratePerSecond, durationMs}) =>
    run('sh', [
      '-c',
      `echo "GET ${url}" | "$0" attack -rate=${ratePerSecond} -duration=${seconds(durationMs)}s >/dev/null`,
      binary,
    ]),
};

const k6: Omit<Peer, 'path'> = {
  name: 'k6',
  variable: 'FOULWEATHER_K6',
  version: binary => versionIn(binary, ['version']),
  drive(binary, {url, ratePerSecond, durationMs}) {
    const scenario = {
      executor: 'constant-arrival-rate',
      rate: ratePerSecond,
      timeUnit: '1s',
      duration: `${seconds(durationMs)}s`,
      preAllocatedVUs: 4 * connections,
    };
    const script = [
      "import http from 'k6/http';",
      `export const options = ${JSON.stringify({scenarios: {all: scenario}})};`,
      `export default () => { http.get('${url}'); };`,
      '',
    ].join('\n');
    return withScript('script.js', script, file =>
      run(binary, ['run', '--quiet', '--no-usage-report', '--no-summary', file]),
    );
  },
};

const autocannon: Omit<Peer, 'path'> = {
  name: 'autocannon',
  variable: 'FOULWEATHER_AUTOCANNON',
  version: script => versionIn(process.execPath, [script, '--version']),
  drive(script, {url, ratePerSecond, durationMs}) {
    const rate = ['-R', String(ratePerSecond), '-c', String(connections), '-d', seconds(durationMs)];
    return run(process.execPath, [script, '-j', ...rate, url]);
  },
};

const artillery: Omit<Peer, 'path'> = {
  name: 'artillery',
  variable: 'FOULWEATHER_ARTILLERY',
  version: script => versionIn(process.execPath, [script, '--version']),
  drive(script, {url, ratePerSecond, durationMs}) {
    const config = {
      target: url,
      http: {pool: connections},
      phases: [{duration: Number(seconds(durationMs)), arrivalRate: ratePerSecond}],
    };
    return withScript(
      'script.json',
      JSON.stringify({config, scenarios: [{flow: [{get: {url: '/'}}]}]}),
      file =>
        run(process.execPath, [script, 'run', '--quiet', file], {
          env: {...process.env, ARTILLERY_DISABLE_TELEMETRY: 'true'},
          maxBuffer: 2 ** 26,
        }),
    );
  },
};

export const peers: readonly Peer[] = [vegeta, k6, autocannon, artillery].map(peer => ({
  ...peer,
  path: process.env[peer.variable] || null,
}));
