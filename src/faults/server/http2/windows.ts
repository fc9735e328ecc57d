// The connection's window for what the target sends. The client grants it, for all streams together, and the target sees the
// grants pass. Where a fault drops content, holds it back or sends its own, the two disagree about what is left: the target
// is granted then what the client has room for, no less and no more.

import {type Frame, frameTypes, initialWindowBytes, largestWindowBytes, windowFrame} from './frames.ts';

/** What is held back does not use up the window of the other streams, as far as that. */
const mostLentBytes = 1024 * 1024;
/** So much may be held back before the target is not read any more. */
const mostHeldBytes = 4 * 1024 * 1024;

export type WindowsHost = {
  readonly toClient: (data: Buffer) => void;
  readonly toTarget: (data: Buffer) => void;
  /** Bytes that faults hold back. */
  readonly heldBytes: () => number;
  /** The client takes more: what waits may be sent. */
  readonly hasRoom: () => void;
};

export class Windows {
  /** What the client says of streams that it opens. */
  initialStreamBytes = initialWindowBytes;
  readonly #host: WindowsHost;
  /** What the client takes now, and what the target believes that it does. */
  #clientBytes = initialWindowBytes;
  #targetBytes = initialWindowBytes;
  /** Frames that came when the client had no room left for them, and what follows on their streams. */
  #waiting: Frame[] = [];
  #waitingBytes = 0;

  constructor(host: WindowsHost) {
    this.#host = host;
  }

  /** For what a fault sends. */
  get roomBytes(): number {
    return this.#waiting.length > 0 ? 0 : this.#clientBytes;
  }

  get isFull(): boolean {
    return this.#waitingBytes + this.#host.heldBytes() > mostHeldBytes;
  }

  /** The client grants so many bytes, by this frame. */
  granted(bytes: number, {raw}: Frame): void {
    this.#clientBytes += bytes;
    this.#sendWaiting();
    if (this.#waiting.length === 0) this.#host.hasRoom();
    this.settle({bytes, raw});
  }

  /** Content came from the target. */
  received(bytes: number): void {
    this.#targetBytes -= bytes;
  }

  /** A fault sent content. */
  sent(bytes: number): void {
    this.#clientBytes -= bytes;
  }

  /** A frame of a stream passes as it came. `bytes`: what it takes of the window. */
  pass(frame: Frame, bytes: number): void {
    const isBehind = this.#waiting.length > 0 && (bytes > 0 || this.#isWaiting(frame.stream));
    // A target that sends more than it was granted does so on its own account.
    const hasRoom = bytes === 0 || bytes <= this.#clientBytes || this.#targetBytes < 0;
    if (!isBehind && hasRoom) {
      this.#clientBytes -= bytes;
      this.#host.toClient(frame.raw);
      return;
    }
    this.#waiting.push(frame);
    this.#waitingBytes += bytes;
  }

  /** Grants the target what it does not know that it has: by the client's own frame, if that says so much. */
  settle(by?: {readonly bytes: number; readonly raw: Buffer}): void {
    const heldBytes = this.#host.heldBytes();
    const dueBytes = this.#clientBytes - this.#waitingBytes - heldBytes + Math.min(heldBytes, mostLentBytes);
    const grantedBytes = Math.min(dueBytes - this.#targetBytes, largestWindowBytes);
    if (grantedBytes <= 0) return;
    this.#targetBytes += grantedBytes;
    this.#host.toTarget(by?.bytes === grantedBytes ? by.raw : windowFrame(0, grantedBytes));
  }

  /** Nothing of that stream passes any more. */
  forget(stream: number): void {
    if (this.#waiting.length === 0) return;
    this.#waitingBytes = 0;
    this.#waiting = this.#waiting.filter(frame => frame.stream !== stream);
    for (const frame of this.#waiting) this.#waitingBytes += bytesOf(frame);
  }

  #isWaiting(stream: number): boolean {
    return this.#waiting.some(frame => frame.stream === stream);
  }

  #sendWaiting(): void {
    for (let frame = this.#waiting[0]; frame !== undefined; frame = this.#waiting[0]) {
      const bytes = bytesOf(frame);
      if (bytes > 0 && bytes > this.#clientBytes) return;
      this.#waiting.shift();
      this.#waitingBytes -= bytes;
      this.#clientBytes -= bytes;
      this.#host.toClient(frame.raw);
    }
  }
}

const bytesOf = ({type, payload}: Frame): number => (type === frameTypes.data ? payload.length : 0);
