// The long form of interceptor-fuzz.test.ts: a million conversations.
import test from 'ava';
import {relayAnything} from '../../../helpers/http2-fuzz.ts';

for (const seed of [11, 12, 13, 14])
  test.serial(`250,000 conversations, seed ${seed}`, t => relayAnything(t, seed, 250_000));
