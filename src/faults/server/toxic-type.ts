// What a toxic type is: a name, the attributes that clients may set, and what it does: to one direction of a connection, to
// connections as they come in, or to the proxy's listener.

import type {ServerErrorKind} from '../../model/server-errors.ts';
import {boolField, type Field, floatField, integerField, stringField} from './go-fields.ts';
import type {Http2Setting, HttpBehaviour} from './http/behaviour.ts';
import type {PacketRule} from './packet-filter.ts';
import type {Stage, Steps} from './stage.ts';
import type {TlsBehaviour} from './tls/behaviour.ts';

export type AttributeValue = number | string | boolean;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** How an attribute is read from JSON, named as in Go, and its value until one is given. */
export type AttributeSchema =
  | {readonly kind: 'int' | 'int64' | 'float64'; readonly initial: number}
  | {readonly kind: 'string'; readonly initial: string}
  | {readonly kind: 'bool'; readonly initial: boolean};

type Schemas = Readonly<Record<string, AttributeSchema>>;
export type Values<S extends Schemas> = {
  readonly [Name in keyof S]: S[Name] extends {kind: 'string'}
    ? string
    : S[Name] extends {kind: 'bool'}
      ? boolean
      : number;
};

/** What a type that acts on accept may look at. */
export type AcceptFacts = {
  /** Connections of the proxy that are open and were not turned away. */
  readonly servedConnections: () => number;
};

/** Serve it as usual; close it at once; or leave it open, without an answer, until the toxic is removed. */
export type AcceptDecision = 'serve' | 'close' | 'hold';

/** Live connections are cut while connects are refused; while connects hang they go on. */
export type ShutEffect = 'connects-are-refused' | 'connects-hang';

/** Milliseconds, each more than 0. */
export type Downtime = {
  readonly downMs: number;
  readonly upMs: number;
  /** The listener is shut, or the packets of its port meet a rule. */
  readonly effect: ShutEffect | PacketRule;
};

/** The answer to a query for an address; null: none. */
export type NameReply = {
  readonly delayMs: number;
  readonly answer: {readonly code: number; readonly addresses: readonly string[]} | null;
};

/** Makes another answer of that of a calm network. */
export type NameEffect = (calm: NonNullable<NameReply['answer']>) => NameReply;

/** What the connections of a toxic have in common. */
export type Shared = {
  /** When what passes through it will have been sent, on the clock of `performance.now()`. */
  freeMs: number;
};

export type ToxicType = {
  /** The `type` in the API. */
  readonly name: string;
  /** The name of Toxiproxy's struct, which error messages show. */
  readonly goName: string;
  /** In the order in which clients see them. */
  readonly attributes: Schemas;
  /** How many chunks may wait in front of it before the sender feels it; 1 unless given. */
  readonly queuedChunks: number;
  /** The attributes that may have a ramp, see ramp.ts, and the least value that each may then have. */
  readonly ramps: Readonly<Record<string, number>>;
  /** Why these attributes cannot be had, or null. */
  readonly refuse: (attributes: Attributes) => string | null;
  /** Runs on one direction of one connection, from the toxic's start there to its end. See stage.ts. */
  readonly run: ((stage: Stage, attributes: Attributes, shared: Shared) => Steps) | null;
  /** What it does to a connection that comes in. */
  readonly onAccept: ((facts: AcceptFacts, attributes: Attributes) => AcceptDecision) | null;
  /** How long the proxy is down and up, again and again. */
  readonly downtime: ((attributes: Attributes) => Downtime) | null;
  /** What it does to HTTP requests and their responses. See http/. */
  readonly http: HttpBehaviour<Attributes> | null;
  /** What it does to connections of HTTP/2 as a whole. See http2/. */
  readonly http2: ((attributes: Attributes) => Http2Setting) | null;
  /** What it does to TLS handshakes. See tls/. */
  readonly tls: TlsBehaviour<Attributes> | null;
  /** What it does to the answers to queries for an address. See name-server.ts. */
  readonly names: ((attributes: Attributes) => NameEffect) | null;
  /** Whose errors it says in the server's place. See protocols/. */
  readonly reply: ServerErrorKind | null;
};

export type ToxicDefinition<S extends Schemas> = {
  readonly name: string;
  readonly goName?: string;
  readonly attributes: S;
  readonly queuedChunks?: number;
  /** An attribute with a ramp must be read each time that it is used. */
  readonly ramps?: {readonly [Name in keyof S]?: number};
  readonly refuse?: (attributes: Values<S>) => string | null;
  readonly run?: (stage: Stage, attributes: Values<S>, shared: Shared) => Steps;
  readonly onAccept?: (facts: AcceptFacts, attributes: Values<S>) => AcceptDecision;
  readonly downtime?: (attributes: Values<S>) => Downtime;
  readonly http?: HttpBehaviour<Values<S>>;
  readonly http2?: (attributes: Values<S>) => Http2Setting;
  readonly tls?: TlsBehaviour<Values<S>>;
  readonly names?: (attributes: Values<S>) => NameEffect;
  readonly reply?: ServerErrorKind;
};

/** Defines a toxic type. Its functions get the attributes with the types that the schema gives them. */
export const defineToxicType = <const S extends Schemas>(definition: ToxicDefinition<S>): ToxicType => {
  const {
    name,
    goName = name,
    attributes,
    queuedChunks = 1,
    ramps = {},
    refuse,
    run = null,
    onAccept = null,
    downtime = null,
    http = null,
    http2 = null,
    tls = null,
    names = null,
    reply = null,
  } = definition;
  return {
    name,
    goName,
    attributes,
    queuedChunks,
    ramps: ramps as Readonly<Record<string, number>>,
    // Attributes come from initialAttributes and attributeFields only, which follow the schema.
    refuse: values => refuse?.(values as Values<S>) ?? null,
    run: run && ((stage, values, shared) => run(stage, values as Values<S>, shared)),
    onAccept: onAccept && ((facts, values) => onAccept(facts, values as Values<S>)),
    downtime: downtime && (values => downtime(values as Values<S>)),
    http: http && {
      version: http.version,
      match: values => http.match(values as Values<S>),
      handle: (exchange, values) => http.handle(exchange, values as Values<S>),
    },
    http2: http2 && (values => http2(values as Values<S>)),
    tls: tls && {
      match: values => tls.match(values as Values<S>),
      treat: values => tls.treat(values as Values<S>),
    },
    names: names && (values => names(values as Values<S>)),
    reply,
  };
};

export const initialAttributes = ({attributes}: ToxicType): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([name, {initial}]) => [name, initial]));

/** The fields that read a type's attributes from a request body and put them into `values`. */
export const attributeFields = (
  {attributes}: ToxicType,
  values: Record<string, AttributeValue>,
): Readonly<Record<string, Field>> => {
  const reader = (name: string, {kind}: AttributeSchema): Field => {
    const take = (value: AttributeValue) => {
      values[name] = value;
    };
    if (kind === 'string') return stringField(take);
    if (kind === 'bool') return boolField(take);
    return kind === 'float64' ? floatField(kind, take) : integerField(kind, take);
  };
  return Object.fromEntries(Object.entries(attributes).map(([name, schema]) => [name, reader(name, schema)]));
};
