// What an injector keeps in memory: with many connections, idle and busy, and after many have come and gone.
import {setTimeout as sleep} from 'node:timers/promises';
import {inTurns, type Part} from '../part.ts';
import {type Bench, missingToxiproxy, type Path, pathThrough, withBench} from './bench.ts';
import {residentBytes} from './process-figures.ts';
import {startInjectorProcess} from './processes.ts';
import type {SeriesRow} from './series.ts';
import {within} from './wanted.ts';

const churnConnections = 1000;
const settleMs = 500;

/** Resident memory comes and goes by this much with garbage collection. */
const largestGrowthMegabytes = 10;

export const part: Part = {
  title: "The injector's memory",
  rounds: {full: 2, quick: 1},
  missing: missingToxiproxy,
  measure: effort =>
    withBench(effort, bench =>
      inTurns(['ours', 'real'], effort.rounds, async name => {
        process.stderr.write(`  ${name}\n`);
        const fresh = await startInjectorProcess(name, bench.toxiproxy);
        try {
          await measureMemory(bench, await pathThrough(fresh, bench.targetAddresses));
        } finally {
          await fresh.stop();
        }
      }),
    ),
};

/** The path's injector must be fresh: what it did before would be counted. */
const measureMemory = async (
  {generator, series, sizes, takes}: Bench,
  {column, addresses, injector}: Path,
): Promise<void> => {
  if (injector === undefined) return;
  const note = (title: string, bytes: number, more: Partial<SeriesRow> = {}): void => {
    if (takes(title)) series.add({title, unit: 'MB', digits: 0, ...more}, column, bytes / 1e6);
  };
  const {heldConnections: connections, churnCycles} = sizes;
  const address = addresses.echo;
  const shown = connections.toLocaleString('en');
  note('memory at rest', residentBytes(injector.pid));

  await generator.run({kind: 'hold', address, connections});
  await sleep(settleMs);
  note(`memory with ${shown} idle connections`, residentBytes(injector.pid));

  const {warmUpMs, echoMs: durationMs} = sizes;
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes(injector.pid));
  }, 50);
  await generator.run({
    kind: 'echo',
    address,
    connections,
    bytes: 1024,
    pauseMs: 0,
    spreadMs: 0,
    warmUpMs,
    durationMs,
  });
  clearInterval(watch);
  note(`memory with ${shown} busy connections, peak`, peakBytes);

  // Four equal parts: in the first two the runtime takes the heap that it works with, the others must add nothing.
  const cycles = Math.ceil(churnCycles / 4);
  const partBytes: number[] = [];
  for (let part = 1; part <= 4; part++) {
    await generator.run({kind: 'churn', address, connections: churnConnections, cycles});
    await sleep(settleMs);
    const bytes = residentBytes(injector.pid);
    partBytes.push(bytes);
    note(`memory after ${(cycles * churnConnections * part).toLocaleString('en')} connections`, bytes);
  }
  note('growth over the second half of these', (partBytes[3] ?? 0) - (partBytes[1] ?? 0), {
    hasRatio: false,
    wanted: within({atMost: largestGrowthMegabytes}, 'MB'),
  });
};
