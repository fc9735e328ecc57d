// memcached: replies in order, by the text protocol or by the binary one, whichever the client's first byte shows. What is
// stored quietly has no reply, and so no error.

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

/** `words` of a line; or the opcode, the status and the key of a binary packet. */
type Message =
  | {readonly kind: 'text'; readonly words: readonly string[]}
  | {readonly kind: 'binary'; readonly head: Buffer; readonly key: string; readonly size: number};

const headBytes = 24;
const requestMagic = 0x80;
const responseMagic = 0x81;
const longestKey = 250;

const measureBinary = (beginning: Buffer, magic: number): Measured<Message> => {
  if (beginning[0] !== magic) return {wrong: 'what came is no packet'};
  if (beginning.length < headBytes) return {needs: headBytes};
  const [keyBytes, extraBytes, size] = [beginning.readUInt16BE(2), beginning[4]!, beginning.readUInt32BE(8)];
  if (keyBytes + extraBytes > size || keyBytes > longestKey)
    return {wrong: 'a packet is shorter than its key'};
  const known = headBytes + extraBytes + keyBytes;
  if (beginning.length < known) return {needs: known};
  const key = beginning.toString('latin1', headBytes + extraBytes, known);
  return {
    message: {kind: 'binary', head: beginning.subarray(0, headBytes), key, size},
    bytes: headBytes + size,
  };
};

/** @param payloadAt which word of a line says how long the data is that follows it; 0: none does */
const measureText = (
  beginning: Buffer,
  payloadAt: (words: readonly string[]) => number,
): Measured<Message> => {
  const end = lineEnd(beginning);
  if (end < 0) return beginning[0] === 22 ? {wrong: 'the connection is encrypted (TLS)'} : 'more';
  const words = beginning
    .toString('latin1', 0, end)
    .trim()
    .split(' ')
    .filter(word => word !== '');
  const at = payloadAt(words);
  const size = at === 0 ? 0 : Number(/^\d{1,10}$/.exec(words[at] ?? '')?.[0] ?? Number.NaN);
  if (Number.isNaN(size)) return {wrong: 'a length is no number'};
  return {message: {kind: 'text', words}, bytes: at === 0 ? end : end + size + 2};
};

const replies =
  /^(?:\d+|[A-Z]{2}|VALUE|END|STORED|NOT_STORED|EXISTS|NOT_FOUND|DELETED|TOUCHED|STAT|ITEM|PREFIX|VERSION|RESET|BUSY|ERROR|(?:CLIENT|SERVER)_ERROR)$/;

const measureReply = (beginning: Buffer): Measured<Message> => {
  const measured = measureText(beginning, payloadOfReply);
  if (measured === 'more' || !('message' in measured) || measured.message.kind !== 'text') return measured;
  return replies.test(measured.message.words[0] ?? '') ? measured : {wrong: 'what came is no reply'};
};

const storing: ReadonlySet<string> = new Set(['SET', 'ADD', 'REPLACE', 'APPEND', 'PREPEND', 'CAS']);
const retrieving: ReadonlySet<string> = new Set(['GET', 'GETS', 'GAT', 'GATS']);
const commandOf = (words: readonly string[]): string => words[0]?.toUpperCase() ?? '';

const payloadOfRequest = (words: readonly string[]): number => {
  const command = commandOf(words);
  return storing.has(command) ? 4 : command === 'MS' ? 2 : 0;
};

const payloadOfReply = ([first]: readonly string[]): number =>
  first === 'VALUE' ? 3 : first === 'VA' ? 1 : 0;

/** By opcode; the quiet ones have a reply in some cases only. */
const opcodes = new Map(
  Object.entries({
    GET: [0x00, 0x0c],
    SET: [0x01],
    ADD: [0x02],
    REPLACE: [0x03],
    DELETE: [0x04],
    INCR: [0x05],
    DECR: [0x06],
    QUIT: [0x07],
    FLUSH_ALL: [0x08],
    NOOP: [0x0a],
    VERSION: [0x0b],
    APPEND: [0x0e],
    PREPEND: [0x0f],
    STATS: [0x10],
    VERBOSITY: [0x1b],
    TOUCH: [0x1c],
    GAT: [0x1d],
  }).flatMap(([name, codes]) => codes.map((code): [number, string] => [code, name])),
);
const stats = 0x10;
const loginCodes: readonly number[] = [0x20, 0x21, 0x22];

/** Statuses of the binary protocol. */
const statuses = new Map([
  ['BUSY', 0x85],
  ['INTERNAL', 0x84],
  ['OUT_OF_MEMORY', 0x82],
  ['TEMPORARY', 0x86],
  ['TOO_LARGE', 0x03],
]);

type MemcachedReply = DueReply & {
  /** The opcode; or the command of a line. */
  readonly command: number | string;
};

class MemcachedConversation implements Conversation<Message, Message> {
  readonly client = new FrameReader<Message>(beginning => this.#measureClient(beginning));
  readonly server = new FrameReader<Message>(beginning =>
    this.#isBinary === true ? measureBinary(beginning, responseMagic) : measureReply(beginning),
  );
  readonly #talk: Talk;
  readonly #due: DueReplies<MemcachedReply>;
  #isBinary: boolean | null = null;
  #isReplyOver = false;
  #hasSpoken = false;
  #refusal: TakenReply | null = null;

  constructor(talk: Talk) {
    this.#talk = talk;
    this.#due = new DueReplies(talk);
  }

  readonly begins = (): void => {
    this.#refusal = this.#talk.take({when: 'connect', commands: [], key: '', text: ''});
  };

  readonly fromClient = (message: Message): Treatment => {
    if (message.kind === 'binary') return this.#binary(message);
    const {words} = message;
    const command = commandOf(words);
    if (command === '') return 'pass';
    if (command === 'WATCH') throw new LostStep('the target sends whatever its clients do');
    const isQuiet = words.at(-1) === 'noreply';
    if (/^M[SGDA]$/.test(command) && words.slice(2).some(flag => flag.startsWith('q')))
      throw new LostStep('meta commands were sent quietly');
    if (isQuiet) return 'pass';
    const key = command === 'GAT' || command === 'GATS' ? (words[2] ?? '') : (words[1] ?? '');
    const taken = this.#take(command, key, words.slice(1).join(' '));
    return this.#treat(taken, command, error => Buffer.from(`${error.text}\r\n`));
  };

  readonly fromServer = (message: Message): Treatment => {
    this.#hasSpoken = true;
    const reply = this.#due.first;
    if (message.kind === 'text') {
      if (reply === null) throw new LostStep('a reply came that no command had asked for');
      this.#isReplyOver = isLastLine(String(reply.command), message.words);
      return 'pass';
    }
    const opcode = message.head[1]!;
    // A quiet command whose reply comes is none of those that are due.
    if (!opcodes.has(opcode) && !loginCodes.includes(opcode)) return 'pass';
    if (reply === null || reply.command !== opcode)
      throw new LostStep('a reply came that no command had asked for');
    this.#isReplyOver = opcode !== stats || message.key === '';
    return 'pass';
  };

  readonly serverMessageEnded = (): void => {
    if (this.#isReplyOver) this.#due.done();
    this.#isReplyOver = false;
  };

  readonly isIdle = (): boolean => this.#hasSpoken && this.#due.isEmpty;

  readonly unasked = ({text}: ChosenError): Buffer | null =>
    this.#isBinary === true ? null : Buffer.from(`${text}\r\n`);

  readonly held = (): readonly Buffer[] => this.#due.held();

  #measureClient(beginning: Buffer): Measured<Message> {
    this.#isBinary ??= beginning[0] === requestMagic;
    return this.#isBinary ? measureBinary(beginning, requestMagic) : measureText(beginning, payloadOfRequest);
  }

  #binary({head, key}: Message & {readonly kind: 'binary'}): Treatment {
    const opcode = head[1]!;
    const command = opcodes.get(opcode);
    if (command === undefined && !loginCodes.includes(opcode)) return 'pass';
    const taken = command === undefined ? null : this.#take(command, key, key);
    return this.#treat(taken, opcode, ({code, text}) => {
      const body = Buffer.from(text.replace(/^SERVER_ERROR /, ''));
      const said = Buffer.from(head);
      said[0] = responseMagic;
      said.fill(0, 2, 12);
      said.writeUInt16BE(statuses.get(code) ?? 0x84, 6);
      said.writeUInt32BE(body.length, 8);
      said.fill(0, 16, 24);
      return Buffer.concat([said, body]);
    });
  }

  #take(command: string, key: string, text: string): TakenReply | null {
    const refusal = this.#refusal;
    this.#refusal = null;
    return refusal ?? this.#talk.take({when: 'command', commands: [command], key, text});
  }

  #treat(
    taken: TakenReply | null,
    command: number | string,
    said: (error: ChosenError) => Buffer,
  ): Treatment {
    const plain = {leftMessages: 1, command};
    if (taken === null) {
      if (command !== 'QUIT' && command !== 'SHUTDOWN')
        this.#due.add({instead: null, ending: 'none', ...plain});
      return 'pass';
    }
    taken.acted();
    this.#due.add({instead: said(taken.error), ending: taken.error.ending, ...plain});
    return 'drop';
  }
}

export const memcached = defineProtocol('memcachedError', talk => new MemcachedConversation(talk));

const failure = /^(?:ERROR|CLIENT_ERROR|SERVER_ERROR)$/;

/** Whether a line ends the reply to a command: values and statistics have an end of their own. */
const isLastLine = (command: string, [first = '']: readonly string[]): boolean => {
  if (failure.test(first) || first === 'END') return true;
  if (retrieving.has(command)) return false;
  return command !== 'STATS' || !['STAT', 'ITEM', 'PREFIX'].includes(first);
};
