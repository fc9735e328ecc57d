// Keeps one CPU busy in bursts of 50 to 2000 ms, with pauses as long, until it is ended or its parent is gone: a test that
// passes beside it does not need the machine for itself.
//
//   node scripts/busy.ts [--seconds N] [--seed N]
import {setTimeout as sleep} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {createRandom} from '../src/faults/server/random.ts';

const {values: asked} = parseArgs({
  options: {
    seconds: {type: 'string', default: 'Infinity'},
    seed: {type: 'string', default: '1'},
  },
});

const random = createRandom(['busy', asked.seed]);
const anyMs = (): number => 50 + random() * 1950;

const parent = process.ppid;
const endMs = performance.now() + Number(asked.seconds) * 1000;

while (performance.now() < endMs && process.ppid === parent) {
  const burstEndMs = performance.now() + anyMs();
  while (performance.now() < burstEndMs);
  await sleep(anyMs());
}
