// Each action at each cut of an exchange: what the client and the server saw, and where the injector says that it hit. The
// client asks with 6 bytes, the server answers with 8, three times; so exchange 3 is the second question, 4 its answer.
import test from 'ava';
import {type Injector, startInjector} from '../../../src/faults/server/injector.ts';
import type {HitPlace} from '../../../src/model/proxy-witness.ts';
import {endlessMs} from '../../helpers/proxy-behaviours.ts';
import {recordsOf, untilWitness} from '../../helpers/proxy-faults.ts';
import {Scene, type Toxic} from '../../helpers/proxy-scene.ts';
import type {Peer} from '../../helpers/proxy-sockets.ts';
import {until} from '../../helpers/run-until.ts';

const question = 'ask me';
const answer = 'tell you';
const rounds = 3;

/** Answers each whole question. */
const answers = (peer: Peer): void => {
  let answered = 0;
  peer.socket.on('data', () => {
    for (; (answered + 1) * question.length <= peer.receivedBytes; answered++) peer.socket.write(answer);
  });
};

/** Asks the first question, and each further one when it has the answer before it. */
const asks = (peer: Peer): void => {
  let asked = 1;
  peer.socket.write(question);
  peer.socket.on('data', () => {
    for (; asked < rounds && asked * answer.length <= peer.receivedBytes; asked++)
      peer.socket.write(question);
  });
};

type End = 'FIN' | 'RST' | 'open';
const endOf = ({hasEnded, errorCode}: Peer): End => {
  if (errorCode === 'ECONNRESET') return 'RST';
  return hasEnded ? 'FIN' : 'open';
};

const cutPlaces = {
  'before 3': {exchange: 3, cut: 'before'},
  'within 3': {exchange: 3, cut: 'within'},
  'after 3': {exchange: 3, cut: 'after'},
  'before 4': {exchange: 4, cut: 'before'},
  'within 4': {exchange: 4, cut: 'within'},
  'after 4': {exchange: 4, cut: 'after'},
} as const;
type CutPlace = keyof typeof cutPlaces;

/** What the client and the server got, and where it hit: exchange and byte. */
type Seen = readonly [clientBytes: number, serverBytes: number, exchange: number, byte: number];
type SeenAt = {readonly [place in CutPlace]: Seen};

/** Nothing more passes, in either direction. */
const all: SeenAt = {
  'before 3': [8, 6, 3, 0],
  'within 3': [8, 9, 3, 3],
  'after 3': [8, 12, 3, 6],
  'before 4': [8, 12, 4, 0],
  'within 4': [12, 12, 4, 4],
  'after 4': [16, 12, 4, 8],
};

/** What the client asks arrives, and nothing comes back: it hits the first answer that it drops. */
const answersOnly: SeenAt = {
  'before 3': [8, 12, 4, 0],
  'within 3': [8, 12, 4, 0],
  'after 3': [8, 12, 4, 0],
  'before 4': [8, 12, 4, 0],
  'within 4': [12, 12, 4, 4],
  'after 4': [16, 18, 6, 0],
};

/** The same, acting at once. */
const answersAtOnce: SeenAt = {
  ...all,
  'before 3': [8, 12, 3, 0],
  'within 3': [8, 12, 3, 3],
  'after 4': [16, 18, 4, 8],
};

type Action = {
  readonly toxic: Toxic;
  readonly seen: SeenAt;
  readonly client: End;
  readonly server: End;
};

const actions: {readonly [name: string]: Action} = {
  close: {toxic: {type: 'close_after'}, seen: all, client: 'FIN', server: 'FIN'},
  'close, asked for upstream': {
    toxic: {type: 'close_after', stream: 'upstream'},
    seen: all,
    client: 'FIN',
    server: 'FIN',
  },
  reset: {toxic: {type: 'reset_after'}, seen: all, client: 'RST', server: 'RST'},
  silence: {
    toxic: {type: 'stall', attributes: {both: true}},
    // After the last byte there is nothing to drop until the client asks again.
    seen: {...all, 'after 3': [8, 12, 4, 0], 'after 4': [16, 12, 5, 0]},
    client: 'open',
    server: 'open',
  },
  'silence of the server': {toxic: {type: 'stall'}, seen: answersOnly, client: 'open', server: 'open'},
  "silence of the server, by Toxiproxy's toxic": {
    toxic: {type: 'timeout'},
    seen: answersOnly,
    client: 'open',
    server: 'open',
  },
  'half-open': {toxic: {type: 'half_open'}, seen: all, client: 'open', server: 'FIN'},
  'half-close': {toxic: {type: 'half_close'}, seen: answersAtOnce, client: 'FIN', server: 'open'},
  "reset, by Toxiproxy's toxic": {
    toxic: {type: 'reset_peer'},
    seen: answersOnly,
    client: 'RST',
    server: 'RST',
  },
};

/** Which connections: scope fields, and what each of two gets, one after the other. */
const takes = {
  'the first connection': {first_n: 1, hits: [true, false]},
  'the second connection': {nth: 2, hit_limit: 1, hits: [false, true]},
} as const;

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

const acts = test.macro({
  title: (_, action: string, place: CutPlace, which: keyof typeof takes) => `${action} ${place} on ${which}`,
  async exec(t, action: string, place: CutPlace, which: keyof typeof takes) {
    const {toxic, seen, client, server} = actions[action]!;
    const {hits, ...scope} = takes[which];
    const scene = await Scene.open(injector.url, answers);
    t.teardown(() => scene.close());
    // However busy the machine is: what ends an exchange is that the other side speaks.
    await scene.add({...toxic, name: 'f', ...scope, ...cutPlaces[place], quiet: endlessMs});
    for (const [index, isHit] of hits.entries()) {
      const peer = await scene.connect({allowHalfOpen: true});
      const other = await scene.upstream.peer(index);
      asks(peer);
      const [clientBytes, serverBytes, exchange, byte] = seen[place];
      if (!isHit) {
        await peer.bytes(rounds * answer.length);
        t.deepEqual([endOf(peer), endOf(other)], ['open', 'open']);
        continue;
      }
      await untilWitness(scene, ({faults}) => faults['f']?.connectionsHit === 1);
      if (client !== 'open') await peer.ended();
      if (server !== 'open') await other.ended();
      await until(
        () => peer.receivedBytes >= clientBytes && other.receivedBytes >= serverBytes,
        5000,
        `that ${clientBytes} and ${serverBytes} bytes arrive`,
      );
      t.deepEqual([endOf(peer), endOf(other)], [client, server]);
      t.is(String(peer.received), answer.repeat(rounds).slice(0, clientBytes));
      t.is(String(other.received), question.repeat(rounds).slice(0, serverBytes));
      const {hitsAt, upstreamBytes, downstreamBytes} = (await recordsOf(scene))[index]!;
      const direction = exchange % 2 === 1 ? 'upstream' : 'downstream';
      t.deepEqual(hitsAt, [{exchange, direction, byte}] as HitPlace[]);
      t.deepEqual([downstreamBytes, upstreamBytes], [clientBytes, serverBytes]);
    }
    const {faults} = await untilWitness(scene, () => true);
    t.like(faults['f'], {decisions: 1, applied: 1, connectionsHit: 1});
  },
});

for (const action of Object.keys(actions))
  for (const place of Object.keys(cutPlaces) as CutPlace[])
    for (const which of Object.keys(takes) as (keyof typeof takes)[]) test(acts, action, place, which);
