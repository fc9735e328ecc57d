// What an HTTP fault is made of: how it treats one request and its response, and what it may do to their connection.

import type {RequestHead, ResponseHead} from './head.ts';
import type {BodyPiece} from './message-reader.ts';

/** How a fault leaves a connection: silent and open, closed in order (FIN), or reset (RST). */
export type Ending = 'hang' | 'close' | 'abort';

/** Takes a message part by part. */
export type MessageSide<Head> = {
  head(head: Head): void;
  body(piece: BodyPiece): void;
  /** The message has been read to its end. */
  end(): void;
};

/** One request and its response, as the fault that took it sees them. */
export type Exchange = {
  readonly request: RequestHead;
  toUpstream(data: Buffer): void;
  /** Sends bytes to the client, in order, limited to a rate where one is given. */
  toClient(data: Buffer, bytesPerSecond?: number): void;
  /** Counts the hit and writes it to the hit log, once per request. `bodyBytes`: the bytes of the body until then. */
  acted(action: string, bodyBytes?: number): void;
  /** Calls back when the whole request has been read, at once if it has been. */
  onRequestRead(then: () => void): void;
  /** Ends the connection like that, once the client has been sent everything before. */
  leave(ending: Ending): void;
  /** The response is complete: the connection goes on with the next request. */
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
  /** Called for each request that the toxic takes. */
  readonly handle: (exchange: Exchange, attributes: Attributes) => Handling;
};
