// Which connections are of one kind.
import test from 'ava';
import {groupsOf} from '../../src/explore/conversations.ts';
import type {Conversation} from '../../src/model/proxy-witness.ts';
import {conversation} from '../helpers/conversations.ts';

const groups = (...conversations: readonly Conversation[]) =>
  groupsOf(conversations).map(({connections, exchanges}) => ({
    connections,
    exchanges: exchanges.map(({bytes, connectionCount}) => [bytes, connectionCount]),
  }));

test('the members of a pool are one group, however long they talked', t => {
  t.deepEqual(
    groups(
      conversation(3, [30, 105, 41]),
      conversation(1, [30, 100, 40, 60, 900, 10_000]),
      conversation(2, [38, 96, 40, 61, 10, 10]),
    ),
    [
      {
        connections: [1, 2, 3],
        exchanges: [
          [30, 3],
          [100, 3],
          [40, 3],
          [61, 2],
          [900, 2],
          [10_000, 2],
        ],
      },
    ],
  );
});

test('a control and a data connection differ, by sizes or by who speaks first', t => {
  t.deepEqual(
    groups(
      conversation(1, [30, 100]),
      conversation(2, [30, 400]),
      conversation(3, [30, 100], {first: 'downstream'}),
      conversation(4, [33, 110, 7]),
    ).map(({connections}) => connections),
    [[1, 4], [2], [3]],
  );
});

test('connections of HTTP are of one kind; those of TLS by their handshake', t => {
  t.deepEqual(
    groups(
      conversation(1, [30, 100], {protocol: 'http'}),
      conversation(2, [3000, 50_000], {protocol: 'http'}),
      conversation(3, [500, 4000, 80, 900, 60], {protocol: 'tls', handshakeExchanges: 3}),
      conversation(4, [510, 4010, 80, 90_000], {protocol: 'tls', handshakeExchanges: 3}),
      conversation(5, [510, 1500, 80], {protocol: 'tls', handshakeExchanges: 3}),
    ).map(({connections}) => connections),
    [[1, 2], [3, 4], [5]],
  );
});

test('what was recorded in part, or said nothing, is left out', t => {
  t.deepEqual(groups(conversation(1, []), conversation(2, [30], {isWhole: false})), []);
});
