// Errors that a mail server says, as nodemailer and Python's smtplib see them.
import {execFile} from 'node:child_process';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {buffer} from 'node:stream/consumers';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import nodemailer from 'nodemailer';
import {SMTPServer} from 'smtp-server';
import {errorOf, ServerScene} from '../../../helpers/server-scene.ts';

const mail = {
  from: 'me@mail.example',
  to: ['defaults-1-7@mail.example', 'b@mail.example'],
  text: 'Hello.\n.\nBye.',
};

const start = async (t: ExecutionContext): Promise<{scene: ServerScene; mails: string[]}> => {
  const mails: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, _session, accept) {
      buffer(stream).then(
        data => {
          mails.push(String(data));
          accept(null, 'accepted');
        },
        (error: Error) => accept(error),
      );
    },
  });
  server.on('error', () => {});
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  t.teardown(() => server.close());
  const {port} = listener.address() as AddressInfo;
  return {scene: await ServerScene.before(t, new URL(`smtp://127.0.0.1:${port}`), 'smtp'), mails};
};

const reply = (error: string, command?: string, more: Readonly<Record<string, string>> = {}) => ({
  type: 'smtp_error',
  attributes: {error, ...(command !== undefined && {command}), ...more},
});

test('nodemailer: each command, and the mail itself', async t => {
  const {scene, mails} = await start(t);
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port: scene.port,
    pool: true,
    maxConnections: 1,
  });
  t.teardown(() => transport.close());
  await transport.sendMail(mail);
  for (const [error, command] of [
    ['451', 'MAIL'],
    ['450', 'RCPT'],
    ['452', 'DATA'],
    ['552', 'BODY'],
  ] as const) {
    const failed = await scene.during(reply(error, command), () => errorOf(transport.sendMail(mail)));
    t.like(failed, {responseCode: Number(error)});
  }
  await transport.sendMail(mail);
  t.is(mails.length, 2, 'of what was refused the target got nothing');
  const refused = await scene.during({...reply('550', 'RCPT'), first_n: 1}, () => transport.sendMail(mail));
  t.deepEqual(refused.rejected, ['defaults-1-7@mail.example']);
  const {operationId, method} = (await scene.hits()).at(-1)!;
  t.deepEqual([method, operationId], ['RCPT', 'defaults-1-7']);
  for (const [toxic, responseCode] of [
    [reply('421', undefined, {when: 'connect'}), 421],
    [reply('554'), 554],
  ] as const) {
    const once = nodemailer.createTransport({host: '127.0.0.1', port: scene.port});
    t.like(await scene.during(toxic, () => errorOf(once.sendMail(mail))), {responseCode});
  }
  t.like((await scene.witness()).protocol, {lostConnections: 0, lastLost: null});
});

const script = `
import smtplib, sys
try:
    with smtplib.SMTP('127.0.0.1', int(sys.argv[1]), timeout=60) as smtp:
        smtp.sendmail('me@mail.example', ['b@mail.example'], 'Subject: x\\r\\n\\r\\n.dots\\r\\n.\\r\\nend')
        print('sent')
except smtplib.SMTPResponseException as error:
    print(error.smtp_code)
except smtplib.SMTPRecipientsRefused as error:
    print(list(error.recipients.values())[0][0])
`;

test("Python's smtplib", async t => {
  const {scene, mails} = await start(t);
  const send = async () =>
    (await promisify(execFile)('python3', ['-c', script, String(scene.port)])).stdout.trim();
  t.is(await send(), 'sent');
  t.is(await scene.during(reply('451', 'MAIL'), send), '451');
  t.is(await scene.during(reply('450', 'RCPT'), send), '450');
  t.is(await scene.during(reply('452', 'BODY'), send), '452');
  t.is(await scene.during(reply('554'), send), '554');
  t.is(await send(), 'sent');
  t.is(mails.length, 2);
});
