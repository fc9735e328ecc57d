// All protocols: what no fault hits passes to the byte, however it comes, and whatever it is.
import test from 'ava';
import {followed} from '../../../../src/faults/server/interceptors.ts';
import type {Protocol} from '../../../../src/faults/server/protocols/follower.ts';
import {createRandom, type Random} from '../../../../src/faults/server/random.ts';
import {Recording} from '../../../../src/faults/server/recording.ts';
import {Witness} from '../../../../src/faults/server/witness.ts';
import {
  protocolOf,
  protocols,
  type ServerErrorKind,
  serverErrorKinds,
} from '../../../../src/model/server-errors.ts';
import {FollowedConnection, type Party, type Said, type Takes} from '../../../helpers/followed-connection.ts';
import {conversations} from '../../../helpers/said.ts';

test('each protocol is followed', t => {
  t.deepEqual(followed.map(({kind}) => kind).toSorted(), [...serverErrorKinds].toSorted());
});

/** Inputs of each protocol and kind: a minute of a million and more in a run of its own. */
const inputs = Number(process.env['FOULWEATHER_FUZZ_INPUTS'] ?? 300);

/** In chunks of any size. */
const chunked = (said: readonly Said[], random: Random): Said[] =>
  said.flatMap(([party, data]) => {
    const chunks: Said[] = [];
    for (let at = 0; at < data.length; ) {
      const most = random() < 0.5 ? 8 : data.length;
      const end = Math.min(data.length, at + 1 + Math.floor(random() * most));
      chunks.push([party, data.subarray(at, end)]);
      at = end;
    }
    return chunks;
  });

/** With some bytes that are others, are missing, or are too many. */
const mutated = (said: readonly Said[], random: Random): Said[] =>
  said.map(([party, data]) => {
    const copy = Buffer.from(data);
    const pick = () => Math.floor(random() * copy.length);
    if (random() < 0.4) copy[pick()] = Math.floor(random() * 256);
    if (random() < 0.1) return [party, copy.subarray(0, pick())];
    if (random() < 0.1) return [party, copy.subarray(pick())];
    if (random() < 0.1) return [party, Buffer.concat([copy, copy.subarray(pick())])];
    return [party, copy];
  });

/** What the example of each protocol asks for. */
const commands: {readonly [kind in ServerErrorKind]: string} = {
  redisError: 'HELLO CLIENT|SETNAME SET GET PING SUBSCRIBE LRANGE MULTI INCR GET EXEC GET EVAL',
  postgresError: 'SELECT SELECT BEGIN SELECT SELECT COMMIT',
  mysqlError: 'SELECT UPDATE PING COMMIT',
  amqpError: 'CONFIRM.SELECT QUEUE.DECLARE BASIC.PUBLISH BASIC.ACK',
  smtpError: 'EHLO AUTH MAIL RCPT DATA BODY NOOP QUIT',
  natsError: 'CONNECT PING SUB SUB PUB HPUB PONG UNSUB',
  memcachedError: 'SET GET INCR STATS DELETE MG MS TOUCH VERSION QUIT',
  mqttError: 'SUBSCRIBE PUBLISH PINGREQ',
};

const ofParty = (said: readonly Said[], wanted: Party): Buffer =>
  Buffer.concat(said.filter(([party]) => party === wanted).map(([, data]) => data));

const run = (protocol: Protocol, said: readonly Said[], takes?: Takes): FollowedConnection => {
  const connection = new FollowedConnection(protocol, takes);
  for (const [party, data] of said) connection.say(party, Buffer.from(data));
  connection.end('client');
  connection.end('server');
  return connection;
};

for (const protocol of followed) {
  const said = conversations[protocol.kind];
  const {title} = protocols[protocol.kind];

  test(`${title}: a recording names its commands`, t => {
    const recording = new Recording();
    const recorder = recording.open(new Witness().opened(), {number: 0})!;
    for (const [exchange, [party, data]] of said.entries())
      recorder.chunk(exchange + 1, party === 'client' ? 'upstream' : 'downstream', data, 0);
    const [conversation] = recording.report().conversations;
    t.is(conversation!.protocol, protocolOf(protocol.kind));
    const heard = conversation!.exchanges.flatMap(({messages}) =>
      messages.flatMap(message => (message.kind === 'command' ? [message.name] : [])),
    );
    t.is(heard.join(' '), commands[protocol.kind]);
  });

  test(`${title}: in chunks of any size it stays in step, and passes to the byte`, t => {
    for (let seed = 0; seed < inputs; seed++) {
      const connection = run(protocol, chunked(said, createRandom([seed])));
      t.deepEqual(connection.failures, []);
      t.is(connection.lost, null, `seed ${seed}`);
      t.true(connection.toServer.equals(ofParty(said, 'client')), `seed ${seed}`);
      t.true(connection.toClient.equals(ofParty(said, 'server')), `seed ${seed}`);
    }
  });

  test(`${title}: whatever comes, nothing fails, and it passes to the byte`, t => {
    let lostCount = 0;
    for (let seed = 0; seed < inputs; seed++) {
      const random = createRandom(['mutated', seed]);
      const wrong = mutated(said, random);
      const connection = run(protocol, chunked(wrong, random));
      t.deepEqual(connection.failures, [], `seed ${seed}`);
      t.true(connection.toServer.equals(ofParty(wrong, 'client')), `seed ${seed}`);
      t.true(connection.toClient.equals(ofParty(wrong, 'server')), `seed ${seed}`);
      if (connection.lost !== null) lostCount++;
    }
    t.true(lostCount > inputs / 20, 'some of it could not be followed');
    t.true(lostCount < inputs, 'not all of it');
  });

  test(`${title}: whatever comes, nothing fails while faults hit`, t => {
    const errors = Object.keys(protocols[protocol.kind].errors);
    let hits = 0;
    for (let seed = 0; seed < inputs; seed++) {
      const random = createRandom(['hit', seed]);
      const wrong = seed % 2 === 0 ? said : mutated(said, random);
      const takes: Takes = ({when}) =>
        when !== 'command' || random() > 0.3
          ? null
          : {error: errors[Math.floor(random() * errors.length)]!, ending: random() < 0.1 ? 'close' : 'none'};
      const connection = run(protocol, chunked(wrong, random), takes);
      t.deepEqual(connection.failures, [], `seed ${seed}`);
      hits += connection.hits;
    }
    t.true(hits > inputs / 5);
  });
}
