// What a protocol is to the injector: how its messages are read in both directions, and how an error takes the place of a
// reply so that both sides stay in step.

import type {ChosenError, ErrorEnding, ErrorMoment} from '../../../model/server-errors.ts';

/** An occasion on which a server could say that it is in trouble. */
export type Occasion = {
  readonly when: ErrorMoment;
  /** The command's names in upper case; none where none was given. A rule for one of them fits. */
  readonly commands: readonly string[];
  /** What the command is about: a key, a topic. It is recorded. Empty: nothing. */
  readonly key: string;
  /** What of the message may name an operation. Nothing else of it is recorded. */
  readonly text: string;
};

/** An error that a toxic wants said on this occasion. */
export type TakenReply = {
  readonly error: ChosenError;
  /** It is said: counts the hit. */
  readonly acted: () => void;
  /** It could not be said after all, for this reason: the hit is not spent. */
  readonly release: (reason: string) => void;
};

/** What a conversation may do on its connection. */
export type Talk = {
  /** Whole messages, as soon as none of the target's is on its way. */
  readonly toClient: (data: Buffer) => void;
  readonly take: (occasion: Occasion) => TakenReply | null;
  /** Ends the connection like that, after what was sent to the client; the target's side of it ends, too. */
  readonly leave: (ending: ErrorEnding) => void;
  /**
   * After the message that is being taken, which must pass whole, both sides begin TLS. What they say inside of it comes to the
   * same conversation, unless it cannot be read. No reply may be due but the one that this message is.
   */
  readonly upgrade: () => void;
  /** The address under which the client knows the server: host:port. */
  readonly address: string;
};

/** What becomes of a message: it passes, goes nowhere, or these bytes go in its place. */
export type Treatment = 'pass' | 'drop' | Buffer;

/**
 * One connection, in the words of its protocol. A message comes as soon as enough of it is known; what follows of it shares
 * its treatment. Throws LostStep where it cannot follow any more: from that message on all passes untouched.
 */
export type Conversation<C, S> = {
  readonly client: Reader<C>;
  readonly server: Reader<S>;
  /** Both sides are connected, and nothing was said. */
  readonly begins?: () => void;
  readonly fromClient: (message: C, raw: Buffer) => Treatment;
  readonly fromServer: (message: S, raw: Buffer) => Treatment;
  /** The last byte of such a message has been treated. */
  readonly clientMessageEnded?: () => void;
  readonly serverMessageEnded?: () => void;
  /** Whether something was said, and no reply is due: an error may come unasked. */
  readonly isIdle: () => boolean;
  /** An error for which nobody asked, in the protocol's form; null where it has none for it now. */
  readonly unasked: (error: ChosenError) => Buffer | null;
  /** What is said when a fault is over by which such an error was said, and which did not end the connection. */
  readonly over?: (error: ChosenError) => Buffer | null;
  /**
   * Whether the next message of that side may not pass as it is, because of what a fault did before: its beginning is then held
   * until it is known, however long that takes.
   */
  readonly holds?: (side: 'client' | 'server') => boolean;
  /** Replies in the target's place that still wait for their turn. Asked for once, when nothing is followed any more. */
  readonly held?: () => readonly Buffer[];
};

/** Why the messages of a connection can no longer be followed. */
export class LostStep extends Error {}

/** A reply that is due to the client, in the order of the requests. */
export type DueReply = {
  /** What is said in the target's place, as soon as it is its turn; null: the target's own reply. */
  instead: Buffer | null;
  /** How the connection then ends. */
  readonly ending: ErrorEnding;
  /** How many messages of the target it consists of. */
  leftMessages: number;
};

/** The replies that are due: what is said in the target's place comes when all before it has. */
export class DueReplies<Due extends DueReply = DueReply> {
  readonly #talk: Pick<Talk, 'toClient' | 'leave'>;
  #due: Due[] = [];

  constructor(talk: Pick<Talk, 'toClient' | 'leave'>) {
    this.#talk = talk;
  }

  get isEmpty(): boolean {
    return this.#due.length === 0;
  }

  get count(): number {
    return this.#due.length;
  }

  get first(): Due | null {
    return this.#due[0] ?? null;
  }

  add(due: Due): void {
    this.#due.push(due);
    if (this.#due.length === 1) this.#give();
  }

  /** One message of the first reply has come and passed. False: none was due. */
  came(): boolean {
    const {first} = this;
    if (first === null) return false;
    if (--first.leftMessages <= 0) this.done();
    return true;
  }

  /** The first reply is complete. */
  done(): void {
    this.#due.shift();
    this.#give();
  }

  held(): readonly Buffer[] {
    return this.#due.splice(0).flatMap(({instead}) => (instead === null ? [] : [instead]));
  }

  #give(): void {
    for (let {first} = this; first?.instead != null; {first} = this) {
      this.#due.shift();
      this.#talk.toClient(first.instead);
      if (first.ending !== 'none') {
        this.#due = [];
        this.#talk.leave(first.ending);
      }
    }
  }
}

// How messages are read from the chunks of one direction. As soon as enough is known of a message it is told by its beginning;
// what follows of it streams, and is not kept.

/** The next part of a chunk. `end` is where in the chunk it ends. */
export type Part<Message> =
  /** The chunk was taken, and the message is not known yet. */
  | {readonly kind: 'more'; readonly end: number}
  /** `raw`: all that was held of it, this part of the chunk included. */
  | {
      readonly kind: 'begin';
      readonly message: Message;
      readonly raw: Buffer;
      readonly isLast: boolean;
      readonly end: number;
    }
  | {readonly kind: 'rest'; readonly isLast: boolean; readonly end: number}
  /** Not what it should be. `held`: what was held, this part of the chunk included. */
  | {readonly kind: 'wrong'; readonly held: Buffer; readonly reason: string; readonly end: number};

export type Reader<Message> = {
  /** Reads on in a chunk, from `start`, which must be within it. */
  readonly next: (data: Buffer, start: number) => Part<Message>;
  /** What is held of a message that is not known yet; it is held no longer, nor read on. */
  readonly takeHeld: () => Buffer;
  /** The same, but the message is read on: its `raw` is what comes of it from here on. */
  readonly release: () => Buffer;
};

/** A message whose beginning has been seen. */
export type Frame<Message> = {
  readonly message: Message;
  /** Of the whole message; at least as many as were needed to know it. */
  readonly bytes: number;
};

/**
 * What a beginning of bytes is: a message; a number of bytes that are needed to know it, more than there are; 'more' where
 * that number is not known; or why it is none.
 */
export type Measured<Message> = Frame<Message> | {readonly needs: number} | 'more' | {readonly wrong: string};

/** No message needs more to be known. */
export const longestBeginning = 64 * 1024;

const nothing: Buffer = Buffer.alloc(0);

/** Reads messages whose length is known from their beginning: by a length in front, or by a line's end. */
export class FrameReader<Message> implements Reader<Message> {
  readonly #measure: (beginning: Buffer) => Measured<Message>;
  #held = nothing;
  /** Of those, how many have been released. */
  #releasedBytes = 0;
  /** More than are held are needed. */
  #needs = 0;
  /** Of the message that streams. */
  #leftBytes = 0;

  constructor(measure: (beginning: Buffer) => Measured<Message>) {
    this.#measure = measure;
  }

  readonly next = (data: Buffer, start: number): Part<Message> => {
    if (this.#leftBytes > 0) {
      const end = Math.min(data.length, start + this.#leftBytes);
      this.#leftBytes -= end - start;
      return {kind: 'rest', isLast: this.#leftBytes === 0, end};
    }
    const heldBytes = this.#held.length;
    const beginning =
      heldBytes === 0 ? data.subarray(start) : Buffer.concat([this.#held, data.subarray(start)]);
    const measured =
      beginning.length < this.#needs
        ? {needs: this.#needs}
        : this.#measure(beginning.subarray(0, longestBeginning));
    if (measured !== 'more' && 'message' in measured) return this.#begin(measured, beginning, start);
    const isTooLong = beginning.length >= longestBeginning;
    if (measured !== 'more' && 'wrong' in measured)
      return this.#wrong(measured.wrong, beginning, data.length);
    if (isTooLong) return this.#wrong('a message has no end', beginning, data.length);
    this.#held = heldBytes === 0 ? Buffer.from(beginning) : beginning;
    this.#needs = measured === 'more' ? 0 : measured.needs;
    return {kind: 'more', end: data.length};
  };

  readonly takeHeld = (): Buffer => {
    const held = this.release();
    this.#held = nothing;
    this.#releasedBytes = 0;
    this.#needs = 0;
    return held;
  };

  readonly release = (): Buffer => {
    const held = this.#held.subarray(this.#releasedBytes);
    this.#releasedBytes = this.#held.length;
    return held;
  };

  /** What is known of a message may turn out to be less than was held: the rest then begins the next one. */
  #begin({message, bytes}: Frame<Message>, beginning: Buffer, start: number): Part<Message> {
    const heldBytes = this.#held.length;
    const knownBytes = Math.min(bytes, beginning.length);
    const raw = beginning.subarray(Math.min(this.#releasedBytes, knownBytes), knownBytes);
    const rest = beginning.subarray(knownBytes, Math.max(knownBytes, heldBytes));
    const releasedBytes = Math.max(0, this.#releasedBytes - knownBytes);
    this.takeHeld();
    this.#held = rest;
    this.#releasedBytes = releasedBytes;
    this.#leftBytes = bytes - knownBytes;
    const end = start + Math.max(0, knownBytes - heldBytes);
    return {kind: 'begin', message, raw, isLast: this.#leftBytes === 0, end};
  }

  #wrong(reason: string, beginning: Buffer, end: number): Part<Message> {
    const held = beginning.subarray(this.#releasedBytes);
    this.takeHeld();
    return {kind: 'wrong', held, reason, end};
  }
}

/** The end of the line that begins there, its line end included; −1 while that has not come. */
export const lineEnd = (data: Buffer, start = 0): number => {
  const at = data.indexOf(0x0a, start);
  return at < 0 ? -1 : at + 1;
};
