// A subset of Amazon S3 for uploads and downloads: objects by path, and uploads in parts. XML where S3 answers in
// XML.
import {createHash} from 'node:crypto';
import type {ServerResponse} from 'node:http';
import {crc32} from 'node:zlib';
import type {TargetInput} from '../../define-scenario.ts';
import {startHttpServer} from './http-server.ts';

/** The content of every key below `catalogue/`. */
export const catalogue = Buffer.alloc(16 * 1024, 'one of these, please; ');

/** The checksum that newer versions of the SDK ask for and verify. */
const crc32Of = (body: Buffer): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
};

const catalogueCrc32 = crc32Of(catalogue);

const etagOf = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;

const send = (response: ServerResponse, status: number, body: Buffer, headers: object): void => {
  response.writeHead(status, {'content-length': body.length, 'x-amz-request-id': '1', ...headers});
  response.end(body);
};

const xml = (response: ServerResponse, text: string): void =>
  send(response, 200, Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`), {
    'content-type': 'application/xml',
  });

const isPart = (url: URL): boolean => url.searchParams.has('partNumber');
/** What completes an upload in parts. */
const isComplete = (method: string, url: URL): boolean =>
  method === 'POST' && url.searchParams.has('uploadId');

/** An operation's id is the last segment of its key. */
export const s3: TargetInput = {
  start({ledger}) {
    const objects = new Set<string>();
    return startHttpServer({
      ledger,
      description:
        'a subset of S3 (objects and uploads in parts), in a process of this run, not the real service',
      isAttempt: ({method, url}) => !isPart(url) && !isComplete(method, url),
      answer({id, method, url, headers, body}, response, applied) {
        const store = (): void => {
          if (!objects.has(id)) applied(id);
          objects.add(id);
        };
        const told = headers['x-amz-checksum-crc32'];
        if (method === 'GET') {
          send(response, 200, catalogue, {
            'content-type': 'application/octet-stream',
            etag: etagOf(catalogue),
            'x-amz-checksum-crc32': catalogueCrc32,
          });
        } else if (typeof told === 'string' && told !== crc32Of(body)) {
          send(response, 400, Buffer.from('<Error><Code>BadDigest</Code></Error>'), {
            'content-type': 'application/xml',
          });
        } else if (method === 'PUT') {
          if (!isPart(url)) store();
          send(response, 200, Buffer.alloc(0), {etag: etagOf(body)});
        } else if (isComplete(method, url)) {
          store();
          xml(
            response,
            `<CompleteMultipartUploadResult><Key>${id}</Key><ETag>"1-2"</ETag></CompleteMultipartUploadResult>`,
          );
        } else {
          xml(
            response,
            `<InitiateMultipartUploadResult><Key>${id}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
          );
        }
      },
    });
  },
};
