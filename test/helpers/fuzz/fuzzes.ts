// The short form of `npm run fuzz`, as a test. Its seed stays: what a new one would find is no matter of the change that is tested.

import test from 'ava';
import {describeFailure, fuzz} from './part.ts';
import {fuzzParts} from './parts.ts';

export const fuzzes = test.macro({
  title: (_given, name: string) =>
    `${name}: whatever comes, nothing fails, and what no fault hits passes to the byte`,
  exec(t, name: string, inputs: number, seed: number) {
    const part = fuzzParts.find(part => part.name === name)!;
    const {followed, hits, failure} = fuzz(part, seed, inputs);
    t.log(`seed ${seed}: of ${inputs} inputs ${followed} were followed to the end; ${hits} hits`);
    if (failure !== null) for (const line of describeFailure(failure)) t.log(line);
    t.is(failure?.reason ?? null, null);
    t.true(followed > inputs / 10);
    if (part.isDamaged) t.true(followed < inputs);
    if (part.takesFaults) t.true(hits > 0);
  },
});
