// NATS: messages in both directions, most without a reply. Errors come in between, and those after which the server closes end
// the connection. A request may be answered by a message of its own: no responders, or an error of JetStream.

import type {ChosenError} from '../../../model/server-errors.ts';
import {
  type Conversation,
  FrameReader,
  LostStep,
  lineEnd,
  type Measured,
  type TakenReply,
  type Talk,
  type Treatment,
} from './conversation.ts';
import {defineProtocol} from './follower.ts';

type Message = {readonly verb: string; readonly words: readonly string[]; readonly raw: Buffer};

const clientVerbs: ReadonlySet<string> = new Set(['CONNECT', 'PUB', 'HPUB', 'SUB', 'UNSUB', 'PING', 'PONG']);
const serverVerbs: ReadonlySet<string> = new Set(['INFO', 'MSG', 'HMSG', '+OK', '-ERR', 'PING', 'PONG']);
const withPayload: ReadonlySet<string> = new Set(['PUB', 'HPUB', 'MSG', 'HMSG']);
const shownBytes = 16 * 1024;

const measure =
  (verbs: ReadonlySet<string>) =>
  (beginning: Buffer): Measured<Message> => {
    const end = lineEnd(beginning);
    if (end < 0) {
      const isText = /^[\x20-\x7e+-]/.test(String.fromCharCode(beginning[0]!));
      return isText ? 'more' : {wrong: beginning[0] === 22 ? encrypted : 'what came is no text'};
    }
    const [first = '', ...words] = beginning
      .toString('utf8', 0, end)
      .trim()
      .split(/[ \t]+/);
    const verb = first.toUpperCase();
    if (!verbs.has(verb))
      return {wrong: `there is no message "${verb.slice(0, 20).replace(/[^\x21-\x7e]/g, '?')}"`};
    const size = withPayload.has(verb) ? Number(/^\d{1,9}$/.exec(words.at(-1) ?? '')?.[0] ?? Number.NaN) : 0;
    if (Number.isNaN(size)) return {wrong: 'a size is no number'};
    const bytes = withPayload.has(verb) ? end + size + 2 : end;
    const shown = Math.min(bytes, Math.max(end, shownBytes));
    if (beginning.length < shown) return {needs: shown};
    return {message: {verb, words, raw: beginning.subarray(0, shown)}, bytes};
  };

const encrypted = 'the connection is encrypted (TLS)';

const keptSubscriptions = 10_000;

/** What JetStream answers where it cannot, by the error's code: the status, and the number of the error. */
const jetStream = new Map([
  ['10008', 503],
  ['10023', 503],
  ['10039', 503],
  ['10047', 500],
]);

class NatsConversation implements Conversation<Message, Message> {
  readonly client = new FrameReader<Message>(measure(clientVerbs));
  readonly server = new FrameReader<Message>(measure(serverVerbs));
  readonly #talk: Talk;
  #refusal: TakenReply | null = null;
  #isConnected = false;
  /** Subjects by the id of their subscription. */
  readonly #subscriptions = new Map<string, string>();
  /** The server's own, as it last came. */
  #info = '{}';

  constructor(talk: Talk) {
    this.#talk = talk;
  }

  readonly begins = (): void => {
    this.#refusal = this.#talk.take({when: 'connect', commands: [], key: '', text: ''});
  };

  readonly fromClient = ({verb, words, raw}: Message): Treatment => {
    const refusal = this.#refusal;
    if (verb === 'CONNECT' && refusal !== null) {
      this.#refusal = null;
      return this.#say(refusal, errorLine(refusal.error));
    }
    const [subject = ''] = words;
    const isAbout = verb !== 'CONNECT' && verb !== 'PING' && verb !== 'PONG' && verb !== 'UNSUB';
    const text = verb === 'CONNECT' ? '' : raw.toString('latin1');
    const taken = this.#talk.take({when: 'command', commands: [verb], key: isAbout ? subject : '', text});
    if (taken === null) {
      if (verb === 'SUB') this.#subscribed(words.at(-1) ?? '', subject);
      if (verb === 'UNSUB' && words.length === 1) this.#subscriptions.delete(subject);
      return 'pass';
    }
    const {error} = taken;
    if (error.code === 'WITHHELD') return this.#say(taken, null);
    if (error.code !== '503' && !jetStream.has(error.code)) return this.#say(taken, errorLine(error));
    const said = this.#answerTo(verb, words, error);
    if (said !== null) return this.#say(taken, said);
    taken.release(`${error.code} only answers requests, which have a subject for their reply`);
    return 'pass';
  };

  readonly fromServer = ({verb, raw}: Message): Treatment => {
    if (verb === 'INFO') {
      this.#info = raw.toString('utf8').slice(4).trim();
      if (/"tls_required"\s*:\s*true/.test(this.#info)) throw new LostStep(encrypted);
    }
    if (verb === 'PONG' || verb === '+OK') this.#isConnected = true;
    return 'pass';
  };

  readonly isIdle = (): boolean => this.#isConnected;

  readonly unasked = (error: ChosenError): Buffer => {
    if (error.code !== 'LAME_DUCK') return errorLine(error);
    return Buffer.from(`INFO ${this.#info.replace(/\}$/, ',"ldm":true}').replace('{,', '{')}\r\n`);
  };

  /** Those that end by themselves after so many messages are never taken back: the oldest are forgotten. */
  #subscribed(id: string, subject: string): void {
    this.#subscriptions.set(id, subject);
    const [oldest] = this.#subscriptions.keys();
    if (this.#subscriptions.size > keptSubscriptions && oldest !== undefined)
      this.#subscriptions.delete(oldest);
  }

  #say(taken: TakenReply, said: Buffer | null): Treatment {
    taken.acted();
    if (said !== null) this.#talk.toClient(said);
    this.#talk.leave(taken.error.ending);
    return 'drop';
  }

  /** A message to where the reply is expected; null where none is. */
  #answerTo(verb: string, words: readonly string[], {code, text}: ChosenError): Buffer | null {
    const reply =
      verb === 'PUB' ? (words.length === 3 ? words[1] : null) : words.length === 4 ? words[1] : null;
    if (reply == null || (verb !== 'PUB' && verb !== 'HPUB')) return null;
    const [id] = [...this.#subscriptions].find(([, subject]) => fitsSubject(subject, reply)) ?? [];
    if (id === undefined) return null;
    if (code === '503') {
      const headers = 'NATS/1.0 503\r\n\r\n';
      return Buffer.from(`HMSG ${reply} ${id} ${headers.length} ${headers.length}\r\n${headers}\r\n`);
    }
    const error = {code: jetStream.get(code), err_code: Number(code), description: text};
    const body = JSON.stringify({type: 'io.nats.jetstream.api.v1.error', error});
    return Buffer.from(`MSG ${reply} ${id} ${Buffer.byteLength(body)}\r\n${body}\r\n`);
  }
}

export const nats = defineProtocol('natsError', talk => new NatsConversation(talk));

const errorLine = ({text}: ChosenError): Buffer => Buffer.from(`-ERR '${text}'\r\n`);

/** `*` stands for a part of a subject, `>` for all that are left. */
const fitsSubject = (pattern: string, subject: string): boolean => {
  const parts = subject.split('.');
  const wanted = pattern.split('.');
  return (
    wanted.every((part, at) => part === '>' || part === '*' || part === parts[at]) &&
    (wanted.at(-1) === '>' ? parts.length >= wanted.length : parts.length === wanted.length)
  );
};
