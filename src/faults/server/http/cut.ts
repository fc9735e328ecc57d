// Where a body is cut: after a share of it or after a number of bytes.

import type {Framing} from './head.ts';
import type {BodyPiece} from './message-reader.ts';

/** As the attributes of a toxic say it; negative: not given. Nothing given: no cut. */
export type CutAttributes = {readonly cut_ratio: number; readonly cut_bytes: number};

/** Whether there is a cut at all. */
export const hasCut = ({cut_ratio, cut_bytes}: CutAttributes): boolean => cut_ratio >= 0 || cut_bytes >= 0;

/** How many bytes of a body of that length come before the cut. */
export const cutOf = ({cut_ratio, cut_bytes}: CutAttributes, bodyBytes: number): number =>
  Math.min(bodyBytes, cut_ratio >= 0 ? Math.floor(bodyBytes * cut_ratio) : cut_bytes);

/**
 * Counts a body's bytes up to its cut. The length of a chunked body is not known in advance: a share of one is a
 * share of its first chunk, but 1 is all of it. A body that only ends with the connection is treated as one chunk, as
 * far as it has come.
 */
export class Cut {
  /** Bytes of content before the cut so far. */
  takenBytes = 0;
  readonly #attributes: CutAttributes;
  #limitBytes: number | null = null;

  constructor(attributes: CutAttributes, framing: Framing) {
    this.#attributes = attributes;
    const {cut_ratio, cut_bytes} = attributes;
    if (cut_ratio < 0) this.#limitBytes = Math.max(0, cut_bytes);
    else if (cut_ratio === 0) this.#limitBytes = 0;
    else if (cut_ratio === 1) this.#limitBytes = Number.POSITIVE_INFINITY;
    else if (framing.kind === 'length') this.#limitBytes = cutOf(attributes, framing.bytes);
  }

  get isReached(): boolean {
    return this.#limitBytes !== null && this.takenBytes >= this.#limitBytes;
  }

  /** The part of this piece that lies before the cut. */
  take({kind, data, pieceBytes}: BodyPiece): Buffer {
    if (kind === 'framing') return this.isReached ? data.subarray(0, 0) : data;
    this.#limitBytes ??= cutOf(this.#attributes, pieceBytes);
    const taken = data.subarray(0, Math.max(0, this.#limitBytes - this.takenBytes));
    this.takenBytes += taken.length;
    return taken;
  }
}
