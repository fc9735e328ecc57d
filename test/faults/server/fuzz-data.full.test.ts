// The long form of fuzz-data.test.ts: other dice, and ten times as many of them.
import test from 'ava';
import {comeAndGo} from '../../helpers/fuzz-acts.ts';

for (const seed of [1, 2, 3]) {
  test.serial(`clients, upstreams and toxics of all types come and go, seed ${seed}`, comeAndGo, seed, 5000);
}
