// Redis (RESP2 and RESP3): each command has a reply, in order. Messages of subscriptions, and all that RESP3 pushes, come in
// between. Within a transaction an error makes EXEC fail, as the server's own errors would: the target is told to discard.

import type {ChosenError} from '../../../model/server-errors.ts';
import {
  type Conversation,
  DueReplies,
  type DueReply,
  LostStep,
  lineEnd,
  longestBeginning,
  type Part,
  type Reader,
  type TakenReply,
  type Talk,
  type Treatment,
} from './conversation.ts';
import {defineProtocol} from './follower.ts';

/** What of a message has been seen when it is known: the bulk strings and numbers of its beginning. */
type Resp = {
  /** The first byte: `+`, `-`, `$`, `*`, `>` and so on. `i`: an inline command. */
  readonly type: string;
  readonly items: readonly string[];
  /** Items of the outermost array; 0 for anything else. */
  readonly size: number;
};

const shownBytes = 16 * 1024;
const longestItem = 1024;

/** A value after which so many more belong to the message. */
const furtherOf = (type: string, size: number): number => {
  const count = Math.max(0, size);
  if (type === '*' || type === '>' || type === '~') return count;
  return type === '%' ? 2 * count : type === '|' ? 2 * count + 1 : 0;
};

/** Reads the messages of one side. `isKnown`: whether that much of one is enough. */
class RespReader implements Reader<Resp> {
  readonly #isKnown: (resp: Resp) => boolean;
  readonly #takesInline: boolean;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #items: string[] = [];
  #type = '';
  #size = 0;
  /** Values that must come before the message is whole; null between messages. */
  #left: number | null = null;
  #isTold = false;
  /** The beginning of a value's line, or of a bulk string that is told. */
  #line = '';
  /** Of the bulk string under way, its line end included. */
  #bulkBytes = 0;
  #bulk: Buffer[] | null = null;

  constructor(isKnown: (resp: Resp) => boolean, takesInline: boolean) {
    this.#isKnown = isKnown;
    this.#takesInline = takesInline;
  }

  readonly next = (data: Buffer, start: number): Part<Resp> => {
    let at = start;
    while (at < data.length) {
      const wrong = this.#bulkBytes > 0 ? null : this.#checkType(data[at]!);
      if (wrong !== null) return this.#wrong(data, start, wrong);
      const taken = this.#bulkBytes > 0 ? this.#takeBulk(data, at) : this.#takeLine(data, at);
      if (typeof taken === 'string') return this.#wrong(data, start, taken);
      at = taken;
      if (this.#left === 0) return this.#part(data, start, at, true);
      if (!this.#isTold && (this.#isEnough() || this.#heldBytes + at - start >= shownBytes))
        return this.#part(data, start, at, false);
    }
    if (this.#isTold) return {kind: 'rest', isLast: false, end: at};
    this.#hold(data.subarray(start));
    return {kind: 'more', end: at};
  };

  readonly takeHeld = (): Buffer => {
    const held = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  };

  readonly release = (): Buffer => {
    const held = Buffer.concat(this.#held);
    this.#held = [];
    return held;
  };

  #hold(data: Buffer): void {
    this.#held.push(Buffer.from(data));
    this.#heldBytes += data.length;
  }

  #wrong(data: Buffer, start: number, reason: string): Part<Resp> {
    return {
      kind: 'wrong',
      held: Buffer.concat([this.takeHeld(), data.subarray(start)]),
      reason,
      end: data.length,
    };
  }

  #isEnough(): boolean {
    return this.#line === '' && this.#isKnown(this.#resp());
  }

  #resp(): Resp {
    return {type: this.#type, items: this.#items, size: this.#size};
  }

  #part(data: Buffer, start: number, end: number, isLast: boolean): Part<Resp> {
    const message = this.#resp();
    const isTold = this.#isTold;
    this.#isTold = !isLast;
    if (isLast) {
      this.#left = null;
      this.#items = [];
      this.#size = 0;
    }
    if (isTold) return {kind: 'rest', isLast, end};
    return {
      kind: 'begin',
      message,
      raw: Buffer.concat([this.takeHeld(), data.subarray(start, end)]),
      isLast,
      end,
    };
  }

  /** Why a value cannot begin with this byte, or null. */
  #checkType(byte: number): string | null {
    if (this.#line !== '') return null;
    const type = String.fromCharCode(byte);
    const isCommand = this.#takesInline && this.#left === null;
    if (isCommand ? /[\r\n\x20-\x7e]/.test(type) : '+-:$*_,#!=(%~>|'.includes(type)) return null;
    return byte === 22 ? 'the connection is encrypted (TLS)' : 'what came is not RESP';
  }

  /** Returns where it ended, or what is wrong. */
  #takeLine(data: Buffer, start: number): number | string {
    const found = lineEnd(data, start);
    const end = found < 0 ? data.length : found;
    // Of a long line only the beginning is kept: it is the text of an error.
    if (this.#line.length < longestItem)
      this.#line += data.toString('latin1', start, Math.min(end, start + longestItem));
    if (found < 0) return this.#line.length + this.#heldBytes > longestBeginning ? 'a line has no end' : end;
    const line = this.#line.trimEnd();
    this.#line = '';
    return this.#understand(line) ? end : 'a length is no number';
  }

  #understand(line: string): boolean {
    const isFirst = this.#left === null;
    const type = line.charAt(0);
    if (isFirst && this.#takesInline && type !== '*') {
      this.#type = 'i';
      this.#items = line.split(/\s+/).filter(word => word !== '');
      this.#left = 0;
      return true;
    }
    const isSized = '*>~%|$!='.includes(type);
    const size = isSized ? Number(/^-?\d{1,10}$/.exec(line.slice(1))?.[0] ?? Number.NaN) : 0;
    if (Number.isNaN(size)) return false;
    if (isFirst) {
      this.#type = type;
      this.#left = 1;
      this.#size = isSized && !'$!='.includes(type) ? Math.max(0, size) : 0;
    } else if (!isSized && !this.#isTold) this.#items.push(line.slice(1));
    this.#left = (this.#left ?? 1) - 1 + furtherOf(type, size);
    if (!'$!='.includes(type) || size < 0) return true;
    // It is read as part of the value before it.
    this.#left++;
    this.#bulkBytes = size + 2;
    this.#bulk = this.#isTold ? null : [];
    return true;
  }

  #takeBulk(data: Buffer, start: number): number {
    const end = Math.min(data.length, start + this.#bulkBytes);
    this.#bulkBytes -= end - start;
    const shown = this.#bulk?.reduce((sum, {length}) => sum + length, 0) ?? 0;
    if (shown < longestItem)
      this.#bulk?.push(Buffer.from(data.subarray(start, Math.min(end, start + longestItem))));
    if (this.#bulkBytes > 0) return end;
    this.#left = (this.#left ?? 1) - 1;
    if (this.#bulk !== null)
      this.#items.push(Buffer.concat(this.#bulk).toString('latin1').replace(/\r\n$/, ''));
    this.#bulk = null;
    return end;
  }
}

const subscribing = new Set(['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE']);
const unsubscribing = new Set(['UNSUBSCRIBE', 'PUNSUBSCRIBE', 'SUNSUBSCRIBE']);
const confirmation = /^([ps]?)(un)?subscribe$/;
/** Their first argument is a command of its own. */
const containers: ReadonlySet<string> = new Set(
  'ACL CLIENT CLUSTER COMMAND CONFIG DEBUG FUNCTION LATENCY MEMORY MODULE OBJECT PUBSUB SCRIPT SLOWLOG XGROUP XINFO'.split(
    ' ',
  ),
);
const published = /^[ps]?message$/;

/** After these what comes is no sequence of replies any more. */
const endless = new Map([
  ['MONITOR', 'MONITOR: the target sends whatever its clients do'],
  ['SYNC', 'SYNC: the client is a replica'],
  ['PSYNC', 'PSYNC: the client is a replica'],
]);

/** Where the key is, if it is not the first argument; 0: nowhere. */
const keyAt = new Map(
  [
    {at: 0, names: 'ACL AUTH CLIENT COMMAND CONFIG ECHO HELLO INFO PING SCRIPT SELECT'},
    {at: 2, names: 'BITOP MEMORY OBJECT XGROUP XINFO'},
    {at: 3, names: 'EVAL EVALSHA EVALSHA_RO EVAL_RO FCALL FCALL_RO'},
  ].flatMap(({at, names}) => names.split(' ').map((name): [string, number] => [name, at])),
);

const keyOf = (command: string, items: readonly string[]): string => {
  const at = keyAt.get(command) ?? 1;
  return at === 0 ? '' : (items[at] ?? '');
};

type RedisReply = DueReply & {
  /** It comes as a confirmation for each channel; `all-channels`: for as many as there are, but for one at least. */
  readonly confirms: 'nothing' | 'channels' | 'all-channels';
  /** What goes in the place of the target's reply. */
  readonly rewritten: Buffer | null;
};

const plainReply = {
  instead: null,
  ending: 'none',
  leftMessages: 1,
  confirms: 'nothing',
  rewritten: null,
} as const;

const errorLine = (text: string): Buffer => Buffer.from(`-${text}\r\n`);
const discard = Buffer.from('*1\r\n$7\r\nDISCARD\r\n');
const execAbort = errorLine('EXECABORT Transaction discarded because of previous errors.');

class RedisConversation implements Conversation<Resp, Resp> {
  readonly client = new RespReader(({items, size}) => size > 0 && items.length >= Math.min(size, 64), true);
  readonly server = new RespReader(({type, items, size}) => {
    if (type !== '*' && type !== '>') return true;
    const [first] = items;
    return size === 0 || (first !== undefined && (!confirmation.test(first) || items.length >= size));
  }, false);
  readonly #talk: Talk;
  readonly #due: DueReplies<RedisReply>;
  #transaction: 'none' | 'open' | 'failed' = 'none';
  /** Channels, patterns and channels of shards, as the target has confirmed them. */
  readonly #subscriptions = {'': new Set<string>(), p: new Set<string>(), s: new Set<string>()};
  #hasSpoken = false;
  #isReply = false;
  /** What the first command is answered with. */
  #first: TakenReply | null = null;

  constructor(talk: Talk) {
    this.#talk = talk;
    this.#due = new DueReplies(talk);
  }

  readonly begins = (): void => {
    const taken = this.#talk.take({when: 'connect', commands: [], key: '', text: ''});
    if (taken === null || taken.error.ending === 'none') {
      this.#first = taken;
      return;
    }
    taken.acted();
    this.#talk.toClient(this.#line(taken.error, ''));
    this.#talk.leave(taken.error.ending);
  };

  readonly fromClient = ({items}: Resp): Treatment => {
    const [name = '', ...args] = items;
    if (name === '') return 'pass';
    const command = name.toUpperCase();
    const key = keyOf(command, items);
    const commands = containers.has(command)
      ? [`${command}|${args[0]?.toUpperCase() ?? ''}`, command]
      : [command];
    const taken = this.#first ?? this.#talk.take({when: 'command', commands, key, text: args.join(' ')});
    this.#first = null;
    const isEnd = this.#transaction !== 'none' && (command === 'EXEC' || command === 'DISCARD');
    const isAborted = isEnd && command === 'EXEC' && this.#transaction === 'failed';
    if (isEnd) this.#transaction = 'none';
    if (taken !== null) {
      taken.acted();
      return this.#answer(taken.error, key, isEnd);
    }
    if (isAborted) {
      this.#expect({rewritten: execAbort});
      return discard;
    }
    this.#passes(command, args);
    return 'pass';
  };

  readonly fromServer = (message: Resp): Treatment => {
    this.#hasSpoken = true;
    this.#isReply = false;
    if (this.#isOutOfBand(message)) return 'pass';
    const reply = this.#due.first;
    if (reply === null) throw new LostStep('a reply came that no command had asked for');
    if (reply.confirms !== 'nothing' && message.type !== '-')
      throw new LostStep('a subscription was answered in an unknown way');
    this.#isReply = true;
    return reply.rewritten ?? 'pass';
  };

  readonly serverMessageEnded = (): void => {
    if (this.#isReply) this.#due.done();
    this.#isReply = false;
  };

  readonly isIdle = (): boolean => this.#hasSpoken && this.#due.isEmpty && this.#transaction === 'none';

  readonly unasked = (error: ChosenError): Buffer => this.#line(error, '');

  readonly holds = (side: 'client' | 'server'): boolean =>
    side === 'client' ? this.#transaction === 'failed' : this.#due.first?.rewritten != null;

  readonly held = (): readonly Buffer[] => this.#due.held();

  /** A command that was taken: it does not reach the target, which drops a transaction that has failed. */
  #answer(error: ChosenError, key: string, isEnd: boolean): Treatment {
    const said = this.#line(error, key);
    if (isEnd && error.ending === 'none') {
      this.#expect({rewritten: said});
      return discard;
    }
    if (this.#transaction !== 'none') this.#transaction = 'failed';
    this.#expect({instead: said, ending: error.ending});
    return 'drop';
  }

  #passes(command: string, args: readonly string[]): void {
    const reason = endless.get(command);
    if (reason !== undefined) throw new LostStep(reason);
    if (command === 'CLIENT' && /^reply$/i.test(args[0] ?? '') && !/^on$/i.test(args[1] ?? ''))
      throw new LostStep('CLIENT REPLY: the target does not answer any more');
    if (command === 'MULTI') this.#transaction = 'open';
    if (command === 'RESET') this.#transaction = 'none';
    if (command === 'RESET') for (const names of Object.values(this.#subscriptions)) names.clear();
    if (subscribing.has(command) || (unsubscribing.has(command) && args.length > 0))
      this.#expect({confirms: 'channels', leftMessages: Math.max(1, args.length)});
    else this.#expect({confirms: unsubscribing.has(command) ? 'all-channels' : 'nothing'});
  }

  /** Messages of subscriptions and their confirmations, and what RESP3 pushes, are nobody's reply. */
  #isOutOfBand({type, items, size}: Resp): boolean {
    const [kind = '', name = ''] = items;
    const {first} = this.#due;
    const isConfirming = first !== null && first.confirms !== 'nothing';
    const isSubscriber = isConfirming || Object.values(this.#subscriptions).some(({size}) => size > 0);
    if (type !== '>' && !(type === '*' && size >= 3 && isSubscriber)) return false;
    const [isConfirmation, which, isEnd] = confirmation.exec(kind) ?? [];
    if (isConfirmation === undefined) return type === '>' || published.test(kind);
    const names = this.#subscriptions[which as '' | 'p' | 's'];
    if (isEnd === undefined) names.add(name);
    else names.delete(name);
    // The target ends subscriptions by itself, too, when a slot of its cluster moves.
    if (first?.confirms === 'channels') this.#due.came();
    else if (first?.confirms === 'all-channels' && names.size === 0) this.#due.done();
    return true;
  }

  #expect(reply: Partial<RedisReply>): void {
    this.#due.add({...plainReply, ...reply});
  }

  #line({text}: ChosenError, key: string): Buffer {
    return errorLine(text.replace('{slot}', String(slotOf(key))).replace('{address}', this.#talk.address));
  }
}

export const redis = defineProtocol('redisError', talk => new RedisConversation(talk));

const slots = 16_384;

/** The slot of a key in a cluster: CRC16 (XMODEM) of what is in its first braces, or else of all of it. */
export const slotOf = (key: string): number => {
  const tag = /\{([^}]+)\}/.exec(key)?.[1] ?? key;
  let crc = 0;
  for (const byte of Buffer.from(tag, 'latin1')) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc % slots;
};
