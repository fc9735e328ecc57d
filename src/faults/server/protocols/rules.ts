// Which toxic says what in a server's place: the errors of one protocol, the one that the proxy's connections speak.

import {wholeEpochMs} from '../../../model/clock.ts';
import type {HttpHit, ProtocolWitness, StreamDirection} from '../../../model/proxy-witness.ts';
import {
  type ChosenError,
  chosenError,
  commandsOf,
  type ErrorChoice,
  protocolOf,
  protocols,
  type ServerErrorKind,
  serverErrorKinds,
} from '../../../model/server-errors.ts';
import {badRequestBody} from '../api-error.ts';
import {actsOnHttp} from '../http/rules.ts';
import {fitsPattern} from '../pattern.ts';
import {createRandom} from '../random.ts';
import type {Toxic} from '../toxic.ts';
import type {Witness} from '../witness.ts';
import type {Occasion, TakenReply} from './conversation.ts';

export type ReplyRulesHost = {
  readonly seedParts: readonly (string | number)[];
  readonly toxicsOf: (direction: StreamDirection) => readonly Toxic[];
  readonly witness: Witness;
  readonly record: (hit: HttpHit) => void;
};

/** Who asks: a connection, and how often it has asked before. */
type Asking = {readonly connection: number; readonly number: number; readonly acted: (toxic: Toxic) => void};

export class ReplyRules {
  readonly #host: ReplyRulesHost;
  /** What the proxy is said to carry. */
  #declared: ServerErrorKind | null = null;
  /** What it carries as far as its toxics show. */
  #kind: ServerErrorKind | null = null;
  #lostConnections = 0;
  #followedConnections = 0;
  #tlsConnections = 0;
  #lastLost: string | null = null;
  #lastUnsaid: string | null = null;

  constructor(host: ReplyRulesHost) {
    this.#host = host;
  }

  /** The protocol that new connections are followed in; null: none. */
  get kind(): ServerErrorKind | null {
    return this.#declared ?? this.#kind;
  }

  /** Its name in the API; empty: it was not said. */
  get declared(): string {
    return this.#declared === null ? '' : protocolOf(this.#declared);
  }

  /** Throws ApiError 400 for a name that is not known. */
  declare(name: string): void {
    const kind = serverErrorKinds.find(known => protocolOf(known) === name) ?? null;
    if (kind === null && name !== '')
      throw badRequestBody(
        `protocol must be one of ${serverErrorKinds.map(protocolOf).join(', ')}, or empty`,
      );
    this.#declared = kind;
  }

  /** Throws ApiError 400 for a toxic of another protocol than the proxy's. */
  admit(toxic: Toxic): void {
    const {type} = toxic;
    const {reply, name} = type;
    if (reply === null && !actsOnHttp(toxic)) return;
    const other = this.#all().find(
      other => other.type.reply !== reply && (other.type.reply !== null || actsOnHttp(other)),
    );
    const carried = this.#declared ?? other?.type.reply ?? null;
    if (carried !== null && carried !== reply)
      throw badRequestBody(`${name} cannot act on ${protocols[carried].title}, which this proxy carries`);
    if (reply !== null && other !== undefined)
      throw badRequestBody(
        `${name} cannot act on HTTP, which this proxy carries according to ${other.type.name}`,
      );
    this.#kind = reply;
  }

  /** The first toxic that takes this, in the order in which they were added; those after it are not asked. */
  take(asking: Asking, occasion: Occasion): TakenReply | null {
    for (const toxic of this.#toxics()) {
      const taken = toxic.isInForce ? this.takeBy(toxic, asking, occasion) : null;
      if (taken !== null) return taken;
    }
    return null;
  }

  /** The dice depend on the seed, the proxy, the connection's number, the toxic's name and the count of the occasions only. */
  takeBy(toxic: Toxic, {connection, number, acted}: Asking, occasion: Occasion): TakenReply | null {
    const {reply: kind} = toxic.type;
    if (kind === null) return null;
    const choice = toxic.attributes as ErrorChoice;
    const error = chosenError(kind, choice);
    if (!fits(choice, error, occasion)) return null;
    const {seedParts, witness, record} = this.#host;
    const {name, selection, toxicity} = toxic;
    const random = createRandom([...seedParts, connection, 'reply', name, number]);
    const candidate = selection.offer();
    const decision = selection.decide(candidate, random, toxicity);
    if (decision !== null) witness.decided(name, decision);
    if (decision !== true) return null;
    return {
      error,
      acted: () => {
        acted(toxic);
        record({
          toxic: name,
          connection,
          request: number,
          method: occasion.commands[0] ?? '',
          path: occasion.key.slice(0, longestKey),
          operationId: operationIdIn(occasion.text),
          atMs: wholeEpochMs(),
          action: `${occasion.when === 'command' ? 'error' : occasion.when}-${error.code}`,
          bodyBytes: null,
          protocol: protocolOf(kind),
        });
      },
      release: reason => {
        selection.release(candidate);
        this.#lastUnsaid = `${name}: ${reason}`;
      },
    };
  }

  /** Those that speak without having been asked. */
  unasked(): readonly Toxic[] {
    return this.#toxics().filter(({isInForce, type, attributes}) => {
      const {reply: kind} = type;
      return isInForce && kind !== null && chosenError(kind, attributes as ErrorChoice).when === 'unasked';
    });
  }

  followed(): void {
    this.#followedConnections++;
  }

  /** One that is followed began with TLS, or turns to it. */
  begunTls(): void {
    this.#tlsConnections++;
  }

  lost(reason: string): void {
    this.#lostConnections++;
    this.#lastLost = reason;
  }

  /** Null where no protocol is followed. */
  report(): ProtocolWitness | null {
    if (this.kind === null) return null;
    return {
      protocol: protocolOf(this.kind),
      followedConnections: this.#followedConnections,
      lostConnections: this.#lostConnections,
      lastLost: this.#lastLost,
      lastUnsaid: this.#lastUnsaid,
      tlsConnections: this.#tlsConnections,
    };
  }

  #toxics(): readonly Toxic[] {
    return this.#all().filter(({type}) => type.reply !== null);
  }

  #all(): readonly Toxic[] {
    const {toxicsOf} = this.#host;
    return [...toxicsOf('upstream'), ...toxicsOf('downstream')];
  }
}

const longestKey = 1024;
const longestId = 128;
const searchedText = 2048;

const fits = (choice: ErrorChoice, {when}: ChosenError, occasion: Occasion): boolean => {
  if (when !== occasion.when) return false;
  const wanted = commandsOf(choice);
  if (wanted.length > 0 && !wanted.some(name => occasion.commands.includes(name))) return false;
  return fitsPattern(choice.key, occasion.key);
};

/** The id of an operation, such as `defaults-1-17`, if one is in there. */
const operationIdIn = (text: string): string | null =>
  /\b[a-z][a-z0-9]*(?:-[a-z0-9]+)+-\d+\b/.exec(text.slice(0, searchedText))?.[0].slice(0, longestId) ?? null;
