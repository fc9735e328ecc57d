// What the injector costs and how exact it is, beside no proxy at all and a real Toxiproxy: `npm run bench:injector`.
// FOULWEATHER_TOXIPROXY names the real one's binary; --json prints JSON; --quick is a smoke run whose figures say little;
// --only pass-through, accuracy or memory leaves out the rest, --rows TEXT what has not that text in its title; --rounds N
// measures in N rounds rather than 5.
import {cpus, loadavg, release} from 'node:os';
import {parseArgs} from 'node:util';
import {median} from 'simple-statistics';
import {measureAccuracy} from './injector/accuracy.ts';
import {type Bench, fullSizes, type Path, pathThrough, quickSizes} from './injector/bench.ts';
import {measureMemory} from './injector/memory.ts';
import {measurePassThrough} from './injector/pass-through.ts';
import {
  type ServerName,
  startGenerator,
  startInjectorProcess,
  startTarget,
  versionOf,
} from './injector/processes.ts';
import {type Column, Series} from './injector/series.ts';
import {renderTable, renderTargets} from './injector/table.ts';
import {judgeTargets} from './injector/targets.ts';

const {values: flags} = parseArgs({
  options: {
    json: {type: 'boolean', default: false},
    quick: {type: 'boolean', default: false},
    only: {type: 'string'},
    rows: {type: 'string', default: ''},
    rounds: {type: 'string'},
  },
});
const parts = ['pass-through', 'accuracy', 'memory'] as const;
const wants = (part: (typeof parts)[number]): boolean => (flags.only ?? part) === part;
if (!parts.some(wants)) throw new Error(`--only takes ${parts.join(', ')}`);
const sizesOfMode = flags.quick ? quickSizes : fullSizes;
const sizes = {...sizesOfMode, rounds: Number(flags.rounds ?? sizesOfMode.rounds)};
const binary = process.env['FOULWEATHER_TOXIPROXY'] || undefined;
const say = (line: string): unknown => process.stderr.write(`${line}\n`);
if (binary === undefined)
  say('Without a Toxiproxy to compare with: FOULWEATHER_TOXIPROXY does not name its binary.');
const names: readonly ServerName[] = binary === undefined ? ['ours'] : ['ours', 'real'];

const loadBefore = loadavg()[0] ?? 0;
const startedMs = performance.now();
const target = await startTarget();
const generator = await startGenerator();
const injectors = await Promise.all(names.map(name => startInjectorProcess(name, binary)));
const bench: Bench = {
  generator,
  sizes,
  series: new Series(),
  generatorLimits: new Set(),
  ownPids: [process.pid, generator.pid, target.pid],
  othersCpus: [],
  rows: flags.rows,
};

const direct: Path = {column: 'direct', addresses: target.addresses, injector: undefined};
const proxied = await Promise.all(injectors.map(injector => pathThrough(injector, target.addresses)));
const paths: readonly Path[] = [direct, ...proxied];
for (let round = 0; round < sizes.rounds && flags.only !== 'memory'; round++) {
  say(`round ${round + 1} of ${sizes.rounds}`);
  // There and back again, so that whatever changes with time meets all columns alike.
  const inOrder = round % 2 === 0 ? paths : paths.toReversed();
  if (wants('pass-through')) await measurePassThrough(bench, inOrder);
  if (wants('accuracy')) await measureAccuracy(bench, inOrder);
}
for (const injector of injectors) await injector.stop();

for (let round = 0; round < sizes.memoryRounds && wants('memory'); round++) {
  say(`memory, round ${round + 1} of ${sizes.memoryRounds}`);
  for (const name of round % 2 === 0 ? names : names.toReversed()) {
    const fresh = await startInjectorProcess(name, binary);
    await measureMemory(bench, await pathThrough(fresh, target.addresses));
    await fresh.stop();
  }
}
await generator.stop();
await target.stop();

/** What other work took of the machine while it was measured: the median, and the most. */
function othersOf(cpus: readonly number[]): string {
  if (cpus.length === 0) return 'not measured';
  return `${median([...cpus]).toFixed(2)} CPUs in the median, at most ${Math.max(...cpus).toFixed(2)}`;
}

const columns: readonly Column[] = ['direct', ...names];
const {series} = bench;
const outcomes = judgeTargets(series);
const setting = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}`,
  node: process.version,
  toxiproxy: binary === undefined ? null : versionOf(binary),
  rounds: sizes.rounds,
  loadBefore,
  othersCpus: othersOf(bench.othersCpus),
  minutes: Math.round((performance.now() - startedMs) / 6000) / 10,
};
const limits = [...bench.generatorLimits];
if (flags.json) {
  const rows = series.rows.map(row => ({
    ...row,
    ...Object.fromEntries(columns.map(column => [column, series.of(row.title, column) ?? null])),
    ratio: series.ratio(row.title) ?? null,
  }));
  process.stdout.write(
    `${JSON.stringify({setting, rows, targets: outcomes, generatorLimits: limits}, null, 2)}\n`,
  );
} else {
  const lines = [
    ...Object.entries(setting).map(([name, value]) => `${name}: ${value}`),
    '',
    'Medians of the rounds ± median absolute deviation; ratios are medians of the ratios within rounds (quartiles).',
    'In the direct column, p50 and p99 are those of the direct way itself, and "excess" is the control: the delay of the generator and the target.',
    '',
    renderTable(series, columns, outcomes),
    '',
    renderTargets(outcomes),
    '',
    limits.length === 0
      ? 'The load generator was nowhere the limit.'
      : `The load generator was the limit, so that the injector could do more: ${limits.join('; ')}.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
