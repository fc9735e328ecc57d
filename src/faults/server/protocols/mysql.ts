// MySQL and MariaDB: the server greets, after which the client may begin TLS, then each command has a reply, which may be a whole
// result. A deadlock rolls its transaction back on the target, too, and so does a COMMIT that fails.

import type {ChosenError} from '../../../model/server-errors.ts';
import {
  type Conversation,
  DueReplies,
  type DueReply,
  FrameReader,
  LostStep,
  type Measured,
  type TakenReply,
  type Talk,
  type Treatment,
} from './conversation.ts';
import {defineProtocol} from './follower.ts';
import {commandsIn} from './postgres.ts';

/** `body`: as much of the payload as is looked at; `size`: all of it. */
type Packet = {readonly sequence: number; readonly body: Buffer; readonly size: number};

const headBytes = 4;
const shownBytes = 16 * 1024;
/** A payload of this size goes on in the next packet. */
const fullPacket = 0xff_ff_ff;

const measure = (beginning: Buffer): Measured<Packet> => {
  if (beginning.length < headBytes) return {needs: headBytes};
  const size = beginning.readUIntLE(0, 3);
  const shown = headBytes + Math.min(size, shownBytes);
  if (beginning.length < shown) return {needs: shown};
  const message = {sequence: beginning[3]!, body: beginning.subarray(headBytes, shown), size};
  return {message, bytes: headBytes + size};
};

const capability = {
  mysql: 1,
  compress: 0x20,
  ssl: 0x800,
  deprecateEof: 0x1_000_000,
  zstd: 0x4_000_000,
} as const;
/** The head of a client's answer to the greeting: alone, it asks for TLS. */
const requestBytes = 32;
const moreResults = 0x08;

const command = {
  quit: 0x01,
  initDb: 0x02,
  query: 0x03,
  fieldList: 0x04,
  statistics: 0x09,
  processInfo: 0x0a,
  ping: 0x0e,
  changeUser: 0x11,
  binlogDump: 0x12,
  registerReplica: 0x15,
  prepare: 0x16,
  execute: 0x17,
  longData: 0x18,
  closeStatement: 0x19,
  fetch: 0x1c,
  binlogDumpGtid: 0x1e,
  reset: 0x1f,
  bulkExecute: 0xfa,
} as const;

const unanswered: readonly number[] = [command.quit, command.longData, command.closeStatement];
const resultCommands: readonly number[] = [
  command.query,
  command.processInfo,
  command.execute,
  command.bulkExecute,
];

/**
 * What of a reply is to come. `result`: an OK, an error, or the number of columns. `definitions`: so many, and what then is
 * next. `rows`: up to the end of them. `login`: up to an OK or an error.
 */
type Stage =
  | {readonly kind: 'single' | 'result' | 'rows' | 'fields' | 'login' | 'prepared'}
  | {readonly kind: 'definitions'; left: number; readonly next: Stage | null};

type Reply = DueReply & {
  stage: Stage | null;
  /** What goes in the place of the target's reply. */
  readonly rewritten: (() => Buffer) | null;
  /** Of a statement that is being prepared. */
  readonly commands: readonly string[];
};

const notCode =
  /--\s[^\n]*|#[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|"(?:[^"\\]|\\[\s\S])*(?:"|$)|`[^`]*(?:`|$)/g;

/** After these the target has rolled the transaction back. */
const rollingBack: readonly string[] = ['1180', '1213', '3101'];
/** A login is refused by these; others come in the greeting's place. */
const refusals: readonly string[] = ['1044', '1045', '1203'];

const keptStatements = 10_000;

class MysqlConversation implements Conversation<Packet, Packet> {
  readonly client = new FrameReader<Packet>(beginning =>
    this.#stage === 'greeting' ? {wrong: 'the client spoke before the server'} : measure(beginning),
  );
  readonly server = new FrameReader<Packet>(measure);
  readonly #talk: Talk;
  readonly #due: DueReplies<Reply>;
  #stage: 'greeting' | 'login' | 'commands' = 'greeting';
  #capabilities = 0;
  /** The statement of a command goes on in the next packet. */
  #continues = {client: false, server: false};
  /** What becomes of the rest of a command that goes on in the next packet. */
  #ofContinued: 'pass' | 'drop' = 'pass';
  #isReplyOver = false;
  #refused: TakenReply | null = null;
  /** First words by the number of a prepared statement. */
  readonly #statements = new Map<number, readonly string[]>();

  constructor(talk: Talk) {
    this.#talk = talk;
    this.#due = new DueReplies(talk);
  }

  readonly begins = (): void => {
    const taken = this.#talk.take({when: 'connect', commands: [], key: '', text: ''});
    if (taken === null) return;
    if (refusals.includes(taken.error.code)) this.#refused = taken;
    else this.#refuse(taken, 0);
  };

  readonly fromClient = (packet: Packet): Treatment => {
    const isContinued = this.#continues.client;
    this.#continues.client = packet.size === fullPacket;
    const treatment = isContinued ? this.#ofContinued : this.#command(packet);
    this.#ofContinued = treatment === 'pass' ? 'pass' : 'drop';
    return treatment;
  };

  readonly fromServer = ({body, size}: Packet): Treatment => {
    const isContinued = this.#continues.server;
    this.#continues.server = size === fullPacket;
    if (isContinued) return 'pass';
    if (this.#stage === 'greeting') {
      if (body[0] !== 0xff && body[0] !== 10) throw new LostStep('the greeting is not of protocol 10');
      this.#stage = 'login';
      return 'pass';
    }
    if (this.#stage === 'login') {
      if (body[0] === 0x00) this.#stage = 'commands';
      return 'pass';
    }
    const reply = this.#due.first;
    if (reply === null) {
      if (body[0] === 0xff) return 'pass';
      throw new LostStep('a reply came that no command had asked for');
    }
    const stage =
      body[0] === 0xff && reply.stage?.kind !== 'definitions' ? null : this.#after(reply, body, size);
    reply.stage = stage;
    this.#isReplyOver = stage === null;
    return reply.rewritten === null ? 'pass' : reply.rewritten();
  };

  readonly serverMessageEnded = (): void => {
    if (this.#isReplyOver && !this.#continues.server) this.#due.done();
    this.#isReplyOver = false;
  };

  readonly isIdle = (): boolean => this.#stage === 'commands' && this.#due.isEmpty;

  readonly unasked = (error: ChosenError): Buffer => errorPacket(error, 0);

  readonly holds = (side: 'client' | 'server'): boolean =>
    side === 'server' && this.#due.first?.rewritten != null;

  readonly held = (): readonly Buffer[] => this.#due.held();

  #command({sequence, body}: Packet): Treatment {
    if (this.#stage === 'login' || this.#due.first?.stage?.kind === 'login')
      return this.#login(body, sequence);
    // The lines of a local file that is loaded.
    if (sequence !== 0) return 'pass';
    const code = body[0];
    if (code === undefined) throw new LostStep('a command is empty');
    if (code === command.binlogDump || code === command.binlogDumpGtid || code === command.registerReplica)
      throw new LostStep('the client is a replica');
    if (code === command.execute && (body[5] ?? 0) !== 0) throw new LostStep('the client uses a cursor');
    if (unanswered.includes(code)) return 'pass';
    const {commands, text} = this.#statementOf(code, body);
    const taken =
      commands.length === 0 || code === command.prepare
        ? null
        : this.#talk.take({when: 'command', commands, key: '', text});
    if (taken === null) {
      this.#expect({stage: stageOf(code), commands});
      return 'pass';
    }
    const {error} = taken;
    const isCommit = commands.length === 1 && commands[0] === 'COMMIT';
    if (error.ending === 'none' && (isCommit || rollingBack.includes(error.code))) {
      const rewritten = () => {
        taken.acted();
        return errorPacket(error, 1);
      };
      this.#expect({stage: {kind: 'single'}, rewritten});
      return rollback;
    }
    taken.acted();
    this.#expect({instead: errorPacket(error, 1), ending: error.ending});
    return 'drop';
  }

  #expect(reply: Partial<Reply>): void {
    const plain = {instead: null, ending: 'none', leftMessages: 1, rewritten: null, commands: []} as const;
    this.#due.add({...plain, stage: null, ...reply});
  }

  #refuse(taken: TakenReply, sequence: number): void {
    taken.acted();
    this.#talk.toClient(errorPacket(taken.error, sequence));
    if (taken.error.ending !== 'none') this.#talk.leave(taken.error.ending);
  }

  /** The client's answer to the greeting, and what it then says to log in. */
  #login(body: Buffer, sequence: number): Treatment {
    if (this.#capabilities !== 0 || body.length < 4) return 'pass';
    const capabilities = body.readUInt32LE(0);
    const has = (bit: number): boolean => (capabilities & bit) !== 0;
    if (has(capability.ssl) && body.length === requestBytes) {
      // It says the same again inside, and the rest of it.
      this.#talk.upgrade();
      return 'pass';
    }
    this.#capabilities = capabilities;
    if (has(capability.compress) || has(capability.zstd)) throw new LostStep('the connection is compressed');
    if (this.#refused === null) return 'pass';
    this.#refuse(this.#refused, sequence + 1);
    return 'drop';
  }

  #statementOf(code: number, body: Buffer): {readonly commands: readonly string[]; readonly text: string} {
    if (code === command.query || code === command.prepare) {
      const text = body.toString('latin1', 1);
      return {commands: commandsIn(text, notCode), text};
    }
    if ((code === command.execute || code === command.bulkExecute) && body.length >= 5)
      return {commands: this.#statements.get(body.readUInt32LE(1)) ?? [], text: body.toString('latin1', 5)};
    const name =
      code === command.ping
        ? 'PING'
        : code === command.initDb
          ? 'USE'
          : code === command.reset
            ? 'RESET'
            : null;
    return {commands: name === null ? [] : [name], text: ''};
  }

  /** What comes after this packet of a reply; null: nothing. */
  #after(reply: Reply, body: Buffer, size: number): Stage | null {
    const {stage} = reply;
    const isEndless = (this.#capabilities & capability.deprecateEof) !== 0;
    switch (stage?.kind) {
      case 'login':
        return body[0] === 0x00 ? null : stage;
      case 'result':
        return this.#afterFirst(body, stage);
      case 'prepared': {
        if (body[0] !== 0x00 || body.length < 9)
          throw new LostStep('a statement was prepared in an unknown way');
        if (this.#statements.size >= keptStatements) this.#statements.clear();
        this.#statements.set(body.readUInt32LE(1), reply.commands);
        const [columns, parameters] = [body.readUInt16LE(5), body.readUInt16LE(7)];
        const columnsStage = definitions(columns, isEndless, null);
        return definitions(parameters, isEndless, columnsStage);
      }
      case 'definitions':
        return --stage.left > 0 ? stage : stage.next;
      case 'fields':
        return body[0] === 0xfe && size < 9 ? null : stage;
      case 'rows': {
        // A row may begin with this byte, too, but is then very long.
        const isEnd = body[0] === 0xfe && (isEndless ? size < fullPacket : size < 9);
        if (!isEnd) return stage;
        const status = isEndless ? statusOfOk(body) : statusAt(body, 3);
        return (status & moreResults) !== 0 ? {kind: 'result'} : null;
      }
      default:
        return null;
    }
  }

  #afterFirst(body: Buffer, stage: Stage): Stage | null {
    if (body[0] === 0x00) return (statusOfOk(body) & moreResults) !== 0 ? stage : null;
    // The client sends a file now, after which the result comes.
    if (body[0] === 0xfb) return stage;
    const isEndless = (this.#capabilities & capability.deprecateEof) !== 0;
    const {value, end} = lengthAt(body, 0);
    // MariaDB may say that the client knows the columns already.
    if (body.length > end && body[end] === 0)
      return isEndless ? {kind: 'rows'} : definitions(0, false, {kind: 'rows'}, true);
    return definitions(value, isEndless, {kind: 'rows'});
  }
}

export const mysql = defineProtocol('mysqlError', talk => new MysqlConversation(talk));

const stageOf = (code: number): Stage => {
  if (resultCommands.includes(code)) return {kind: 'result'};
  if (code === command.prepare) return {kind: 'prepared'};
  if (code === command.fieldList) return {kind: 'fields'};
  if (code === command.fetch) return {kind: 'rows'};
  return {kind: code === command.changeUser ? 'login' : 'single'};
};

/** Where there is no mark of their end, there is none. */
const definitions = (
  count: number,
  isEndless: boolean,
  next: Stage | null,
  hasMark = count > 0,
): Stage | null => {
  const left = count + (hasMark && !isEndless ? 1 : 0);
  return left === 0 ? next : {kind: 'definitions', left, next};
};

const lengthBytes: ReadonlyMap<number, number> = new Map([
  [252, 2],
  [253, 3],
  [254, 8],
]);

/** A number of a length that its first byte says. */
const lengthAt = (body: Buffer, at: number): {readonly value: number; readonly end: number} => {
  const first = body[at] ?? 0;
  const bytes = lengthBytes.get(first) ?? 0;
  if (bytes === 0) return {value: first, end: at + 1};
  if (body.length < at + 1 + bytes) throw new LostStep('a number is cut short');
  const value = bytes === 8 ? Number(body.readBigUInt64LE(at + 1)) : body.readUIntLE(at + 1, bytes);
  return {value, end: at + 1 + bytes};
};

/** The server's status in an OK packet: after the numbers of rows and of the last insert. */
const statusOfOk = (body: Buffer): number => {
  const {end} = lengthAt(body, lengthAt(body, 1).end);
  return statusAt(body, end);
};

const statusAt = (body: Buffer, at: number): number => (body.length < at + 2 ? 0 : body.readUInt16LE(at));

const packet = (sequence: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(headBytes);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
};

/** The text begins with the SQLSTATE, where it has one. */
const errorPacket = ({code, text}: ChosenError, sequence: number): Buffer => {
  const [, state = 'HY000', message = text] = /^([0-9A-Z]{5}) ([\s\S]*)$/.exec(text) ?? [];
  const number = Buffer.alloc(3);
  number[0] = 0xff;
  number.writeUInt16LE(Number(code), 1);
  return packet(sequence, Buffer.concat([number, Buffer.from(`#${state}${message}`)]));
};

const rollback = packet(0, Buffer.concat([Buffer.from([command.query]), Buffer.from('ROLLBACK')]));
