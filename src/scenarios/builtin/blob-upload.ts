// A small document to be uploaded, in the ways that @azure/storage-blob has for it.
import {Readable} from 'node:stream';
import type {BlockBlobClient} from '@azure/storage-blob';

const bodyBytes = 16 * 1024;
const body = Buffer.alloc(bodyBytes, 'x');

export type UploadOptions = {
  readonly call: 'uploadStream(stream)' | 'uploadStream(stream, size)' | 'upload(buffer, size)';
};

export const upload = async (blob: BlockBlobClient, {call}: UploadOptions): Promise<void> => {
  const stream = (): Readable => Readable.from([body], {objectMode: false});
  switch (call) {
    case 'uploadStream(stream)':
      await blob.uploadStream(stream());
      break;
    case 'uploadStream(stream, size)':
      await blob.uploadStream(stream(), bodyBytes);
      break;
    case 'upload(buffer, size)':
      await blob.upload(body, bodyBytes);
      break;
  }
};

/** What an application holds in memory besides: without live objects a collection would cost next to nothing. */
export const applicationCache = (): Map<string, {readonly id: number; readonly name: string}> =>
  new Map(Array.from({length: 300_000}, (_, id) => [`key-${id}`, {id, name: `name-${id}`}]));

/** A pod with one CPU: V8's helper threads have to share it with the library. */
export const pod = {cpuCount: 1};

const asUsersGetIt: UploadOptions = {call: 'uploadStream(stream)'};
const exact: UploadOptions = {call: 'uploadStream(stream, size)'};
const whole: UploadOptions = {call: 'upload(buffer, size)'};

export const variants = [
  {name: 'default-buffer', options: asUsersGetIt, process: pod},
  {
    name: 'upload',
    options: whole,
    process: pod,
    change: 'Upload from one buffer: no allocation, and one request instead of two.',
  },
  {
    name: 'exact-buffer',
    options: exact,
    process: pod,
    change:
      'Give uploadStream the exact size, so that its buffer has 16 KiB instead of 8 MiB. The requests stay the same.',
  },
] as const;
