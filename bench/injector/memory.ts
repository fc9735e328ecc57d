// What an injector keeps in memory: with many connections, idle and busy, and after many have come and gone.
import {setTimeout as sleep} from 'node:timers/promises';
import type {Bench, Path} from './bench.ts';
import {residentBytes} from './process-figures.ts';

const churnConnections = 1000;
const settleMs = 500;

/** The path's injector must be fresh: what it did before would be counted. */
export const measureMemory = async (
  {generator, series, sizes}: Bench,
  {column, addresses, injector}: Path,
): Promise<void> => {
  if (injector === undefined) return;
  const note = (title: string, bytes: number): void =>
    series.add({title: `memory ${title}`, unit: 'MB', digits: 0}, column, bytes / 1e6);
  const {heldConnections: connections, churnCycles} = sizes;
  const address = addresses.echo;
  const shown = connections.toLocaleString('en');
  note('at rest', residentBytes(injector.pid));

  await generator.run({kind: 'hold', address, connections});
  await sleep(settleMs);
  note(`with ${shown} idle connections`, residentBytes(injector.pid));

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
  note(`with ${shown} busy connections, at most`, peakBytes);

  // Four equal parts: in the first two the runtime takes the heap that it works with, the others must add nothing.
  const cycles = Math.ceil(churnCycles / 4);
  const partBytes: number[] = [];
  for (let part = 1; part <= 4; part++) {
    await generator.run({kind: 'churn', address, connections: churnConnections, cycles});
    await sleep(settleMs);
    const bytes = residentBytes(injector.pid);
    partBytes.push(bytes);
    note(`after ${(cycles * churnConnections * part).toLocaleString('en')} connections came and went`, bytes);
  }
  note('growth in the second half of those', (partBytes[3] ?? 0) - (partBytes[1] ?? 0));
};
