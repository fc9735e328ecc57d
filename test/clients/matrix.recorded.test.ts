// Each detector fires on the client that is made for it, and on no healthy one.
import test from 'ava';
import {files, matrixOf, reasons, runClients, surprises, type Twins} from '../helpers/client-matrix.ts';
import {clients} from '../helpers/client-table.ts';
import {Lanes} from '../helpers/lanes.ts';

/** A run waits most of the time: two cores take three of them, but only one that needs a core for itself. */
const lanes = new Lanes(3);
const heavy = new Lanes(1);

const all: Twins[] = [];

const proves = test.macro({
  title: (_title, file: string) => file,
  async exec(t, file: Parameters<typeof runClients>[1]) {
    t.timeout(900_000);
    const run = async (): Promise<readonly Twins[]> => lanes.take(() => runClients(t, file));
    const twins = await (clients[file]?.isHeavy ? heavy.take(run) : run());
    all.push(...twins);
    t.deepEqual(
      twins.flatMap(one => surprises(one).map(line => `${one.symptom}: ${line}`)),
      [],
    );
  },
});

for (const file of [...files.keys()].toSorted((a, b) => isHeavy(b) - isHeavy(a))) test(proves, file);

function isHeavy(file: keyof typeof clients): number {
  return Number(clients[file]?.isHeavy ?? false);
}

test.after.always('the matrix', () => {
  if (all.length > 0) console.log([matrixOf(all), '', ...reasons()].join('\n'));
});
