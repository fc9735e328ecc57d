// No bytes whatever crash what follows HTTP/2, and none are changed.
import test from 'ava';
import {relayAnything} from '../../../helpers/http2-fuzz.ts';

for (const seed of [1, 2, 3]) test(`10,000 conversations, seed ${seed}`, t => relayAnything(t, seed, 10_000));
