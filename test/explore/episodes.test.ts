// The list of what could be tried: complete, in an order that the seed decides, and each a plan that can be run.
import test from 'ava';
import {
  type Episode,
  episodesOf,
  insteadOf,
  morePairsOf,
  type SearchOptions,
  widened,
} from '../../src/explore/episodes.ts';
import {needsEmbedded, toToxic} from '../../src/faults/toxics.ts';
import type {Fault} from '../../src/model/fault.ts';
import {plannedFaultSchema} from '../../src/model/schema/scenario.ts';
import {protocolOf, type Speech, serverErrorKinds} from '../../src/model/server-errors.ts';
import {conversation} from '../helpers/conversations.ts';

/** Two of a pool, and one of another kind that comes less far. */
const recorded = [
  conversation(1, [30, 100, 40, 60, 10, 10]),
  conversation(2, [30, 400]),
  conversation(3, [30, 101, 40, 60]),
];

const listed = (options: Partial<SearchOptions> = {}): readonly Episode[] =>
  episodesOf(recorded, {seed: 1, ...options});
const singles = listed({maxDepth: 1});
const first = listed();
const all = [...first, ...morePairsOf(recorded, {seed: 1})];
const byId = new Map(all.map(episode => [episode.id, episode]));
const faultsOf = (id: string) => byId.get(id)?.faults;

test('each moment with each action and each share of the connections, once', t => {
  // One of all that is open; five connect-time faults; two live moments; six of the pool's exchanges; and two of the other kind, for one connection.
  const perMoment = 3 * 5;
  t.is(singles.length, 1 + 5 + 2 * perMoment * 3 + 6 * perMoment * 3 + 2 * perMoment);
  t.is(byId.size, all.length);
  t.true(singles.every(({strikes}) => strikes.length === 1));
});

test('pairs: a moment of the connect or a live one, then a moment, or after a live one a connect that fails', t => {
  const moments = 6 * 15;
  t.is(all.length - singles.length, (moments + 30) * moments + 30 * 4);
});

test('one fault on one connection, then likely pairs, then one fault on several connections, then all other pairs', t => {
  const kindOf = ({id, strikes}: Episode): string =>
    strikes.length === 2 ? 'pair' : (/\((all|two)\)$/.exec(id)?.[1] ?? 'first');
  const kinds = all.map(kindOf);
  const runs = kinds.filter((kind, index) => kind !== kinds[index - 1]);
  t.deepEqual(runs, ['first', 'pair', 'all', 'two', 'pair']);
  t.is(kinds.indexOf('pair'), 1 + 5 + 2 * 15 + 6 * 15 + 2 * 15);
  const likely = first.filter(({strikes}) => strikes.length === 2);
  t.is(likely.length, 4 + 6 * 3 * 3);
  t.true(likely.every(({id}) => id.startsWith('close before the next reply, then ')));
});

test('the seed decides the order, and nothing else does', t => {
  const ids = (options: Partial<SearchOptions>) => listed(options).map(({id}) => id);
  t.deepEqual(ids({}), ids({}));
  t.notDeepEqual(ids({seed: 2}), ids({seed: 1}));
  t.deepEqual(ids({seed: 2}).toSorted(), ids({seed: 1}).toSorted());
});

test('every fault is one that a scenario may have', t => {
  for (const {id, faults} of all)
    for (const fault of faults) {
      t.deepEqual(plannedFaultSchema.parse(fault), fault, id);
      t.true(toToxic('x', fault, 1000) === null || needsEmbedded(fault) || fault.kind === 'refuse', id);
    }
});

const plans = test.macro({
  title: (_, id: string) => id,
  exec(t, id: string, faults: readonly object[], needs: Episode['needs']) {
    t.deepEqual(
      faultsOf(id)?.map(fault => JSON.parse(JSON.stringify(fault)) as object),
      faults,
    );
    t.is(byId.get(id)?.needs, needs);
  },
});

const shared = {direction: 'downstream', probability: 1};
const cut = {afterBytes: 0, afterMs: 0};
/** Ends what is open, so that the client has to connect. */
const kick = {kind: 'closeAfter', ...cut, ...shared, durationMs: 1};

test(
  plans,
  'close after 4',
  [{kind: 'closeAfter', ...cut, ...shared, firstN: 1, at: {exchange: 4, cut: 'after'}}, kick],
  'new connections',
);
test(
  plans,
  'reset within 3 (two)',
  [{kind: 'resetAfter', ...cut, ...shared, firstN: 2, at: {exchange: 3, cut: 'within'}}, kick],
  'new connections',
);
test(
  plans,
  'half-open before 1 (all)',
  [{kind: 'halfOpen', ...cut, ...shared, durationMs: 500, at: {exchange: 1, cut: 'before'}}, kick],
  'new connections',
);
test(
  plans,
  'silence after 2 (connection 2)',
  [
    {
      kind: 'stall',
      ...cut,
      ...shared,
      direction: 'both',
      nth: 2,
      hitLimit: 1,
      at: {exchange: 2, cut: 'after'},
    },
    kick,
  ],
  'new connections',
);
test(
  plans,
  'silence-then-close before the next reply',
  [
    {
      kind: 'closeAfter',
      ...cut,
      ...shared,
      afterMs: 300,
      firstN: 1,
      at: {exchange: 1, cut: 'before', direction: 'downstream', since: 'fault'},
    },
    {
      kind: 'stall',
      ...cut,
      ...shared,
      direction: 'both',
      firstN: 1,
      at: {exchange: 1, cut: 'before', direction: 'downstream', since: 'fault'},
    },
  ],
  'live connections',
);
test(plans, 'accepted-and-silent', [{kind: 'blackhole', probability: 1}, kick], 'new connections');
// The connection that is closed does not come to 4: the first that does is the one after it.
test(
  plans,
  'close after 2, then reset within 4',
  [
    {kind: 'resetAfter', ...cut, ...shared, firstN: 1, at: {exchange: 4, cut: 'within'}},
    {kind: 'closeAfter', ...cut, ...shared, firstN: 1, at: {exchange: 2, cut: 'after'}},
    kick,
  ],
  'new connections',
);
// It has passed 1 by then.
test(
  plans,
  'close after 2, then reset within 1',
  [
    {kind: 'resetAfter', ...cut, ...shared, nth: 2, hitLimit: 1, at: {exchange: 1, cut: 'within'}},
    {kind: 'closeAfter', ...cut, ...shared, firstN: 1, at: {exchange: 2, cut: 'after'}},
    kick,
  ],
  'new connections',
);

test('a handshake of TLS is told apart', t => {
  const tls = conversation(1, [500, 4000, 80, 600, 60], {protocol: 'tls', handshakeExchanges: 3});
  const episodes = [...episodesOf([tls], {seed: 1, maxDepth: 1, exchangeLimit: 4})];
  const ofHandshake = episodes.flatMap(({strikes: [strike]}) =>
    strike.kind === 'moment' && strike.isHandshake ? strike.exchange : [],
  );
  t.deepEqual([...new Set(ofHandshake)].toSorted(), [1, 2, 3]);
  t.true(episodes.every(({strikes: [strike]}) => strike.kind !== 'moment' || strike.exchange <= 4));
});

test('without a conversation there are the connects and the live moments', t => {
  t.is([...episodesOf([], {seed: 1, maxDepth: 1})].length, 1 + 5 + 2 * 45);
});

test('widened: one moment of one connection or two becomes that of all', t => {
  t.is(widened(byId.get('close after 4')!)?.id, 'close after 4 (all)');
  t.is(widened(byId.get('reset within 3 (two)')!)?.id, 'reset within 3 (all)');
  for (const id of [
    'close after 4 (all)',
    'silence after 2 (connection 2)',
    'refused',
    'close after 2, then reset within 4',
  ]) {
    t.is(widened(byId.get(id)!), null, id);
  }
});

test('a likely pair whose first fault fails alone has others in its place', t => {
  t.deepEqual(
    insteadOf(byId.get('close before the next reply, then close after 4')!).map(({id}) => id),
    [
      'close after the next reply, then close after 4',
      'close before the next request, then close after 4',
      'close after the next request, then close after 4',
    ],
  );
  t.deepEqual(insteadOf(byId.get('close after 2, then reset within 4')!), []);
  t.deepEqual(insteadOf(byId.get('close after 4')!), []);
});

const saidBy = (speech: Speech): readonly Episode[] =>
  episodesOf(recorded, {seed: 1, speech}).filter(({id}) => id.startsWith('say '));

const kindOf = (speech: Speech): Fault['kind'] => {
  if (speech === 'http' || speech === 'http2') return 'httpStatus';
  return speech === 'grpc' ? 'grpcStatus' : `${speech}Error`;
};

for (const speech of ['http', 'http2', 'grpc', ...serverErrorKinds.map(protocolOf)] as const)
  test(`what the server says, as faults that a scenario may have: ${speech}`, t => {
    const said = saidBy(speech);
    t.true(said.length >= 6);
    t.is(new Set(said.map(({id}) => id)).size, said.length);
    for (const {id, faults} of said) {
      t.is(faults[0].kind, kindOf(speech));
      for (const fault of faults) t.deepEqual(plannedFaultSchema.parse(fault), fault, id);
    }
  });

test('an error is said once, or to all for a while; one at the connect needs a connect', t => {
  const postgres = new Map(saidBy('postgres').map(episode => [episode.id, episode]));
  t.like(postgres.get('say 40001'), {needs: 'live connections', faults: [{error: '40001', firstN: 1}]});
  t.like(postgres.get('say 40001 (all)')?.faults[0], {error: '40001', durationMs: 500});
  t.like(postgres.get('say 57P01'), {needs: 'live connections'});
  t.like(postgres.get('say 57P03'), {needs: 'new connections', faults: [{error: '57P03'}, kick]});
  t.is(widened(postgres.get('say 40001')!)?.id, 'say 40001 (all)');
  t.is(widened(postgres.get('say 40001 (all)')!), null);
});
