// A request's body: read up to a limit, inflated up to a limit.
import type {IncomingMessage} from 'node:http';
import {promisify} from 'node:util';
import {gunzip, inflate, inflateRaw} from 'node:zlib';
import {messageOf} from '../model/error-message.ts';
import {OtlpError} from './otlp-error.ts';

/** Before inflation and after it. SDKs send a few MiB at most. */
export const bodyLimitBytes = 64 * 1024 * 1024;

/** A sender reads the refusal only once it has sent everything: so much of a body that is too large is read and dropped. */
const discardLimitBytes = 4 * bodyLimitBytes;

const inflaters = {gzip: promisify(gunzip), zlib: promisify(inflate), raw: promisify(inflateRaw)} as const;

const tooLarge = (): OtlpError =>
  new OtlpError('too large', `the body has more than ${bodyLimitBytes} bytes`);

/** "deflate" means zlib's format, yet some senders leave its header out. RFC 1950 makes the header a multiple of 31. */
const hasZlibHeader = (bytes: Buffer): boolean =>
  bytes.length >= 2 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;

const inflaterOf = (contentEncoding: string, bytes: Buffer): keyof typeof inflaters | null => {
  if (contentEncoding === 'identity' || contentEncoding === '') return null;
  if (contentEncoding === 'gzip' || contentEncoding === 'x-gzip') return 'gzip';
  if (contentEncoding === 'deflate') return hasZlibHeader(bytes) ? 'zlib' : 'raw';
  throw new OtlpError(
    'unsupported content encoding',
    `content encoding ${contentEncoding}: gzip and deflate are known`,
  );
};

/**
 * The bytes as they are on the wire. A body over the limit is read to its end, but not kept.
 * @param take called with all bytes that are kept, and may refuse them
 */
export const readBody = async (
  request: IncomingMessage,
  take: (bytes: number) => void = () => {},
): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // Leaving the loop must not close the socket: the answer goes out on it.
  for await (const chunk of request.iterator({destroyOnReturn: false})) {
    const bytes = chunk as Buffer;
    sizeBytes += bytes.length;
    if (sizeBytes > discardLimitBytes) break;
    if (sizeBytes > bodyLimitBytes) {
      chunks.length = 0;
      continue;
    }
    take(bytes.length);
    chunks.push(bytes);
  }
  if (sizeBytes > bodyLimitBytes) throw tooLarge();
  return Buffer.concat(chunks, sizeBytes);
};

/**
 * Undoes the content encoding, in zlib's threads. A small body that would inflate beyond the limit is refused
 * while it inflates.
 */
export const inflateBody = async (bytes: Buffer, contentEncoding: string): Promise<Buffer> => {
  const inflater = inflaterOf(contentEncoding.trim().toLowerCase(), bytes);
  if (inflater === null) return bytes;
  try {
    return await inflaters[inflater](bytes, {maxOutputLength: bodyLimitBytes});
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw new OtlpError('malformed', `not ${contentEncoding} data: ${messageOf(error)}`, {cause: error});
  }
};
