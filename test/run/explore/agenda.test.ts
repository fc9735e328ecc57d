// What is tried next, and together with what.
import test from 'ava';
import {isSaid} from '../../../src/explore/episodes.ts';
import {Agenda} from '../../../src/run/explore/agenda.ts';
import {conversation} from '../../helpers/conversations.ts';

test("a client meets its server's own errors apart from other faults", t => {
  const agenda = new Agenda([conversation(1, [30, 96])], {
    seed: 1,
    maxDepth: 1,
    only: [],
    speech: 'redis',
    knownIds: new Set(),
  });
  const tried: string[] = [];
  while (!agenda.isEmpty) {
    const batch = agenda.batch(60_000, 0, new Set());
    t.is(new Set(batch.map(isSaid)).size, 1, batch.map(({id}) => id).join());
    tried.push(...batch.map(({id}) => id));
  }
  t.is(new Set(tried).size, tried.length);
  t.true(tried.includes('say READONLY (all)') && tried.includes('close after 2'));
});
