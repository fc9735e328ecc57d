// What the injector can prove about one proxy: how much passed, and which fault acted on which connection.

import type {ProtocolName} from './server-errors.ts';

export type StreamDirection = 'upstream' | 'downstream';

/** The record of one toxic. It outlives the toxic, and a new toxic of the same name continues it. */
export type FaultWitness = {
  readonly type: string;
  readonly stream: StreamDirection;
  /**
   * How often toxicity was rolled: once per link each time the toxic starts there; for a toxic that acts on accept, once per
   * connection that it would turn away; for one that lets the proxy be down or acts on packets, once each time it begins; for an
   * HTTP toxic, once per request that it is for.
   */
  readonly decisions: number;
  /** How many of those rolls made the toxic active. */
  readonly applied: number;
  /** Distinct connections on which it really acted: delayed, dropped, cut, reset, sliced or throttled something. */
  readonly connectionsHit: number;
  /** How often it acted; for one that acts on packets, on how many packets. */
  readonly actions: number;
  /** When it acted for the first and for the last time, in ms since the epoch; null as long as it has not. */
  readonly firstHitMs: number | null;
  readonly lastHitMs: number | null;
  /** Of an HTTP or TLS toxic: how many connections it could not act on, by what they carried. Absent where there were none. */
  readonly missed?: Readonly<Record<string, number>>;
};

/** What the name server saw of the name of one proxy. */
export type NameWitness = {
  /** For all types of addresses: most resolvers ask for IPv4 and IPv6 at the same time. */
  readonly queries: number;
  /** For how long an answer may be kept. */
  readonly ttlSeconds: number;
  /** Connections that came more than a second after the last answer had expired: the client kept an address for too long. */
  readonly connectionsBeyondTtl: number;
};

/** Body of `GET /foulweather/proxies/{name}/witness`. */
export type ProxyWitness = {
  /** Accepted and not closed yet. */
  readonly openConnections: number;
  /** Accepted since the proxy was created, those whose dial failed included. */
  readonly openedConnections: number;
  readonly peakConnections: number;
  /** Accepted connections whose upstream could not be reached. */
  readonly failedDials: number;
  /** Live connections closed because the proxy was disabled, deleted or restarted; not those that a toxic cut. */
  readonly cutConnections: number;
  /** Connections that were reset because a toxic failed there, by a defect of the injector. */
  readonly failedConnections: number;
  /** The toxic's name, where it is known which, and the error with its stack; null as long as none has failed. */
  readonly lastFailure: string | null;
  /** Bytes forwarded to the upstream. */
  readonly upstreamBytes: number;
  /** Bytes forwarded to clients. */
  readonly downstreamBytes: number;
  /** Where clients were given a name, and have asked for its address. */
  readonly names?: NameWitness;
  /** By the name of the toxic. */
  readonly faults: Readonly<Record<string, FaultWitness>>;
  /** How its connections could be followed; absent where it carries no protocol whose errors are known. */
  readonly protocol?: ProtocolWitness;
};

/** How the connections of a proxy could be followed in the words of its protocol. */
export type ProtocolWitness = {
  readonly protocol: ProtocolName;
  /** From their beginning; one that was open before is not followed. */
  readonly followedConnections: number;
  /** Of those: what came could not be read from some point on, and all passed untouched. */
  readonly lostConnections: number;
  /** Why that was last; null: none was lost. */
  readonly lastLost: string | null;
  /** Which toxic could not say its error there last, and why; null: each could. */
  readonly lastUnsaid: string | null;
  /** Of the followed: those that began with TLS, or turned to it. Absent in older runs. */
  readonly tlsConnections?: number;
};

/** Who ended a connection: the first cause wins. */
export type ConnectionEnd =
  | 'open'
  | 'client-closed'
  | 'client-reset'
  | 'upstream-closed'
  | 'upstream-reset'
  | 'dial-failed'
  | 'closed-by-fault'
  | 'reset-by-fault'
  | 'fault-failed'
  | 'cut';

/** Where in a conversation something happened. */
export type HitPlace = {
  /** An exchange is bytes in one direction, ended by the first byte in the other; from 1 on each connection. 0: the connect. */
  readonly exchange: number;
  /** The exchange's; null for the connect. */
  readonly direction: StreamDirection | null;
  /** How many of its bytes had come before. */
  readonly byte: number;
};

/** One element of `GET /foulweather/proxies/{name}/connections`, oldest first. */
export type ConnectionRecord = {
  /** 1 for the first connection that the proxy accepted; restarts do not reset it. */
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly openedMs: number;
  readonly closedMs: number | null;
  readonly upstreamBytes: number;
  readonly downstreamBytes: number;
  /** Names of the toxics that acted on it, in the order of their first action; the last 100. */
  readonly hits: readonly string[];
  /** When each of them acted on it for the first time. */
  readonly hitsMs: readonly number[];
  /** Where each of them acted on it for the first time; null: on its packets, where and when is not known. Absent in older runs. */
  readonly hitsAt?: readonly (HitPlace | null)[];
  readonly end: ConnectionEnd;
  /** The client's port, as the injector sees it. Absent in older runs. */
  readonly clientPort?: number;
};

/** Connections in their last known state, and HTTP hits, oldest first; and how many of each there was no room for. */
export type InjectorLog = {
  readonly connections: readonly ConnectionRecord[];
  readonly connectionsLeftOut: number;
  readonly hits: readonly HttpHit[];
  readonly hitsLeftOut: number;
};

/** Body of `GET /foulweather/proxies/{name}/changes`: what is new since `atMs` and the counts of the previous answer. */
export type ProxyChanges = InjectorLog & {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Of all connections and all hits until now. */
  readonly connectionCount: number;
  readonly hitCount: number;
};

/** One element of `GET /foulweather/proxies/{name}/hits`, oldest first: a toxic hit a request, or a command of another protocol. */
export type HttpHit = {
  /** The toxic's name. */
  readonly toxic: string;
  /** The connection's number, see ConnectionRecord. */
  readonly connection: number;
  /** The request's number on its connection, 1 for the first that was watched. */
  readonly request: number;
  /** The id of its stream, with HTTP/2; absent otherwise. */
  readonly stream?: number;
  readonly method: string;
  /** Without its query; at most 1024 characters. */
  readonly path: string;
  /** The header `x-operation-id`, or else the last segment of the path, but for gRPC. */
  readonly operationId: string | null;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** What was done, such as `response-abort` or `status-503`. */
  readonly action: string;
  /** Bytes of the body that came through, or that were read of a request, until then; null where that means nothing. */
  readonly bodyBytes: number | null;
  /**
   * Whose command it was, if it was no HTTP request. `method` is then the command, empty where there was none; `path` what it
   * was about, such as a key; `operationId` what in it looks like one.
   */
  readonly protocol?: ProtocolName;
};

/** What was said on a connection, without its contents. */
export type Conversation = {
  /** The connection's number, see ConnectionRecord; so are the next three. */
  readonly connection: number;
  readonly openedMs: number;
  readonly closedMs: number | null;
  readonly end: ConnectionEnd;
  /** Whether it is all there from the connect on: it was not live already when the recording began. */
  readonly isWhole: boolean;
  /** As recognised by the first bytes; null: not a known one, or the recording began later. */
  readonly protocol: 'http' | 'tls' | ProtocolName | null;
  /** How many exchanges, from the first, belong to the TLS handshake. */
  readonly handshakeExchanges: number;
  /** The first 200 that were recorded, and how many came after them. */
  readonly exchanges: readonly ExchangeShape[];
  readonly exchangesLeftOut: number;
};

export type ExchangeShape = {
  /** From 1 on each connection. */
  readonly exchange: number;
  readonly direction: StreamDirection;
  readonly bytes: number;
  /** In how many pieces they came. */
  readonly chunks: number;
  /** From the last byte before it, or from the connect, to its first byte; null where that was not seen. */
  readonly gapMs: number | null;
  /** What began in it, where the protocol is known: the first 20, and how many came after them. */
  readonly messages: readonly MessageShape[];
  readonly messagesLeftOut: number;
};

/** By protocol. `number` is that of the request on its connection, from 1. */
export type MessageShape =
  | {
      readonly kind: 'tls-record';
      readonly content: 'change-cipher-spec' | 'alert' | 'handshake' | 'application-data' | 'other';
      readonly bytes: number;
    }
  | {readonly kind: 'http-request'; readonly number: number}
  | {readonly kind: 'http-response'; readonly number: number; readonly status: number}
  /** What a client asked for by another protocol: `CLIENT|SETNAME`, `SELECT`, `basic.publish`. What comes next is the reply. */
  | {readonly kind: 'command'; readonly name: string};

/** Body of `GET /foulweather/proxies/{name}/recording`. */
export type ProxyRecording = {
  readonly isRunning: boolean;
  /** The first 1,000 connections that said anything, in that order. */
  readonly conversations: readonly Conversation[];
  /** How many others there were. */
  readonly connectionsLeftOut: number;
};
