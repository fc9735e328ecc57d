// What an HTTP fault is made of: how it treats one request and its response, and what it may do to their connection.

import type {ErrorAnswer, HeadChange, HeaderField, RequestHead, ResponseHead} from './head.ts';
import type {BodyPiece} from './message-reader.ts';

/**
 * How a fault leaves an exchange: silent and open, closed in order, or aborted. With HTTP/1 that is what becomes of the
 * connection, by a FIN or a RST; with HTTP/2 of the stream alone, by a RST_STREAM.
 */
export type Ending = 'hang' | 'close' | 'abort';

/** A way to leave an exchange, and its name in actions. */
export type Leaving = {readonly name: string; readonly end: () => void};

/** Takes a message part by part. */
export type MessageSide<Head> = {
  head(head: Head): void;
  body(piece: BodyPiece): void;
  /** The message has been read to its end. Its trailers come as they are, where they are not part of its body's bytes. */
  end(trailers?: readonly HeaderField[]): void;
};

/** What an exchange has of HTTP/2 besides. */
export type Http2Stream = {
  /** Ends the stream with this code, once the client has been sent everything before. */
  reset(code: number): void;
  /** Says GOAWAY. `isTaken`: whether the request is still served; otherwise the client may send it again elsewhere. */
  goAway(goAway: {readonly code: number; readonly text: string; readonly isTaken: boolean}): void;
  /** Ends the response: with these trailers, or with none where the list is empty. */
  endWith(trailers: readonly HeaderField[]): void;
  /** Answers with a head alone. */
  answerHead(fields: readonly HeaderField[]): void;
};

/** What an exchange has of HTTP/1 besides. */
export type Http1Connection = {
  /**
   * Sends these bytes again and again, at that rate, until the toxic is removed, which closes the connection, or until the client
   * goes away. No response of the upstream passes any more.
   */
  sendEndlessly(data: Buffer, bytesPerSecond: number): void;
};

/** One request and its response, as the fault that took it sees them. */
export type Exchange = {
  readonly request: RequestHead;
  /** Null where it is one of HTTP/2. */
  readonly http1: Http1Connection | null;
  /** Null where it is one of HTTP/1. */
  readonly http2: Http2Stream | null;
  /** Passes the head of the response. */
  sendHead(head: ResponseHead, change?: HeadChange): void;
  /** Passes bytes of its body as they came, limited to a rate where one is given. */
  sendBody(data: Buffer, bytesPerSecond?: number): void;
  /** Passes content whose framing was dropped, framed anew. */
  sendContent(data: Buffer): void;
  /** Ends what `sendContent` sent. */
  endContent(): void;
  /** Answers in the upstream's place. With `isLast` that is the end of the connection. */
  answer(answer: ErrorAnswer): void;
  /** Lets a client that waits for it send its body. */
  goOn(): void;
  /** The connection ends with this exchange. Where the response has to say so, returns how its head changes. */
  retire(isAnnounced: boolean): HeadChange;
  /** Ends the connection in order, after `retire`, once the client has been sent everything before. */
  endConnection(): void;
  /** Counts the hit and writes it to the hit log, once per request. `bodyBytes`: the bytes of the body until then. */
  acted(action: string, bodyBytes?: number): void;
  /** Calls back when the whole request has been read, at once if it has been. */
  onRequestRead(then: () => void): void;
  /** Ends it like that, once the client has been sent everything before. */
  leave(ending: Ending): void;
  /** The response is complete. */
  answered(): void;
};

/**
 * How a fault treats an exchange. A side that is absent passes untouched. With a `request` side, nothing of the request
 * goes to the upstream, and the fault answers or leaves.
 */
export type Handling = {
  readonly request?: MessageSide<RequestHead>;
  readonly response?: MessageSide<ResponseHead>;
  /**
   * Whether `response` also takes an answer with which the connection changes its protocol: a 101, or a 2xx to
   * CONNECT. Otherwise such an answer passes, and what follows is not HTTP.
   */
  readonly takesSwitch?: boolean;
};

export type HttpVersion = 'http/1' | 'http/2';

/** Which requests a fault is for, as its attributes say. */
export type RequestMatch = {
  /** Empty: any. */
  readonly method: string;
  /** A pattern, see pattern.ts. Empty: any. */
  readonly path: string;
};

/** What an HTTP toxic type does, with its attributes. */
export type HttpBehaviour<Attributes> = {
  readonly match: (attributes: Attributes) => RequestMatch;
  /** The only version whose requests it is for; null: any. */
  readonly version: HttpVersion | null;
  /** Called for each request that the toxic takes. */
  readonly handle: (exchange: Exchange, attributes: Attributes) => Handling;
};

/** What a toxic type does to a connection of HTTP/2 as a whole. */
export type Http2Setting =
  /** The client may have only so many streams open. */
  | {readonly kind: 'streams'; readonly limit: number}
  /** The client may send no content. */
  | {readonly kind: 'windows'}
  /** Its PINGs get no answer. */
  | {readonly kind: 'pings'};
