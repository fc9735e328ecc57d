// SMTP: the server greets, then each command has a reply of one line or more; after that to STARTTLS the client begins again,
// inside of TLS. A mail's body has a reply of its own; one that is to be refused does not reach the target, which is told to
// forget the mail.

import type {ChosenError} from '../../../model/server-errors.ts';
import {
  type Conversation,
  DueReplies,
  type DueReply,
  FrameReader,
  LostStep,
  lineEnd,
  type Measured,
  type TakenReply,
  type Talk,
  type Treatment,
} from './conversation.ts';
import {defineProtocol} from './follower.ts';

/** A line, or as much of a long one of a mail as has come. */
type Line = {readonly text: string; readonly isWhole: boolean};

type SmtpReply = DueReply & {
  readonly verb: string;
  /** What goes in the place of the target's reply. */
  readonly rewritten: Buffer | null;
};

const errorLine = ({code, text}: ChosenError): Buffer => Buffer.from(`${code} ${text}\r\n`);
const goAhead = Buffer.from('354 End data with <CR><LF>.<CR><LF>\r\n');
const reset = Buffer.from('RSET\r\n');

class SmtpConversation implements Conversation<Line, Line> {
  readonly client = new FrameReader<Line>(beginning => this.#measureClient(beginning));
  readonly server = new FrameReader<Line>(measureLine);
  readonly #talk: Talk;
  readonly #due: DueReplies<SmtpReply>;
  /** What the client says next: a command; a line that a login asked for; a mail. */
  #mode: 'command' | 'login' | 'mail' = 'command';
  /** The mail does not reach the target. */
  #refused: TakenReply | null = null;
  #isLineStart = true;
  #hasGreeted = false;
  /** Whether the line under way is the first of its reply, and the last. */
  #isFirstLine = true;
  #isLastLine = false;

  constructor(talk: Talk) {
    this.#talk = talk;
    this.#due = new DueReplies(talk);
  }

  readonly begins = (): void => {
    const taken = this.#talk.take({when: 'connect', commands: [], key: '', text: ''});
    taken?.acted();
    this.#expect('', taken === null ? {} : {rewritten: errorLine(taken.error), ending: taken.error.ending});
  };

  readonly fromClient = (line: Line): Treatment => {
    if (this.#mode === 'mail') return this.#mail(line);
    if (this.#mode === 'login') {
      this.#mode = 'command';
      this.#expect('AUTH');
      return 'pass';
    }
    const verb = /^\s*([a-z]+)/i.exec(line.text)?.[1]?.toUpperCase() ?? '';
    const taken = this.#talk.take({when: 'command', commands: [verb], key: '', text: line.text});
    if (taken !== null) {
      taken.acted();
      this.#expect(verb, {instead: errorLine(taken.error), ending: taken.error.ending});
      return 'drop';
    }
    if (verb === 'DATA') {
      this.#refused = this.#talk.take({when: 'command', commands: ['BODY'], key: '', text: ''});
      if (this.#refused !== null) {
        this.#mode = 'mail';
        this.#expect(verb, {instead: goAhead});
        return 'drop';
      }
    }
    this.#expect(verb);
    return 'pass';
  };

  readonly fromServer = ({text}: Line): Treatment => {
    const code = /^(\d{3})(?:[ -]|\r?\n)/.exec(text)?.[1];
    const reply = this.#due.first;
    if (code === undefined) throw new LostStep('what came is no reply');
    // A server that shuts down says so without having been asked.
    if (reply === null && code === '421') return 'pass';
    if (reply === null) throw new LostStep('a reply came that no command had asked for');
    this.#hasGreeted = true;
    this.#isLastLine = text[3] !== '-';
    const isFirst = this.#isFirstLine;
    this.#isFirstLine = this.#isLastLine;
    if (this.#isLastLine && code === '354' && reply.verb === 'DATA') this.#mode = 'mail';
    if (this.#isLastLine && code === '334' && reply.verb === 'AUTH') this.#mode = 'login';
    if (this.#isLastLine && code === '220' && reply.verb === 'STARTTLS') this.#beginTls();
    if (reply.rewritten === null) return 'pass';
    return isFirst ? reply.rewritten : 'drop';
  };

  readonly serverMessageEnded = (): void => {
    if (!this.#isLastLine || this.#due.isEmpty) return;
    this.#isLastLine = false;
    const {ending} = this.#due.first!;
    this.#due.done();
    this.#talk.leave(ending);
  };

  readonly isIdle = (): boolean => this.#hasGreeted && this.#due.isEmpty && this.#mode === 'command';

  readonly unasked = (error: ChosenError): Buffer => errorLine(error);

  readonly holds = (side: 'client' | 'server'): boolean =>
    side === 'client' ? this.#refused !== null : this.#due.first?.rewritten != null;

  readonly held = (): readonly Buffer[] => this.#due.held();

  #expect(verb: string, reply: Partial<SmtpReply> = {}): void {
    this.#due.add({instead: null, ending: 'none', leftMessages: 1, rewritten: null, verb, ...reply});
  }

  /** What a client says along with the request for it is ignored by one server, and answered by another. */
  #beginTls(): void {
    if (this.#due.count > 1) throw new LostStep('commands came along with STARTTLS');
    this.#talk.upgrade();
  }

  #mail({text, isWhole}: Line): Treatment {
    const isEnd = this.#isLineStart && isWhole && /^\.\r?\n$/.test(text);
    this.#isLineStart = isWhole;
    const refused = this.#refused;
    if (!isEnd) return refused === null ? 'pass' : 'drop';
    this.#mode = 'command';
    this.#refused = null;
    if (refused === null) {
      this.#expect('BODY');
      return 'pass';
    }
    refused.acted();
    this.#expect('BODY', {rewritten: errorLine(refused.error), ending: refused.error.ending});
    return reset;
  }

  #measureClient(beginning: Buffer): Measured<Line> {
    if (this.#mode !== 'mail') return measureLine(beginning);
    const end = lineEnd(beginning);
    if (end > 0)
      return {
        message: {text: end > 8 ? '' : beginning.toString('latin1', 0, end), isWhole: true},
        bytes: end,
      };
    // The beginning of a line that may end the mail is waited for.
    if (this.#isLineStart && beginning.length < 3) return 'more';
    return {message: {text: '', isWhole: false}, bytes: beginning.length};
  }
}

const measureLine = (beginning: Buffer): Measured<Line> => {
  const end = lineEnd(beginning);
  if (end < 0) return beginning[0] === 22 ? {wrong: 'the connection is encrypted (TLS)'} : 'more';
  const text = beginning.toString('latin1', 0, end);
  // A chunk of a mail follows its command.
  const size = Number(/^BDAT\s+(\d{1,9})\b/i.exec(text)?.[1] ?? 0);
  return {message: {text, isWhole: true}, bytes: end + size};
};

export const smtp = defineProtocol('smtpError', talk => new SmtpConversation(talk));
