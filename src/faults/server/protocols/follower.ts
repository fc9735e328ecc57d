// Follows the conversation on one connection in the words of its protocol, and says errors in the server's place. It sits
// where the upstream is: what a client sends comes to it through the upstream toxics, what it says goes through the
// downstream toxics. Nothing is held back but the beginning of a message that is not known yet, and that not for long: it may
// be another protocol's. One of a conversation that is known then passes, and no fault takes it. Where both sides begin TLS, the
// conversation waits for what is said inside.

import type {StreamDirection} from '../../../model/proxy-witness.ts';
import type {ChosenError, ErrorEnding, ServerErrorKind} from '../../../model/server-errors.ts';
import {Alarm} from '../alarm.ts';
import {
  deliver,
  type InterceptorHost,
  longestPauseMs,
  ownAddress,
  type Pipes,
  receiver,
} from '../http/interceptor-host.ts';
import type {Toxic} from '../toxic.ts';
import {closeAsUpstream} from '../upstream-close.ts';
import {
  type Conversation,
  LostStep,
  type Part,
  type Reader,
  type Talk,
  type Treatment,
} from './conversation.ts';
import type {ReplyRules} from './rules.ts';

export type FollowerHost = Omit<InterceptorHost, 'rules' | 'targetHost' | 'missed'> & {
  readonly rules: ReplyRules;
  /** Both sides begin TLS. Nothing is in the way of the pipes now but what this puts there. */
  readonly upgrade: (upgraded: Upgraded) => void;
};

/** What can become of a conversation whose sides begin TLS. */
export type Upgraded = {
  /** TLS ends here: it goes on with what is said inside. */
  readonly inside: (pipes: Pipes) => void;
  /** All passes unread from here on, for this reason. */
  readonly unread: (reason: string) => void;
};

/** How the rest of the injector sees a connection that is followed. */
export type Following = {
  /** A toxic came into force, or is no longer. */
  readonly changed: (toxic: Toxic) => void;
};

export type Protocol = {
  readonly kind: ServerErrorKind;
  readonly follow: (host: FollowerHost) => Following;
  /** Only listens, from the first chunk of a connection on; `heard` gets the commands. */
  readonly listen: (heard: (command: string) => void) => Listener;
};

/** Takes the chunks of both sides. False: it cannot follow any more. */
export type Listener = (direction: StreamDirection, data: Buffer) => boolean;

export const defineProtocol = <C, S>(
  kind: ServerErrorKind,
  converse: (talk: Talk) => Conversation<C, S>,
): Protocol => ({
  kind,
  follow: host => new Follower(host, converse),
  listen: heard => {
    const {client, server, ...said} = converse({
      toClient: () => undefined,
      leave: () => undefined,
      upgrade: () => {
        throw new LostStep('what follows is encrypted (TLS)');
      },
      take: ({commands: [command]}) => {
        if (command !== undefined) heard(command.slice(0, longestCommand));
        return null;
      },
      address: '',
    });
    const up = {reader: client, take: said.fromClient, ended: said.clientMessageEnded};
    const down = {reader: server, take: said.fromServer, ended: said.serverMessageEnded};
    said.begins?.();
    return (direction, data) => (direction === 'upstream' ? hears(up, data) : hears(down, data));
  },
});

/** What is not the name of a command must not fill a record. */
const longestCommand = 40;

type Heard<Message> = {
  readonly reader: Reader<Message>;
  readonly take: (message: Message, raw: Buffer) => unknown;
  readonly ended: (() => void) | undefined;
};

const hears = <Message>({reader, take, ended}: Heard<Message>, data: Buffer): boolean => {
  for (let at = 0; at < data.length; ) {
    const part = reader.next(data, at);
    if (part.kind === 'wrong') return false;
    try {
      if (part.kind === 'begin') take(part.message, part.raw);
    } catch (error) {
      if (error instanceof LostStep) return false;
      throw error;
    }
    if (part.kind !== 'more' && part.isLast) ended?.();
    at = part.end;
  }
  return true;
};

const nothing = Buffer.alloc(0);

/** Where the bytes of one direction go. Messages that pass side by side in a chunk go as one. */
class Outlet {
  readonly #send: (data: Buffer) => void;
  #chunk: Buffer | null = null;
  #start = 0;
  #end = 0;

  constructor(send: (data: Buffer) => void) {
    this.#send = send;
  }

  /** A part of a chunk passes, now or with what comes behind it. */
  pass(chunk: Buffer, start: number, end: number): void {
    if (this.#chunk !== chunk || this.#end !== start) this.flush();
    if (this.#chunk === null) this.#start = start;
    this.#chunk = chunk;
    this.#end = end;
  }

  send(data: Buffer): void {
    this.flush();
    if (data.length > 0) this.#send(data);
  }

  flush(): void {
    const chunk = this.#chunk;
    this.#chunk = null;
    if (chunk !== null && this.#end > this.#start) this.#send(chunk.subarray(this.#start, this.#end));
  }
}

/** One direction. */
type Side<Message> = {
  readonly reader: Reader<Message>;
  readonly take: (message: Message, raw: Buffer) => Treatment;
  readonly ended: () => void;
  readonly out: Outlet;
  /** Rings when the beginning of a message does not go on. */
  readonly pause: Alarm;
  /** Lets what comes after this go its way without us. */
  readonly detach: () => void;
  /** Of the message that is being read. */
  treatment: Treatment;
  isMidway: boolean;
  /** Whether its beginning has passed before it was known. */
  isReleased: boolean;
};

/** One whose messages do not matter. */
type AnySide = Omit<Side<unknown>, 'reader' | 'take'> & {
  readonly reader: Pick<Reader<unknown>, 'takeHeld' | 'release'>;
};

class Follower<C, S> implements Following {
  readonly #host: FollowerHost;
  /** Where the conversation is held: the host's, or inside of TLS. */
  #pipes: Pipes;
  readonly #conversation: Conversation<C, S>;
  readonly #fromClient: Side<C>;
  readonly #fromServer: Side<S>;
  /**
   * upgrading: both sides begin TLS, and it is not known yet what becomes of it. left: an error ended the connection. off: it is not
   * followed any more, and all passes.
   */
  #mode: 'following' | 'upgrading' | 'left' | 'off' = 'following';
  /** Whether both sides begin TLS after the message that is under way. */
  #isUpgradeDue = false;
  #occasions = 0;
  /** Whether anything that was said was a message of the protocol. */
  #isKnown = false;
  /** Whether the message that is treated cannot be taken any more, as its beginning has passed. */
  #isPassing = false;
  /** Toxics that speak unasked, and have not been asked whether they would here. */
  readonly #unasked = new Set<Toxic>();
  /** What those said that have spoken, and whose end must be said, too. */
  readonly #lasting = new Map<Toxic, ChosenError>();
  /** What waits for the end of the target's message that is on its way to the client. */
  #waiting: (Buffer | ErrorEnding)[] = [];

  constructor(host: FollowerHost, converse: (talk: Talk) => Conversation<C, S>) {
    this.#host = host;
    this.#pipes = host;
    const {client, rules} = host;
    const conversation = converse({
      toClient: data => this.#say(data),
      take: occasion => (this.#isPassing ? null : rules.take(this.#asking(), occasion)),
      leave: ending => this.#say(ending),
      upgrade: () => {
        this.#isUpgradeDue = true;
      },
      address: `${ownAddress(client)}:${client.localPort ?? 0}`,
    });
    this.#conversation = conversation;
    this.#fromClient = {
      reader: conversation.client,
      take: conversation.fromClient,
      ended: () => conversation.clientMessageEnded?.(),
      out: new Outlet(data => this.#pipes.up.send(data)),
      pause: new Alarm(() => this.#giveUp(this.#fromClient)),
      detach: () => {
        const {up} = this.#pipes;
        up.exit = null;
        up.wake();
      },
      treatment: 'pass',
      isMidway: false,
      isReleased: false,
    };
    this.#fromServer = {
      reader: conversation.server,
      take: conversation.fromServer,
      ended: () => conversation.serverMessageEnded?.(),
      out: new Outlet(data => this.#pipes.down.accept(data)),
      pause: new Alarm(() => this.#giveUp(this.#fromServer)),
      detach: () => {
        const {down} = this.#pipes;
        down.entry = null;
        down.wake();
      },
      treatment: 'pass',
      isMidway: false,
      isReleased: false,
    };
    this.#attach();
    client.once('close', this.#stopWaiting);
    for (const toxic of rules.unasked()) this.#unasked.add(toxic);
    rules.followed();
    this.#contain(() => conversation.begins?.());
  }

  #attach(): void {
    const {up, down} = this.#pipes;
    const isFull = () => false;
    up.exit = receiver(this.#contain, {
      isFull,
      push: data => this.#read(this.#fromClient, data),
      end: () => this.#end(this.#fromClient, () => up.finish()),
    });
    down.entry = receiver(this.#contain, {
      isFull,
      push: data => this.#read(this.#fromServer, data),
      end: () => this.#end(this.#fromServer, () => down.acceptEnd()),
    });
  }

  readonly changed = (toxic: Toxic): void => {
    this.#unasked.delete(toxic);
    if (this.#mode !== 'following' && this.#mode !== 'upgrading') return;
    const said = this.#lasting.get(toxic);
    if (this.#host.rules.unasked().includes(toxic)) this.#unasked.add(toxic);
    else if (said !== undefined) this.#say(this.#conversation.over?.(said) ?? nothing);
    this.#lasting.delete(toxic);
    this.#contain(() => this.#speakUnasked());
  };

  /** In between the target's messages. */
  #say(said: Buffer | ErrorEnding): void {
    if (this.#mode === 'left') return;
    if (this.#fromServer.isMidway || this.#waiting.length > 0) this.#waiting.push(said);
    else if (typeof said !== 'string') this.#fromServer.out.send(said);
    else if (said !== 'none') this.#leave(said === 'abort' ? 'reset' : 'half-close');
  }

  #sayWaiting(): void {
    for (const said of this.#waiting.splice(0)) this.#say(said);
  }

  readonly #contain = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      this.#host.failed(error, null);
    }
  };

  #asking() {
    const {connection, acted} = this.#host;
    return {connection, number: ++this.#occasions, acted};
  }

  #read<Message>(side: Side<Message>, data: Buffer): void {
    let at = 0;
    side.pause.clear();
    while (at < data.length && this.#goesOn(side)) {
      const part = side.reader.next(data, at);
      if (part.kind === 'more') this.#wait(side);
      if (part.kind === 'rest' && side.treatment === 'pass') side.out.pass(data, at, part.end);
      if (part.kind === 'begin') this.#begin(side, part, {data, start: at});
      else if (part.kind === 'wrong') this.#turnOff(side, part.held, part.reason);
      if (part.kind === 'begin' || part.kind === 'rest') this.#settle(side, part.isLast);
      at = part.end;
    }
    if (at < data.length && this.#mode === 'off') side.out.pass(data, at, data.length);
    side.out.flush();
    if (this.#mode === 'upgrading') this.#upgrade(side, data.subarray(at));
  }

  /** What has come already behind the last message in plain text goes where what comes next will go. */
  #upgrade(side: AnySide, rest: Buffer): void {
    this.#stopWaiting();
    const {up, down} = this.#pipes;
    const restOf = (one: AnySide): Buffer => (one === side ? rest : one.reader.takeHeld());
    const [fromClient, fromServer] = [restOf(this.#fromClient), restOf(this.#fromServer)];
    up.exit = null;
    down.entry = null;
    const {rules, upgrade, done} = this.#host;
    rules.begunTls();
    upgrade({
      inside: pipes => {
        this.#pipes = pipes;
        this.#mode = 'following';
        this.#attach();
      },
      unread: reason => {
        this.#mode = 'off';
        rules.lost(reason);
        done();
      },
    });
    if (fromClient.length > 0) deliver(up.exit, data => up.send(data), fromClient);
    if (fromServer.length > 0) deliver(down.entry, data => down.accept(data), fromServer);
    up.wake();
    down.wake();
  }

  #wait(side: AnySide): void {
    if (side.isReleased) side.out.send(side.reader.release());
    else side.pause.set(performance.now() + longestPauseMs);
  }

  /** What began and does not go on passes. Where nothing was known before, it is another protocol's. */
  #giveUp(side: AnySide): void {
    if (!this.#isKnown) {
      const reason = 'a message began but did not continue';
      this.#contain(() => this.#turnOff(side, side.reader.takeHeld(), reason));
      return;
    }
    if (this.#conversation.holds?.(side === this.#fromClient ? 'client' : 'server') === true) return;
    side.isReleased = true;
    side.isMidway = true;
    side.treatment = 'pass';
    this.#contain(() => side.out.send(side.reader.release()));
  }

  readonly #stopWaiting = (): void => {
    for (const {pause} of [this.#fromClient, this.#fromServer]) pause.clear();
  };

  /** Nothing is followed any more, but for the rest of a message that did not pass. */
  #goesOn({isMidway, treatment}: AnySide): boolean {
    return this.#mode === 'following' || (this.#mode === 'off' && isMidway && treatment !== 'pass');
  }

  #begin<Message>(
    side: Side<Message>,
    {message, raw, end}: Part<Message> & {readonly kind: 'begin'},
    {data, start}: {readonly data: Buffer; readonly start: number},
  ): void {
    const {isReleased} = side;
    side.isReleased = false;
    side.isMidway = true;
    this.#isKnown = true;
    this.#isPassing = isReleased;
    try {
      side.treatment = side.take(message, raw);
      if (isReleased && side.treatment !== 'pass' && this.#mode === 'following')
        throw new LostStep('part of a message had passed before it was known');
    } catch (error) {
      if (!(error instanceof LostStep)) throw error;
      side.treatment = 'pass';
      this.#turnOff(side, raw, error.message);
      return;
    } finally {
      this.#isPassing = false;
    }
    if (this.#mode === 'left' || side.treatment === 'drop') return;
    const isOfChunk = raw.length === end - start;
    if (side.treatment === 'pass' && isOfChunk) side.out.pass(data, start, end);
    else side.out.send(side.treatment === 'pass' ? raw : side.treatment);
  }

  #settle(side: AnySide, isLast: boolean): void {
    side.isMidway = !isLast;
    if (!isLast) return;
    if (side === this.#fromServer && this.#mode === 'following') this.#sayWaiting();
    if (this.#mode === 'off') side.detach();
    if (this.#mode !== 'following') return;
    side.ended();
    const isUpgrade = this.#isUpgradeDue && this.#goesOn(side);
    this.#isUpgradeDue = false;
    if (isUpgrade) this.#mode = 'upgrading';
    else this.#speakUnasked();
  }

  #speakUnasked(): void {
    const isBetween = !this.#fromClient.isMidway && !this.#fromServer.isMidway;
    if (this.#unasked.size === 0 || !isBetween || !this.#conversation.isIdle()) return;
    for (const toxic of this.#unasked) {
      if (this.#mode !== 'following') return;
      this.#unasked.delete(toxic);
      const occasion = {when: 'unasked', commands: [], key: '', text: ''} as const;
      const taken = this.#host.rules.takeBy(toxic, this.#asking(), occasion);
      const said = taken === null ? null : this.#conversation.unasked(taken.error);
      if (taken === null) continue;
      if (said === null) {
        taken.release("the client's version has no such message");
        continue;
      }
      taken.acted();
      this.#lasting.set(toxic, taken.error);
      this.#say(said);
      this.#say(taken.error.ending);
    }
  }

  #end(side: AnySide, pass: () => void): void {
    if (this.#mode === 'left') {
      if (side === this.#fromClient) this.#host.cut();
      return;
    }
    side.pause.clear();
    side.out.send(side.reader.takeHeld());
    // No reply of the target comes any more that those in its place would have to wait for.
    if (side === this.#fromServer) this.#giveHeld();
    pass();
  }

  #giveHeld(): void {
    for (const said of this.#waiting.splice(0)) if (typeof said !== 'string') this.#fromServer.out.send(said);
    for (const reply of this.#conversation.held?.() ?? []) this.#fromServer.out.send(reply);
  }

  /** All passes untouched from here on, beginning with what is held. */
  #turnOff(side: AnySide, held: Buffer, reason: string): void {
    if (this.#mode !== 'following') return;
    this.#mode = 'off';
    this.#stopWaiting();
    const {rules, done} = this.#host;
    rules.lost(reason);
    this.#giveHeld();
    for (const one of [this.#fromClient, this.#fromServer] as const) {
      if (one === side) one.out.send(held);
      one.out.send(one.reader.takeHeld());
      if (one === side) one.isMidway = false;
      if (!one.isMidway || one.treatment === 'pass') one.detach();
    }
    done();
  }

  #leave(ending: 'half-close' | 'reset'): void {
    if (this.#mode !== 'following') return;
    this.#mode = 'left';
    this.#stopWaiting();
    const {upstream, closedEarly} = this.#host;
    for (const {out} of [this.#fromClient, this.#fromServer]) out.flush();
    this.#pipes.down.entry = {isFull: false, push: () => undefined, end: () => undefined};
    if (ending === 'half-close') closedEarly();
    closeAsUpstream({...this.#host, ...this.#pipes}, ending);
    upstream.end();
  }
}
