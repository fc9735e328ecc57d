// Reads the upstream's responses, and hands each to the fault that took its request, or to the client.

import type {HttpExchange} from './exchange.ts';
import {canBeResponse, parseResponseHead, type ResponseHead} from './head.ts';
import {type BodyPiece, MessageReader} from './message-reader.ts';

export type ResponseHost = {
  readonly toClient: (data: Buffer) => void;
  /** Whether a fault has ended the connection, so that the rest is dropped. */
  readonly isStopped: () => boolean;
  /** From here on everything passes untouched, beginning with these bytes. */
  readonly notHttp: (held: Buffer) => void;
};

export class ResponseSide {
  readonly #host: ResponseHost;
  #method = '';
  #hasHead = false;
  readonly #reader = new MessageReader<ResponseHead>({
    canBegin: canBeResponse,
    parse: raw => parseResponseHead(raw, this.#method),
    takesFiller: false,
  });

  constructor(host: ResponseHost) {
    this.#host = host;
  }

  /** What comes next answers a request with that method. */
  begin(method: string): void {
    this.#method = method;
    this.#hasHead = false;
    this.#reader.tellsFraming = false;
  }

  read(exchange: HttpExchange, data: Buffer): void {
    let start = 0;
    while (start < data.length && !this.#host.isStopped()) {
      const part = this.#reader.next(data, start);
      start = part.end;
      if (part.kind === 'wrong' || (part.kind === 'head' && this.#switchesUntouched(exchange, part.head))) {
        const held = part.kind === 'wrong' ? part.held : part.head.raw;
        this.#host.notHttp(Buffer.concat([held, data.subarray(start)]));
        return;
      }
      if (part.kind === 'head') this.#takeHead(exchange, part.head);
      else if (part.kind === 'body') this.#takeBody(exchange, part.piece);
      if (!this.#hasHead || !this.#reader.isBetween || this.#host.isStopped()) continue;
      const rest = data.subarray(start);
      this.#end(exchange);
      // What follows a whole response was not asked for.
      if (rest.length > 0) this.#host.notHttp(rest);
      return;
    }
  }

  /** The upstream has closed: that ends a response without a length; one that is not whole stays so. */
  end(exchange: HttpExchange): void {
    const held = this.#reader.takeHeld();
    if (held.length > 0) this.#host.toClient(held);
    exchange.requestRead();
    if (this.#hasHead && !exchange.isResponseRead && !this.#host.isStopped()) this.#end(exchange);
  }

  #takeHead(exchange: HttpExchange, head: ResponseHead): void {
    // Interim responses, such as 100 Continue, are not the answer: without them some clients never send their body.
    if (head.status < 200 && !this.#isSwitch(head)) {
      this.#host.toClient(head.raw);
      return;
    }
    this.#hasHead = true;
    exchange.responseBegins();
    const {response} = exchange.handling;
    this.#reader.tellsFraming = response !== undefined;
    if (response === undefined) this.#host.toClient(head.raw);
    else response.head(head);
  }

  #takeBody({handling}: HttpExchange, piece: BodyPiece): void {
    if (handling.response === undefined) this.#host.toClient(piece.data);
    else handling.response.body(piece);
  }

  #end(exchange: HttpExchange): void {
    exchange.isResponseRead = true;
    const {response} = exchange.handling;
    if (response === undefined) exchange.answered();
    else response.end();
  }

  /** Whether the connection changes its protocol here, and no fault acts on that. */
  #switchesUntouched(exchange: HttpExchange, head: ResponseHead): boolean {
    if (!this.#isSwitch(head)) return false;
    exchange.responseBegins();
    if (exchange.handling.takesSwitch === true) return false;
    exchange.over();
    return true;
  }

  #isSwitch({status}: ResponseHead): boolean {
    return status === 101 || (this.#method === 'CONNECT' && status >= 200 && status < 300);
  }
}
