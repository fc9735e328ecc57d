// What a protocol is to the injector: how its messages are read in both directions, and how an error takes the place of a
// reply so that both sides stay in step.

import type {ChosenError, ErrorEnding, ErrorMoment} from '../../../model/server-errors.ts';
import type {Reader} from './frames.ts';

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
  /** Replies in the target's place that still wait for their turn. Asked for once, when nothing is followed any more. */
  readonly held?: () => readonly Buffer[];
};

/** Its message says why. */
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
