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
import {FollowedConnection, type Said, type Takes} from '../../../helpers/followed-connection.ts';
import {chunked, ofParty} from '../../../helpers/fuzz/bytes.ts';
import {fuzzes} from '../../../helpers/fuzz/fuzzes.ts';
import {partOf} from '../../../helpers/fuzz/protocols.ts';
import {until} from '../../../helpers/run-until.ts';
import {conversations, upgrades} from '../../../helpers/said.ts';

test('each protocol is followed', t => {
  t.deepEqual(followed.map(({kind}) => kind).toSorted(), [...serverErrorKinds].toSorted());
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

const sayAll = (connection: FollowedConnection, said: readonly Said[]): void => {
  for (const [party, data] of said) connection.say(party, Buffer.from(data));
};

const run = (protocol: Protocol, said: readonly Said[], takes?: Takes): FollowedConnection => {
  const connection = new FollowedConnection(protocol, takes);
  sayAll(connection, said);
  connection.end('client');
  connection.end('server');
  return connection;
};

/** One that stops somewhere, once both sides have spoken. `heard`: how often a fault could have acted. */
const pausing = (protocol: Protocol, said: readonly Said[], random: Random) => {
  const index = 2 + Math.floor(random() * (said.length - 2));
  const [party, data] = said[index]!;
  const cut = Math.floor(random() * data.length);
  const before: readonly Said[] = [...said.slice(0, index), [party, data.subarray(0, cut)]];
  const after: readonly Said[] = [[party, data.subarray(cut)], ...said.slice(index + 1)];
  const heard = {count: 0};
  const connection = new FollowedConnection(protocol, () => {
    heard.count++;
    return null;
  });
  sayAll(connection, before);
  return {connection, before, after, heard};
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

  test(fuzzes, protocolOf(protocol.kind), 600, 1);

  test(`${title}: what began and pauses passes, and is followed on`, async t => {
    const random = createRandom(['pause', protocol.kind]);
    let asked = 0;
    run(protocol, said, () => {
      asked++;
      return null;
    });
    const pauses = Array.from({length: 50}, () => pausing(protocol, said, random));
    const hasPassed = ({connection, before}: (typeof pauses)[number]): boolean =>
      connection.toServer.equals(ofParty(before, 'client')) &&
      connection.toClient.equals(ofParty(before, 'server'));
    await until(() => pauses.every(hasPassed), 10_000, 'that what is held passes');
    for (const {connection, after, heard} of pauses) {
      sayAll(connection, after);
      t.is(connection.lost, null);
      t.deepEqual(connection.failures, []);
      t.true(connection.toServer.equals(ofParty(said, 'client')));
      t.true(connection.toClient.equals(ofParty(said, 'server')));
      // DATA of SMTP is two occasions.
      t.true(heard.count >= asked - 2 && heard.count <= asked, `${heard.count} of ${asked}`);
    }
    t.true(pauses.some(({heard}) => heard.count < asked) || asked < 10);
  });
}

/** In chunks of other sizes each time. */
const upgradesTried = 300;

const clientHello = Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0]);
const serverHello = Buffer.from([22, 3, 3, 0, 4, 2, 0, 0, 0]);

for (const {kind, plain, inside} of upgrades) {
  const protocol = followed.find(each => each.kind === kind)!;
  const {title} = protocols[kind];

  test(`${title}: what is said inside of TLS is the same conversation`, t => {
    for (let seed = 0; seed < upgradesTried; seed++) {
      const random = createRandom(['upgrade', seed]);
      const heard: string[] = [];
      const connection = new FollowedConnection(protocol, ({when, commands: [command = '']}) => {
        if (when === 'command') heard.push(command);
        return null;
      });
      sayAll(connection, chunked(plain, random));
      t.true(connection.isUpgrading, `seed ${seed}`);
      // Whoever answers the handshake gets it unread.
      sayAll(connection, [
        ['client', clientHello],
        ['server', serverHello],
      ]);
      t.true(connection.toServer.equals(Buffer.concat([ofParty(plain, 'client'), clientHello])));
      t.true(connection.toClient.equals(Buffer.concat([ofParty(plain, 'server'), serverHello])));
      heard.splice(0);
      connection.goInside();
      sayAll(connection, chunked(inside, random));
      t.is(connection.lost, null, `seed ${seed}`);
      t.deepEqual(connection.failures, []);
      t.true(connection.toServer.equals(ofParty(inside, 'client')), `seed ${seed}`);
      t.true(connection.toClient.equals(ofParty(inside, 'server')), `seed ${seed}`);
      t.is(heard.join(' '), commands[kind]);
    }
  });

  test(`${title}: the first bytes of TLS may come along with the message before them`, t => {
    const [party, last] = plain.at(-1)!;
    const connection = new FollowedConnection(protocol);
    sayAll(connection, plain.slice(0, -1));
    connection.say(party, Buffer.concat([last, clientHello]));
    t.true(connection.isUpgrading);
    const passed = party === 'client' ? connection.toServer : connection.toClient;
    t.true(passed.equals(Buffer.concat([ofParty(plain, party), clientHello])));
  });

  test(`${title}: without anyone to end TLS it passes unread, and it is said why`, t => {
    const connection = new FollowedConnection(protocol);
    sayAll(connection, plain);
    connection.passUnread('for this reason');
    sayAll(connection, inside);
    t.is(connection.lost, 'for this reason');
    t.true(connection.toServer.equals(ofParty([...plain, ...inside], 'client')));
    t.true(connection.toClient.equals(ofParty([...plain, ...inside], 'server')));
  });
}

test('commands that come along with STARTTLS: which of them are answered is not known', t => {
  const {kind, plain} = upgrades.find(({kind}) => kind === 'smtpError')!;
  const connection = new FollowedConnection(followed.find(each => each.kind === kind)!);
  sayAll(connection, plain.slice(0, -1));
  connection.say('client', Buffer.from('EHLO me\r\n'));
  sayAll(connection, plain.slice(-1));
  t.false(connection.isUpgrading);
  t.is(connection.lost, 'commands came along with STARTTLS');
});

test('a client that asks PostgreSQL for GSSAPI is followed until that begins', t => {
  const connection = new FollowedConnection(followed.find(({kind}) => kind === 'postgresError')!);
  connection.say('client', Buffer.from([0, 0, 0, 8, 4, 210, 22, 48]));
  connection.say('server', Buffer.from('G'));
  t.false(connection.isUpgrading);
  t.is(connection.lost, 'the connection is encrypted (GSSAPI)');
});

/** Its length is another one once the client has asked for encryption. */
for (const [title, first] of [
  ['an answer to a request for encryption that came before it', 'N'],
  ['another message than such an answer', '1'],
] as const)
  test(`PostgreSQL: ${title} passes whole`, t => {
    const protocol = followed.find(({kind}) => kind === 'postgresError')!;
    const {failure} = partOf(protocol, []).attempt({
      said: [
        ['server', Buffer.from(first)],
        ['client', Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])],
        ['server', Buffer.from([0])],
        ['server', Buffer.from([0, 0, 5, 7, 8])],
      ],
      isValid: false,
      faultSeed: null,
    });
    t.is(failure, null);
  });

test('what is kept from the target because of a fault does not pass in a pause either', async t => {
  const smtp = followed.find(({kind}) => kind === 'smtpError')!;
  const said = conversations.smtpError.slice(0, 8);
  const [goOn, mail, end] = ['250 ok\r\n250 ok\r\n', 'Subject: x\r\n\r\n.', '\r\n'].map(text =>
    Buffer.from(text),
  );
  const passing = new FollowedConnection(smtp);
  const refused = new FollowedConnection(smtp, ({commands}) =>
    commands.includes('BODY') ? {error: '452'} : null,
  );
  for (const connection of [refused, passing]) sayAll(connection, said);
  refused.say('server', goOn!);
  passing.say('server', Buffer.concat([goOn!, Buffer.from('354 go\r\n')]));
  for (const connection of [refused, passing]) connection.say('client', mail!);
  await until(() => String(passing.toServer).endsWith('\r\n.'), 10_000, 'that what is held passes');
  t.true(String(refused.toServer).endsWith('RCPT TO:<b@example>\r\n'));
  for (const connection of [refused, passing]) connection.say('client', end!);
  t.true(String(refused.toServer).endsWith('RCPT TO:<b@example>\r\nRSET\r\n'));
  t.true(String(passing.toServer).endsWith('\r\n.\r\n'));
  t.deepEqual([refused.lost, passing.lost], [null, null]);
});

test('a command of MySQL that goes on in a second packet is withheld whole', t => {
  const mysql = followed.find(({kind}) => kind === 'mysqlError')!;
  const login = conversations.mysqlError.slice(0, 3);
  const connection = new FollowedConnection(mysql, ({commands}) =>
    commands.includes('UPDATE') ? {error: '1205'} : null,
  );
  sayAll(connection, login);
  const fullPacket = Buffer.concat([Buffer.from([255, 255, 255, 0]), Buffer.alloc(2 ** 24 - 1, ' ')]);
  fullPacket.write('\x03update t set a = 1', 4, 'latin1');
  connection.say('client', fullPacket);
  connection.say('client', Buffer.from([1, 0, 0, 1, 32]));
  const ping = Buffer.from([1, 0, 0, 0, 0x0e]);
  connection.say('client', ping);
  t.true(connection.toServer.equals(Buffer.concat([ofParty(login, 'client'), ping])));
  t.true(String(connection.toClient).endsWith('Lock wait timeout exceeded; try restarting transaction'));
  t.is(connection.lost, null);
});
