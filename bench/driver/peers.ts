// Other load generators, where they are installed: FOULWEATHER_AUTOCANNON, FOULWEATHER_ARTILLERY, FOULWEATHER_VEGETA and
// FOULWEATHER_K6 name them.
import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

const run = promisify(execFile);

type Drive = {readonly url: string; readonly ratePerSecond: number; readonly durationMs: number};

export type Peer = {
  readonly name: string;
  readonly version: () => Promise<string>;
  /** Resolves with the tool's own figures. */
  readonly drive: (drive: Drive) => Promise<string>;
};

const versionIn = async (command: string, argv: readonly string[]): Promise<string> => {
  const {stdout, stderr} = await run(command, [...argv]).catch(() => ({stdout: '', stderr: ''}));
  // `go1.26.8` is of the compiler: a binary from `go install` may tell no other.
  return /(?<!go)(?<![\d.])\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0] ?? 'of an unknown version';
};

const connections = 64;
const seconds = (ms: number): string => String(Math.round(ms / 1000));

/** `file` is autocannon's script. */
const autocannon = (file: string): Peer => ({
  name: 'autocannon',
  version: () => versionIn(process.execPath, [file, '--version']),
  async drive({url, ratePerSecond, durationMs}) {
    const rate = ['-R', String(ratePerSecond), '-c', String(connections), '-d', seconds(durationMs)];
    const {stdout} = await run(process.execPath, [file, '-j', ...rate, url]);
    const {requests, latency} = JSON.parse(stdout) as {
      requests: {average: number};
      latency: {p50: number; p99: number};
    };
    return `${requests.average.toFixed(0)}/s, latency p50 ${latency.p50} ms, p99 ${latency.p99} ms`;
  },
});

/** `file` is artillery's `bin/run`. */
const artillery = (file: string): Peer => ({
  name: 'artillery',
  version: () => versionIn(process.execPath, [file, '--version']),
  async drive({url, ratePerSecond, durationMs}) {
    const folder = await mkdtemp(join(tmpdir(), 'foulweather-bench-'));
    const script = join(folder, 'script.json');
    const report = join(folder, 'report.json');
    const config = {
      target: url,
      http: {pool: connections},
      phases: [{duration: Number(seconds(durationMs)), arrivalRate: ratePerSecond}],
    };
    await writeFile(script, JSON.stringify({config, scenarios: [{flow: [{get: {url: '/'}}]}]}));
    try {
      await run(process.execPath, [file, 'run', '--quiet', '--output', report, script], {
        env: {...process.env, ARTILLERY_DISABLE_TELEMETRY: 'true'},
      });
      const {counters, rates, summaries} = (JSON.parse(await readFile(report, 'utf8')) as ArtilleryReport)
        .aggregate;
      const latency = summaries['http.response_time'];
      return `${rates['http.request_rate']}/s, ${counters['vusers.failed'] ?? 0} failed, latency p50 ${latency?.p50} ms, p99 ${latency?.p99} ms`;
    } finally {
      await rm(folder, {recursive: true});
    }
  },
});

type ArtilleryReport = {
  readonly aggregate: {
    readonly counters: Readonly<Record<string, number>>;
    readonly rates: Readonly<Record<string, number>>;
    readonly summaries: Readonly<Record<string, {readonly p50: number; readonly p99: number}>>;
  };
};

const vegeta = (binary: string): Peer => ({
  name: 'vegeta',
  version: () => versionIn(binary, ['-version']),
  async drive({url, ratePerSecond, durationMs}) {
    const attack = `echo "GET ${url}" | "$0" attack -rate=${ratePerSecond} -duration=${seconds(durationMs)}s | "$0" report -type=json`;
    const {stdout} = await run('sh', ['-c', attack, binary]);
    const {rate, latencies} = JSON.parse(stdout) as {
      rate: number;
      latencies: {'50th': number; '99th': number};
    };
    const ms = (nanos: number): string => (nanos / 1e6).toFixed(2);
    return `${rate.toFixed(0)}/s, latency p50 ${ms(latencies['50th'])} ms, p99 ${ms(latencies['99th'])} ms`;
  },
});

const k6 = (binary: string): Peer => ({
  name: 'k6',
  version: () => versionIn(binary, ['version']),
  async drive({url, ratePerSecond, durationMs}) {
    const folder = await mkdtemp(join(tmpdir(), 'foulweather-bench-'));
    const script = join(folder, 'script.js');
    const summary = join(folder, 'summary.json');
    const scenario = {
      executor: 'constant-arrival-rate',
      rate: ratePerSecond,
      timeUnit: '1s',
      duration: `${seconds(durationMs)}s`,
      preAllocatedVUs: 4 * connections,
    };
    const options = {scenarios: {all: scenario}, summaryTrendStats: ['med', 'p(99)']};
    await writeFile(
      script,
      `import http from 'k6/http';\nexport const options = ${JSON.stringify(options)};\nexport default () => { http.get('${url}'); };\n`,
    );
    try {
      await run(binary, ['run', '--quiet', '--no-usage-report', `--summary-export=${summary}`, script]);
      const {metrics} = JSON.parse(await readFile(summary, 'utf8')) as {
        metrics: Record<string, Record<string, number>>;
      };
      const {http_reqs: requests, http_req_duration: durations, dropped_iterations: dropped} = metrics;
      return `${requests?.['rate']?.toFixed(0)}/s, ${dropped?.['count'] ?? 0} dropped, latency p50 ${durations?.['med']?.toFixed(2)} ms, p99 ${durations?.['p(99)']?.toFixed(2)} ms`;
    } finally {
      await rm(folder, {recursive: true});
    }
  },
});

export const peers = (): Peer[] =>
  [
    [process.env['FOULWEATHER_AUTOCANNON'], autocannon],
    [process.env['FOULWEATHER_ARTILLERY'], artillery],
    [process.env['FOULWEATHER_VEGETA'], vegeta],
    [process.env['FOULWEATHER_K6'], k6],
  ].flatMap(([path, peer]) =>
    typeof path === 'string' && path !== '' && typeof peer === 'function' ? [peer(path)] : [],
  );
