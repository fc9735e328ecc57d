// nodemailer: mail over a connection for each message, and over its pool. Plain, with an attachment, to several, as a stream.
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import nodemailer, {type SendMailOptions} from 'nodemailer';
import type {LedgerWriter, StartedTarget} from '../../model/scenario-functions.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {withVersion} from './installed-version.ts';
import {operationNumber} from './operation-number.ts';

type Options = {
  readonly pool?: true;
  readonly maxConnections?: number;
  readonly connectionTimeout?: number;
  readonly greetingTimeout?: number;
  readonly socketTimeout?: number;
};

const asUsersGetIt: Options = {};

const domain = 'mail.example';
const attachmentBytes = 20_000;

/** What is sent besides sender and receiver, by the operation's turn. */
const contents: readonly ((id: string) => SendMailOptions)[] = [
  () => ({text: 'Your order is on its way.'}),
  () => ({
    html: '<p>Your invoice is attached.</p>',
    attachments: [{filename: 'invoice.pdf', content: Buffer.alloc(attachmentBytes, '%PDF ')}],
  }),
  () => ({cc: [`accounts@${domain}`, `archive@${domain}`], text: 'A copy for the accounts.'}),
  id => ({text: Readable.from([`Log of ${id}:\n`, 'all is well\n'.repeat(100)])}),
];

/** The id is the receiver's name, so that an attempt is known before its message has come. */
const idOf = (address: string): string => address.slice(0, address.lastIndexOf('@'));

const startServer = async (ledger: LedgerWriter): Promise<StartedTarget> => {
  // Here and not above: it imports parts of nodemailer, which in the subject are of the variant's version.
  const {SMTPServer} = await import('smtp-server');
  const server = new SMTPServer({
    // Its certificate is trusted by no client, and it has no accounts.
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo({address}, _session, accept) {
      ledger.attempt(idOf(address));
      accept();
    },
    onData(stream, {envelope}, accept) {
      buffer(stream).then(
        () => {
          const ids = envelope.rcptTo.map(({address}) => idOf(address));
          for (const id of ids) ledger.effect(id);
          accept(null, `accepted ${ids[0]}`);
          for (const id of ids) ledger.answered(id);
        },
        (error: Error) => accept(error),
      );
    },
  });
  // A connection that a client resets is no fault of the server.
  server.on('error', () => {});
  return new Promise(resolve => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        url: `smtp://127.0.0.1:${port}`,
        description: `${withVersion('smtp-server')}, in a process of this run`,
        stop: () => server.close(),
      });
    });
  });
};

/** The envelope was not accepted: the message itself was not sent. */
const beforeTheMessage = new Set(['EHLO', 'HELO', 'MAIL FROM', 'RCPT TO']);
/** Only by this can they be recognised: they have the command CONN, which a connection that is lost at any time has, too. */
const beforeTheGreeting = new Set(['Connection timeout', 'Greeting never received']);

/**
 * The pool sends again what it had begun to send, and its error is about the last try only: an earlier one may have
 * arrived.
 */
const ofThePool = new WeakSet<Error>();

const isUnsent = (error: unknown): boolean => {
  if (!(error instanceof Error) || ofThePool.has(error)) return false;
  const {command, syscall} = error as NodeJS.ErrnoException & {readonly command?: string};
  return syscall === 'connect' || beforeTheMessage.has(command ?? '') || beforeTheGreeting.has(error.message);
};

export default defineScenario({
  name: 'nodemailer',
  observation: 'Sending mail keeps requests waiting for minutes while the mail server does not respond.',
  remarks: [
    'The variant "defaults" uses nodemailer as created by createTransport({host, port}): a connection per message, 2 min for connecting, 30 s for the greeting and 10 min of silence (https://nodemailer.com/smtp#connection-options).',
    'SMTP has no way to ask whether a message was accepted if the reply is lost. Without a pool, nodemailer resends nothing by itself. Its pool requeues a message if the connection is closed while it is being sent, up to five times in nodemailer 10 (maxRequeues): such a message may arrive twice, and one whose content is a stream cannot be read again.',
  ],
  target: {start: ({ledger}) => startServer(ledger)},
  supports: {nodemailer: '>=6.9 <11'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'pool',
      options: {
        pool: true,
        maxConnections: 5,
        connectionTimeout: 500,
        greetingTimeout: 500,
        socketTimeout: 750,
      },
      change:
        'Use five connections for all messages (pool, maxConnections), and bound connecting, the greeting and silence (connectionTimeout and greetingTimeout 500 ms, socketTimeout 750 ms).',
    },
  ],
  load: {model: 'open', ratePerSecond: 50, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  subject: {
    open({url, options}) {
      const {hostname, port} = new URL(url);
      const transport = nodemailer.createTransport({host: hostname, port: Number(port), ...options});
      return {transport, isPooled: options.pool ?? false};
    },
    async perform({transport, isPooled}, {id}) {
      const number = operationNumber(id);
      const content = contents[number % contents.length]!(id);
      const message = {from: `shop@${domain}`, to: `${id}@${domain}`, subject: `Order ${number}`, ...content};
      const {accepted} = (await transport.sendMail(message).catch((error: unknown) => {
        if (isPooled && error instanceof Error) ofThePool.add(error);
        throw error;
      })) as {readonly accepted: readonly string[]};
      return {echoedId: accepted.map(idOf).find(name => name === id) ?? accepted[0], key: `${number % 4}`};
    },
    classify: error => (isUnsent(error) ? 'failed' : 'unknown'),
    close: ({transport}) => transport.close(),
  },
});
