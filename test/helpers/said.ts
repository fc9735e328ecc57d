// Conversations in the words of each protocol, as far as their messages matter.

import type {ServerErrorKind} from '../../src/model/server-errors.ts';
import type {Said} from './followed-connection.ts';

const from = (
  party: 'client' | 'server',
  ...parts: readonly (string | Buffer | readonly number[])[]
): Said => [
  party,
  Buffer.concat(
    parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part as Buffer))),
  ),
];

const resp = (...words: readonly string[]): string =>
  `*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

const long = 'x'.repeat(20_000);

const redis: readonly Said[] = [
  from('client', resp('HELLO', '3')),
  from('server', '%3\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n$7\r\nmodules\r\n*0\r\n'),
  from('client', resp('CLIENT', 'setname', 'me'), resp('SET', 'a', long), resp('GET', 'a'), 'PING\r\n'),
  from('server', '+OK\r\n+OK\r\n', `$${long.length}\r\n${long}\r\n`, '+PONG\r\n'),
  from('client', resp('SUBSCRIBE', 'one', 'two'), resp('LRANGE', 'l', '0', '-1')),
  from('server', '>3\r\n$9\r\nsubscribe\r\n$3\r\none\r\n:1\r\n>3\r\n$9\r\nsubscribe\r\n$3\r\ntwo\r\n:2\r\n'),
  from('server', '>3\r\n$7\r\nmessage\r\n$3\r\none\r\n$2\r\nhi\r\n*3\r\n$1\r\n1\r\n*2\r\n:1\r\n$-1\r\n_\r\n'),
  from('client', resp('MULTI'), resp('INCR', 'n'), resp('GET', 'n'), resp('EXEC')),
  from('server', '+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n$1\r\n1\r\n'),
  from('client', resp('GET', 'missing'), resp('EVAL', 'return 1', '1', 'k')),
  from('server', '$-1\r\n', '-ERR no\r\n'),
];

const typed = (type: string, ...body: readonly (string | readonly number[] | Buffer)[]): Buffer => {
  const [, data] = from('client', ...body);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(data.length + 4, 1);
  return Buffer.concat([head, data]);
};

const ready = (state: string): Buffer => typed('Z', state);
const execute = (name: string): readonly Buffer[] => [
  typed('B', `\0${name}\0`, [0, 0, 0, 1, 0, 0, 0, 1, 0x37, 0, 0]),
  typed('D', 'P\0'),
  typed('E', '\0', [0, 0, 0, 0]),
];
const row = typed('D', [0, 1, 0, 0, 0, 1, 0x37]);
const rowDescription = typed('T', [0, 0]);

const postgres: readonly Said[] = [
  from('client', [0, 0, 0, 8, 4, 210, 22, 47]),
  from('server', 'N'),
  from('client', [0, 0, 0, 17, 0, 3, 0, 0], 'user\0me\0\0'),
  from(
    'server',
    typed('R', [0, 0, 0, 0]),
    typed('S', 'a\0b\0'),
    typed('K', [0, 0, 0, 1, 0, 0, 0, 2]),
    ready('I'),
  ),
  from('client', typed('Q', `select '${long}'\0`)),
  from('server', rowDescription, row, typed('C', 'SELECT 1\0'), ready('I')),
  from('client', typed('P', 's1\0select $1\0', [0, 0]), ...execute('s1'), typed('S')),
  from('server', typed('1'), typed('2'), rowDescription, row, typed('C', 'SELECT 1\0'), ready('I')),
  from('client', typed('Q', 'begin\0')),
  from('server', typed('C', 'BEGIN\0'), ready('T')),
  from('client', ...execute('s1'), ...execute('s1'), typed('S'), typed('Q', 'commit\0')),
  from('server', typed('2'), rowDescription, row, typed('C', 'SELECT 1\0')),
  from('server', typed('E', 'SERROR\0C40001\0\0'), ready('E'), typed('N', 'x\0\0')),
  from('server', typed('C', 'ROLLBACK\0'), ready('I'), typed('A', [0, 0, 0, 1], 'c\0p\0')),
];

const packet = (sequence: number, ...body: readonly (string | readonly number[] | Buffer)[]): Buffer => {
  const [, data] = from('client', ...body);
  const head = Buffer.alloc(4);
  head.writeUIntLE(data.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, data]);
};
const ok = (sequence: number): Buffer => packet(sequence, [0, 0, 0, 2, 0, 0, 0]);
const eof = (sequence: number): Buffer => packet(sequence, [254, 0, 0, 2, 0]);
const column = (sequence: number): Buffer =>
  packet(sequence, '\x03def', [0, 0, 0, 1, 97, 0, 12, 63, 0, 1, 0, 0, 0]);

const mysql: readonly Said[] = [
  from('server', packet(0, '\x0a8.0.0\0', [1, 0, 0, 0], 'salt5678\0')),
  from('client', packet(1, [0x05, 0xa2, 0, 0, 0, 0, 0, 1, 33], Buffer.alloc(23), 'root\0\0')),
  from('server', ok(2)),
  from('client', packet(0, `\x03select '${long}'`)),
  from('server', packet(1, [1]), column(2), eof(3), packet(4, '\x017'), packet(5, '\x018'), eof(6)),
  from('client', packet(0, '\x16update t set a = ?')),
  from('server', packet(1, [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]), column(2), eof(3)),
  from('client', packet(0, [0x17, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 0, 7, 0, 0, 0])),
  from('server', ok(1)),
  from('client', packet(0, [0x19, 1, 0, 0, 0]), packet(0, [0x0e])),
  from('server', ok(1)),
  from('client', packet(0, '\x03commit')),
  from('server', packet(1, [255, 189, 4], '#40001Deadlock')),
];

const frame = (type: number, channel: number, ...body: readonly (string | readonly number[])[]): Buffer => {
  const [, data] = from('client', ...body);
  const head = Buffer.alloc(7);
  head[0] = type;
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(data.length, 3);
  return Buffer.concat([head, data, Buffer.from([0xce])]);
};
const call = (
  channel: number,
  group: number,
  method: number,
  ...body: readonly (string | readonly number[])[]
) => frame(1, channel, [0, group, 0, method], ...body);
const message = (channel: number, text: string): readonly Buffer[] => [
  frame(2, channel, [0, 60, 0, 0, 0, 0, 0, 0, 0, 0], [text.length >> 8, text.length & 255], [0, 0]),
  frame(3, channel, text.slice(0, 1000)),
  ...(text.length > 1000 ? [frame(3, channel, text.slice(1000))] : []),
];

const amqp: readonly Said[] = [
  from('client', 'AMQP', [0, 0, 9, 1]),
  from('server', call(0, 10, 10, [0, 9])),
  from('client', call(0, 10, 11)),
  from('server', call(0, 10, 30)),
  from('client', call(0, 10, 31), call(0, 10, 40, [1], '/', [0, 0])),
  from('server', call(0, 10, 41, [0])),
  from('client', call(1, 20, 10, [0])),
  from('server', call(1, 20, 11, [0, 0, 0, 0])),
  from('client', call(1, 85, 10, [0]), call(1, 50, 10, [0, 0, 1], 'q', [0, 0, 0, 0, 0])),
  from('server', call(1, 85, 11), call(1, 50, 11, [1], 'q', [0, 0, 0, 0, 0, 0, 0, 0])),
  from('client', call(1, 60, 40, [0, 0, 0, 1], 'q', [0]), ...message(1, long.slice(0, 3000))),
  from('client', frame(8, 0)),
  from('server', call(1, 60, 80, [0, 0, 0, 0, 0, 0, 0, 1, 0]), frame(8, 0)),
  from('server', call(1, 60, 60, [1], 'c', [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1], 'q'), ...message(1, 'hello')),
  from('client', call(1, 60, 80, [0, 0, 0, 0, 0, 0, 0, 1, 0]), call(1, 20, 40, [0, 200, 0, 0, 0, 0, 0])),
  from('server', call(1, 20, 41)),
];

const smtp: readonly Said[] = [
  from('server', '220-mail.example\r\n220 ESMTP\r\n'),
  from('client', 'EHLO me\r\n'),
  from('server', '250-mail.example\r\n250-PIPELINING\r\n250 SIZE 1000\r\n'),
  from('client', 'AUTH LOGIN\r\n'),
  from('server', '334 VXNlcm5hbWU6\r\n'),
  from('client', 'bWU=\r\n'),
  from('server', '235 2.7.0 ok\r\n'),
  from('client', 'MAIL FROM:<a@example>\r\nRCPT TO:<b@example>\r\nDATA\r\n'),
  from('server', '250 ok\r\n250 ok\r\n354 go\r\n'),
  from('client', `Subject: x\r\n\r\n${long}\r\n..\r\n.not yet\r\n.\r\nNOOP\r\n`),
  from('server', '250 queued\r\n250 ok\r\n'),
  from('client', 'QUIT\r\n'),
  from('server', '221 bye\r\n'),
];

const nats: readonly Said[] = [
  from('server', 'INFO {"server_id":"x","headers":true}\r\n'),
  from('client', 'CONNECT {"verbose":false}\r\nPING\r\n'),
  from('server', 'PONG\r\n'),
  from('client', 'SUB _INBOX.1.* 1\r\nSUB things.> workers 2\r\n'),
  from(
    'client',
    `PUB things.a _INBOX.1.7 ${long.length}\r\n${long}\r\nHPUB things.b 12 14\r\nNATS/1.0\r\n\r\nhi\r\n`,
  ),
  from(
    'server',
    'MSG things.a 2 _INBOX.1.7 5\r\nhello\r\nHMSG things.b 2 12 14\r\nNATS/1.0\r\n\r\nhi\r\nPING\r\n',
  ),
  from('client', 'PONG\r\nUNSUB 2 5\r\n'),
  from('server', "-ERR 'Slow Consumer'\r\n+OK\r\n"),
];

const memcached: readonly Said[] = [
  from('client', `set a 0 0 ${long.length}\r\n${long}\r\nget a b\r\nset q 0 0 1 noreply\r\nx\r\n`),
  from('server', `STORED\r\nVALUE a 0 ${long.length}\r\n${long}\r\nVALUE b 0 3\r\nEND\r\nEND\r\n`),
  from('client', 'incr n 1\r\nstats\r\ndelete a\r\nmg a v\r\nms a 2\r\nhi\r\ntouch a 1\r\nversion\r\n'),
  from(
    'server',
    'NOT_FOUND\r\nSTAT pid 1\r\nSTAT uptime 2\r\nEND\r\nDELETED\r\nVA 2\r\nhi\r\nHD\r\nTOUCHED\r\nVERSION 1\r\n',
  ),
  from('client', 'quit\r\n'),
];

const mqtt: readonly Said[] = [
  from('client', [0x10, 14, 0, 4], 'MQTT', [5, 2, 0, 60, 0, 0, 1], 'x'),
  from('server', [0x20, 3, 0, 0, 0]),
  from('client', [0x82, 10, 0, 1, 0, 0, 4], 'a/b/', [1]),
  from('server', [0x90, 4, 0, 1, 0, 1]),
  from('client', [0x32, 0xc8, 1, 0, 3], 'a/b', [0, 2, 0], long.slice(0, 192), [0xc0, 0]),
  from('server', [0x40, 2, 0, 2], [0xd0, 0], [0x30, 8, 0, 3], 'a/b', [0], 'hi'),
  from('client', [0xe0, 0]),
];

/** The client's answer to the greeting; alone, its head asks for TLS. */
const mysqlAnswer = (sequence: number, ...rest: readonly string[]): Buffer =>
  packet(sequence, [0x05, 0xaa, 0, 0, 0, 0, 0, 1, 33], Buffer.alloc(23), ...rest);

export type Upgrade = {
  readonly kind: ServerErrorKind;
  /** In plain text, up to the message after which both sides begin TLS. */
  readonly plain: readonly Said[];
  /** What is then said inside. */
  readonly inside: readonly Said[];
};

/** Conversations that turn to TLS. */
export const upgrades: readonly Upgrade[] = [
  {
    kind: 'postgresError',
    plain: [from('client', [0, 0, 0, 8, 4, 210, 22, 47]), from('server', 'S')],
    inside: postgres.slice(2),
  },
  {
    kind: 'mysqlError',
    plain: [mysql[0]!, from('client', mysqlAnswer(1))],
    inside: [from('client', mysqlAnswer(2, 'root\0\0')), from('server', ok(3)), ...mysql.slice(3)],
  },
  {
    kind: 'smtpError',
    plain: [...smtp.slice(0, 3), from('client', 'STARTTLS\r\n'), from('server', '220-go\r\n220 ahead\r\n')],
    inside: smtp.slice(1),
  },
];

/** By the kind of fault. */
export const conversations: {readonly [kind in ServerErrorKind]: readonly Said[]} = {
  redisError: redis,
  postgresError: postgres,
  mysqlError: mysql,
  amqpError: amqp,
  smtpError: smtp,
  natsError: nats,
  memcachedError: memcached,
  mqttError: mqtt,
};
