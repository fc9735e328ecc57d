// Each detector fires on the client that is made for it, and on no healthy one.
import test from 'ava';
import {files, matrixOf, reasons, runClients, surprises, type Twins} from '../helpers/client-matrix.ts';
import {clients} from '../helpers/client-table.ts';
import {Lanes} from '../helpers/lanes.ts';

/** Most of the time a run waits: two cores take three of them, but only one that needs a core for itself. */
const lanes = new Lanes(3);
const heavy = new Lanes(1);

const startMs = performance.now();
const all: Twins[] = [];

/** Runs that share two cores disturb each other now and then: whom that surprises is run once more, alone. */
const alone = new Lanes(1);
const allRan = Promise.withResolvers<void>();
/** All that run are begun before any of them is done; of those that --match leaves out, none is. */
let underWay = 0;

const linesOf = (twins: readonly Twins[]): string[] =>
  twins.flatMap(one => surprises(one).map(line => `${one.symptom}: ${line}`));

const proves = test.macro({
  title: (_title, file: string) => file,
  async exec(t, file: Parameters<typeof runClients>[1]) {
    t.timeout(900_000);
    underWay++;
    const run = async (): Promise<readonly Twins[]> => lanes.take(() => runClients(t, file));
    const ran = clients[file]?.isHeavy ? heavy.take(run) : run();
    let twins = await ran.finally(() => {
      if (--underWay === 0) allRan.resolve();
    });
    if (linesOf(twins).length > 0) {
      t.log(`run again alone, after ${linesOf(twins).join('; ').slice(0, 300)}`);
      await allRan.promise;
      twins = await alone.take(() => runClients(t, file));
    }
    all.push(...twins);
    t.deepEqual(linesOf(twins), []);
  },
});

for (const file of [...files.keys()].toSorted((a, b) => isHeavy(b) - isHeavy(a))) test(proves, file);

function isHeavy(file: keyof typeof clients): number {
  return Number(clients[file]?.isHeavy ?? false);
}

test.after.always('the matrix', () => {
  if (all.length === 0) return;
  const elapsedMs = performance.now() - startMs;
  console.log([matrixOf(all), '', ...reasons()].join('\n'));
  console.log(`${files.size} files in ${Math.round(elapsedMs / 1000)} s`);
});
