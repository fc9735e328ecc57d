// Which errors can be asked for, and what is usual for each.
import test from 'ava';
import {
  chosenError,
  type ErrorChoice,
  protocols,
  refuseError,
  type ServerErrorKind,
  serverErrorKinds,
} from '../../src/model/server-errors.ts';

const usual: ErrorChoice = {error: '', message: '', command: '', key: '', when: 'usual', ending: 'usual'};

const refuses = test.macro({
  title: (_, kind: ServerErrorKind, choice: Partial<ErrorChoice>) =>
    `${kind} refuses ${JSON.stringify(choice)}`,
  exec(t, kind: ServerErrorKind, choice: Partial<ErrorChoice>, reason: RegExp) {
    t.regex(refuseError(kind, {...usual, ...choice}) ?? 'nothing', reason);
  },
});

test(refuses, 'redisError', {error: 'SLEEPY'}, /^error: Redis has no error "SLEEPY"\. Known: ASK, BUSY, /);
test(refuses, 'redisError', {error: 'LOADING', command: 'GET GTE'}, /^command: Redis has no command "GTE"$/);
test(refuses, 'redisError', {error: 'LOADING', message: 'a\r\n+OK'}, /^message must be one line/);
test(refuses, 'redisError', {error: 'LOADING', when: 'later'}, /^when must be one of usual, connect, /);
test(refuses, 'redisError', {error: 'LOADING', ending: 'fin'}, /^ending must be one of usual, none, /);
test(
  refuses,
  'redisError',
  {error: 'LOADING', command: 'GET', when: 'connect'},
  /^command can only be combined with when "command"$/,
);
test(
  refuses,
  'redisError',
  {error: 'MAXCLIENTS', key: 'a'},
  /^key can only be combined with when "command"$/,
);
test(refuses, 'redisError', {error: 'LOADING', key: 'x'.repeat(257)}, /^key must have at most 256/);
test(refuses, 'postgresError', {error: '99999'}, /^error: "99999" needs a message/);
test(refuses, 'postgresError', {error: 'deadlock'}, /^error: PostgreSQL has no error "deadlock"/);
test(refuses, 'postgresError', {error: '40001', key: 'a'}, /^key: commands of PostgreSQL have none$/);
test(refuses, 'mysqlError', {error: '40001'}, /^error: MySQL has no error "40001"/);
test(
  refuses,
  'amqpError',
  {error: '404', command: 'queue.make'},
  /^command: AMQP 0-9-1 has no command "QUEUE.MAKE"$/,
);
test(refuses, 'smtpError', {error: '250'}, /^error: SMTP has no error "250"/);

for (const kind of serverErrorKinds) {
  test(`${kind}: each of its errors can be asked for`, t => {
    const {errors} = protocols[kind];
    for (const error of Object.keys(errors)) {
      t.is(refuseError(kind, {...usual, error}), null, error);
      t.is(chosenError(kind, {...usual, error}).code, error);
    }
  });
}

test('what is usual for an error, and what is asked for instead', t => {
  const chosen = (kind: ServerErrorKind, choice: Partial<ErrorChoice>) =>
    chosenError(kind, {...usual, ...choice});
  t.like(chosen('postgresError', {error: '57P01'}), {when: 'unasked', ending: 'close'});
  t.like(chosen('postgresError', {error: '57P01', command: 'SELECT'}), {when: 'command', ending: 'close'});
  t.like(chosen('postgresError', {error: '40001'}), {when: 'command', ending: 'none'});
  t.like(chosen('postgresError', {error: '53300', ending: 'abort'}), {when: 'connect', ending: 'abort'});
  t.like(chosen('redisError', {error: 'ERR own words'}), {
    code: 'ERR',
    text: 'ERR own words',
    when: 'command',
  });
  t.like(chosen('redisError', {error: 'MOVED', message: 'MOVED 1 h:1'}), {text: 'MOVED 1 h:1'});
});
