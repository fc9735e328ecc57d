// PostgreSQL (protocol 3, simple and extended queries). A client may ask for TLS before it starts, and then starts inside. An
// error in the place of a reply must fail its transaction on the target, too, and nothing up to the next Sync may be done: so the
// target gets, in the statement's place, one that fails, and the client gets the error that was asked for instead of the
// target's. A COMMIT that fails is a ROLLBACK there.

import type {ChosenError} from '../../../model/server-errors.ts';
import {
  type Conversation,
  FrameReader,
  LostStep,
  type Measured,
  type TakenReply,
  type Talk,
  type Treatment,
} from './conversation.ts';
import {defineProtocol} from './follower.ts';

/** A message by its letter; that of the startup has none. `body`: as much of it as is looked at. */
type Message = {readonly type: string; readonly body: Buffer};

const shownBytes = 16 * 1024;
const longestStartup = 10_000;

const cancelRequest = 80_877_102;

type Encryption = 'TLS' | 'GSSAPI';
/** By the codes of the requests for it. */
const encryptions: ReadonlyMap<number, Encryption> = new Map([
  [80_877_103, 'TLS'],
  [80_877_104, 'GSSAPI'],
]);

const clientTypes = 'QPBEDCSHFdcfXp';
const serverTypes = 'RKSZTDCEN123IntsVGHWAcdv';

const headBytes = 5;
const encryptedBy = (what: Encryption): string => `the connection is encrypted (${what})`;

/** @param needed how many bytes of its beginning are looked at */
const measureTyped = (beginning: Buffer, types: string, needed: number): Measured<Message> => {
  const type = String.fromCharCode(beginning[0]!);
  if (!types.includes(type)) return {wrong: `there is no message "${type.replace(/[^\x21-\x7e]/, '?')}"`};
  if (beginning.length < headBytes) return {needs: headBytes};
  const bytes = 1 + beginning.readUInt32BE(1);
  if (bytes < headBytes) return {wrong: 'a message is shorter than its head'};
  const shown = Math.min(bytes, needed);
  if (beginning.length < shown) return {needs: shown};
  return {message: {type, body: beginning.subarray(headBytes, shown)}, bytes};
};

const measureStartup = (beginning: Buffer): Measured<Message> => {
  if (beginning[0] === 22) return {wrong: encryptedBy('TLS')};
  if (beginning.length < 8) return {needs: 8};
  const bytes = beginning.readUInt32BE(0);
  if (bytes < 8 || bytes > longestStartup) return {wrong: 'the first message is no startup'};
  if (beginning.length < bytes) return {needs: bytes};
  return {message: {type: '', body: beginning.subarray(4, bytes)}, bytes};
};

/** What the target still owes for one message of the client's. */
type Owed = {
  /** The message's letter; `rollback`: what went in the place of a COMMIT by the extended protocol. */
  readonly type: string;
  /** The error that comes in the place of its reply. */
  readonly taken: TakenReply | null;
};

/** The message that completes the reply to one. */
const completions: Readonly<Record<string, string>> = {
  P: '1',
  B: '2',
  D: 'Tn',
  E: 'CIs',
  C: '3',
  S: 'Z',
  Q: 'Z',
  F: 'Z',
  rollback: '3',
};
/** Messages that may come before that. */
const parts: Readonly<Record<string, string>> = {
  P: '',
  B: '',
  D: 't',
  E: 'DGHWdc',
  C: '',
  S: '',
  Q: 'TDCIGHWdc',
  F: 'V',
  rollback: '12CI',
};

/** What belongs to a statement or to a portal: its first words, and what may name an operation. */
type Statement = {readonly commands: readonly string[]; readonly text: string};

const unknown: Statement = {commands: [], text: ''};

class PostgresConversation implements Conversation<Message, Message> {
  readonly client = new FrameReader<Message>(beginning =>
    this.#stage === 'startup' ? measureStartup(beginning) : measureTyped(beginning, clientTypes, shownBytes),
  );
  readonly server = new FrameReader<Message>(beginning => this.#measureServer(beginning));
  readonly #talk: Talk;
  #stage: 'startup' | 'login' | 'ready' = 'startup';
  /** What the client asked for, and has no answer to: one letter, without a length. */
  readonly #asked: Encryption[] = [];
  #owed: Owed[] = [];
  /** After an error everything up to the next Sync is ignored: by the target, or here where it knows of none. */
  #skipped: 'nowhere' | 'there' | 'here' = 'nowhere';
  /** The connection ends with that once the replies before it have come. */
  #last: TakenReply | null = null;
  readonly #statements = new Map<string, Statement>();
  readonly #portals = new Map<string, Statement>();

  constructor(talk: Talk) {
    this.#talk = talk;
  }

  readonly fromClient = ({type, body}: Message): Treatment => {
    if (type === '') return this.#startup(body);
    if (this.#last !== null) return 'drop';
    if (type === 'S') this.#skipped = 'nowhere';
    if (this.#skipped !== 'nowhere') return this.#skipped === 'here' && type !== 'X' ? 'drop' : 'pass';
    if (!Object.hasOwn(completions, type)) return 'pass';
    const statement = this.#statementOf(type, body);
    const isExecution = (type === 'Q' || type === 'E') && statement.commands.length > 0;
    const taken = isExecution ? this.#talk.take({when: 'command', key: '', ...statement}) : null;
    if (taken === null) {
      this.#owed.push({type, taken});
      return 'pass';
    }
    if (taken.error.ending !== 'none') {
      this.#endsWith(taken);
      return 'drop';
    }
    const isCommit = statement.commands.every(command => command === 'COMMIT' || command === 'END');
    if (isCommit && type === 'E') {
      this.#skipped = 'here';
      this.#owed.push({type: 'rollback', taken});
      return rollbackExtended;
    }
    this.#owed.push({type, taken});
    if (type === 'Q') return isCommit ? rollback : failing;
    return failingExtended;
  };

  readonly fromServer = ({type}: Message, raw: Buffer): Treatment => {
    const [asked] = this.#asked;
    if (asked !== undefined && type !== 'E') {
      this.#asked.shift();
      if (type === 'N') return 'pass';
      if (asked !== 'TLS' || type !== 'S' || this.#asked.length > 0) throw new LostStep(encryptedBy(asked));
      this.#talk.upgrade();
      return 'pass';
    }
    if ('NSA'.includes(type)) return 'pass';
    if (this.#stage !== 'ready') {
      if (type === 'Z') this.#stage = 'ready';
      return 'pass';
    }
    const [owed] = this.#owed;
    if (owed === undefined) {
      // What ends a connection comes unasked.
      if (type === 'E') return 'pass';
      throw new LostStep('a reply came that nothing had asked for');
    }
    if (type === 'E') return this.#failed(owed);
    const isPart = parts[owed.type]!.includes(type);
    const isLast = completions[owed.type]!.includes(type);
    if (!isPart && !isLast) throw new LostStep(`"${type}" is no reply to "${owed.type}"`);
    if (isLast) this.#owed.shift();
    const {taken} = owed;
    if (taken === null || type === 'Z') return 'pass';
    // What was sent in the place of a COMMIT did no harm; of its reply the client gets the error only.
    if (type !== 'C' || raw.length === 0) return 'drop';
    taken.acted();
    return errorResponse(taken.error);
  };

  readonly serverMessageEnded = (): void => this.#leaveInTurn();

  readonly isIdle = (): boolean => this.#stage === 'ready' && this.#owed.length === 0 && this.#last === null;

  readonly unasked = (error: ChosenError): Buffer => errorResponse(error);

  readonly holds = (side: 'client' | 'server'): boolean =>
    side === 'client'
      ? this.#skipped === 'here' || this.#last !== null
      : (this.#owed[0]?.taken ?? null) !== null;

  #startup(body: Buffer): Treatment {
    const code = body.readUInt32BE(0);
    const encryption = encryptions.get(code);
    if (encryption !== undefined) {
      this.#asked.push(encryption);
      return 'pass';
    }
    if (code === cancelRequest) return 'pass';
    if (code >> 16 !== 3) throw new LostStep('the client does not speak protocol 3');
    this.#stage = 'login';
    const taken = this.#talk.take({when: 'connect', commands: [], key: '', text: ''});
    if (taken === null) return 'pass';
    taken.acted();
    this.#talk.toClient(errorResponse(taken.error));
    if (taken.error.ending !== 'none') this.#talk.leave(taken.error.ending);
    return 'drop';
  }

  #statementOf(type: string, body: Buffer): Statement {
    switch (type) {
      case 'Q': {
        const text = stringAt(body, 0);
        return {commands: commandsIn(text), text};
      }
      case 'P': {
        const name = stringAt(body, 0);
        const text = stringAt(body, name.length + 1);
        keep(this.#statements, name, {commands: commandsIn(text), text: text.slice(0, keptText)});
        return unknown;
      }
      case 'B': {
        const portal = stringAt(body, 0);
        const name = stringAt(body, portal.length + 1);
        const {commands, text} = this.#statements.get(name) ?? unknown;
        keep(this.#portals, portal, {commands, text: `${latin(body)} ${text}`});
        return unknown;
      }
      case 'E':
        return this.#portals.get(stringAt(body, 0)) ?? unknown;
      default:
        return unknown;
    }
  }

  /** The target failed: by what was sent in a statement's place, or by itself. */
  #failed({type, taken}: Owed): Treatment {
    const isExtended = type !== 'Q' && type !== 'F';
    if (isExtended && type !== 'S') {
      const sync = this.#owed.findIndex(owed => owed.type === 'S');
      const skipped = this.#owed.splice(0, sync < 0 ? this.#owed.length : sync);
      if (sync < 0 && this.#skipped === 'nowhere') this.#skipped = 'there';
      // Of what it skips nothing is said.
      for (const owed of skipped.slice(1)) owed.taken?.release('the target had failed before');
    }
    if (taken === null) return 'pass';
    taken.acted();
    return errorResponse(taken.error);
  }

  /** What is not synchronised yet would never be answered: the error comes in its place. */
  #endsWith(taken: TakenReply): void {
    const end = this.#owed.findLastIndex(({type}) => completions[type] === 'Z');
    this.#owed.length = end + 1;
    this.#last = taken;
    this.#leaveInTurn();
  }

  #leaveInTurn(): void {
    const last = this.#last;
    if (last === null || this.#owed.length > 0) return;
    last.acted();
    this.#talk.toClient(errorResponse(last.error));
    this.#talk.leave(last.error.ending);
  }

  #measureServer(beginning: Buffer): Measured<Message> {
    if (this.#asked.length === 0 || beginning[0] === 0x45)
      return measureTyped(beginning, serverTypes, headBytes);
    return {message: {type: String.fromCharCode(beginning[0]!), body: beginning.subarray(0, 0)}, bytes: 1};
  }
}

export const postgres = defineProtocol('postgresError', talk => new PostgresConversation(talk));

const stringAt = (body: Buffer, start: number): string => {
  const end = body.indexOf(0, start);
  return body.toString('latin1', start, end < 0 ? body.length : end);
};

const keptStatements = 10_000;
const keptText = 1024;

const latin = (body: Buffer): string => body.toString('latin1', 0, keptText);

const keep = (map: Map<string, Statement>, name: string, statement: Statement): void => {
  if (map.size >= keptStatements && !map.has(name)) map.clear();
  map.set(name, statement);
};

const notCode =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"[^"]*(?:"|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/g;

/** The first words of the statements in a text, in upper case. @param skipped comments and literals */
export const commandsIn = (sql: string, skipped = notCode): readonly string[] =>
  sql
    .replace(skipped, ' ')
    .split(';')
    .flatMap(statement => /^[\s(]*([a-z]+)/i.exec(statement)?.[1]?.toUpperCase() ?? []);

const messageOf = (type: string, ...body: readonly Buffer[]): Buffer => {
  const head = Buffer.alloc(headBytes);
  head.write(type, 'latin1');
  head.writeUInt32BE(4 + body.reduce((sum, {length}) => sum + length, 0), 1);
  return Buffer.concat([head, ...body]);
};

const strings = (...all: readonly string[]): Buffer => Buffer.from(all.map(one => `${one}\0`).join(''));

export const errorResponse = ({code, text: message, ending}: ChosenError): Buffer => {
  const severity = ending === 'none' ? 'ERROR' : 'FATAL';
  return messageOf('E', strings(`S${severity}`, `V${severity}`, `C${code}`, `M${message}`, ''));
};

/** Both fail in any transaction, and leave nothing behind. */
const failing = messageOf('Q', strings('foulweather'));
const own = 'foulweather: a statement that a fault took';
const failingExtended = messageOf('E', strings(own), Buffer.alloc(4));

const rollback = messageOf('Q', strings('ROLLBACK'));
const rollbackExtended = Buffer.concat([
  messageOf('P', strings(own, 'ROLLBACK'), Buffer.alloc(2)),
  messageOf('B', strings('', own), Buffer.alloc(6)),
  messageOf('E', strings(''), Buffer.alloc(4)),
  messageOf('C', Buffer.from('S'), strings(own)),
]);
