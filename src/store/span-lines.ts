// The lines of some traces out of a file of spans. There may be hundreds of thousands of others: they are passed over as bytes.
import {createReadStream} from 'node:fs';

const chunkBytes = 1024 * 1024;
const lineFeed = 10;
/** A span is written with the id of its trace first. */
const idStart = '{"traceId":"'.length;
const idLength = 32;

/** What follows the last line feed was cut off, and is left out. */
export async function* linesOfTraces(file: string, traceIds: ReadonlySet<string>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, {highWaterMark: chunkBytes}) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(lineFeed, from); end >= 0; end = bytes.indexOf(lineFeed, from)) {
      const id = bytes.toString('latin1', from + idStart, from + idStart + idLength);
      if (traceIds.has(id)) yield bytes.toString('utf8', from, end);
      from = end + 1;
    }
    rest = bytes.subarray(from);
  }
}
