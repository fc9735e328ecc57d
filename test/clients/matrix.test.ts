// Each detector fires on the client that is made for it, and on no healthy one.
import test from 'ava';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {matrixOf, runTwins, surprises, type Twins} from '../helpers/client-matrix.ts';
import {clients} from '../helpers/client-table.ts';

/** Two runs at once are what two cores take without being late. */
const atOnce = 2;
const waiting = Object.keys(clients) as SymptomId[];
const all: Twins[] = [];

const lanes = test.macro({
  title: (_title, lane: number) => `broken clients and their healthy twins, lane ${lane}`,
  async exec(t, _lane: number) {
    t.timeout(400_000);
    const surprised: string[] = [];
    for (let symptom = waiting.shift(); symptom !== undefined; symptom = waiting.shift()) {
      const twins = await runTwins(t, symptom);
      all.push(twins);
      const lines = surprises(twins).map(line => `${symptom}: ${line}`);
      console.log(lines.length === 0 ? `${symptom}: as it should be` : lines.join('\n'));
      surprised.push(...lines);
    }
    // One after the other, and then all at once: a surprise in one client does not keep the others from running.
    t.deepEqual(surprised, []);
  },
});

for (let lane = 1; lane <= atOnce; lane++) test(lanes, lane);

test.after.always('the matrix', () => {
  if (all.length > 0) console.log(matrixOf(all));
});
