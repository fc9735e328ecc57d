// A file of 64 MiB that is the same on both sides, and a subset of Azure's Blob endpoint that accepts and serves it.
import {createHash} from 'node:crypto';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {LedgerWriter, StartedTarget} from '../../../model/scenario-functions.ts';
import {listening} from './http-server.ts';

const mebibyte = 1_048_576;

export const fileBytes = 64 * mebibyte;

/** No two pieces of it are alike: what is put together wrongly has another hash. */
export const makeFile = (): Buffer => {
  const words = new Uint32Array(fileBytes / 4);
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(index, 2_654_435_761);
  return Buffer.from(words.buffer);
};

export const hashOf = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

type Piece = {readonly bytes: number; readonly hash: string};

const pieceOf = async (request: IncomingMessage): Promise<Piece> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of request) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return {bytes, hash: hash.digest('hex')};
};

const common = {
  etag: '"1"',
  'last-modified': new Date(0).toUTCString(),
  'x-ms-request-id': '1',
  'x-ms-version': '2025-01-05',
};

/** Whole blobs, staged blocks and their list; ranges of a download. A blob is named by the operation. */
class BlobEndpoint {
  readonly #ledger: LedgerWriter;
  readonly #file = makeFile();
  readonly #blocks = new Map<string, Map<string, Piece>>();

  constructor(ledger: LedgerWriter) {
    this.#ledger = ledger;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const {pathname, searchParams} = new URL(request.url ?? '/', 'http://blob');
    const id = pathname.slice(pathname.lastIndexOf('/') + 1);
    if (request.method === 'GET') {
      this.#give(id, request, response);
      return;
    }
    const step = searchParams.get('comp');
    const isTaken = await this.#take(id, step, searchParams.get('blockid') ?? '', request);
    response.writeHead(isTaken ? 201 : 400, {...common, 'x-ms-request-server-encrypted': 'false'}).end();
  }

  #give(id: string, {headers}: IncomingMessage, response: ServerResponse): void {
    const range = /^bytes=(\d+)-(\d*)$/.exec(String(headers['x-ms-range'] ?? headers.range ?? ''));
    const start = Number(range?.[1] ?? 0);
    // Asking for the rest is not another attempt: the download goes on.
    if (start === 0) {
      this.#ledger.attempt(id);
      this.#ledger.effect(id);
    }
    const end = range?.[2] ? Math.min(Number(range[2]), fileBytes - 1) : fileBytes - 1;
    response.writeHead(range ? 206 : 200, {
      ...common,
      'accept-ranges': 'bytes',
      'content-length': end - start + 1,
      'content-type': 'application/octet-stream',
      'x-ms-blob-type': 'BlockBlob',
      ...(range && {'content-range': `bytes ${start}-${end}/${fileBytes}`}),
    });
    response.end(this.#file.subarray(start, end + 1), () => this.#ledger.answered(id));
  }

  /** @returns whether it is the expected file */
  async #take(id: string, step: string | null, block: string, request: IncomingMessage): Promise<boolean> {
    const blocks = this.#blocks.get(id) ?? new Map<string, Piece>();
    if (step === 'blocklist') {
      const names = [...(await listOf(request)).matchAll(/<(?:Latest|Uncommitted)>([^<]+)</g)];
      this.#blocks.delete(id);
      return this.#store(
        id,
        names.flatMap(([, name]) => blocks.get(name!) ?? []),
      );
    }
    // Blocks come concurrently, and only the first of them begins the upload.
    if (!this.#blocks.has(id)) this.#ledger.attempt(id);
    if (step === 'block') this.#blocks.set(id, blocks);
    const piece = await pieceOf(request);
    if (step !== 'block') return this.#store(id, [piece]);
    blocks.set(block, piece);
    return true;
  }

  #store(id: string, pieces: readonly Piece[]): boolean {
    let offset = 0;
    for (const {bytes, hash} of pieces) {
      if (hash !== hashOf(this.#file.subarray(offset, offset + bytes))) return false;
      offset += bytes;
    }
    if (offset !== fileBytes) return false;
    this.#ledger.effect(id);
    this.#ledger.answered(id);
    return true;
  }
}

const listOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

export const serveLargeFiles = (ledger: LedgerWriter): Promise<StartedTarget> => {
  const endpoint = new BlobEndpoint(ledger);
  const server = createServer((request, response) => {
    endpoint.answer(request, response).catch(() => response.destroy());
  });
  return listening(server, 'a subset of Azure Blob Storage, in a process of this run');
};
