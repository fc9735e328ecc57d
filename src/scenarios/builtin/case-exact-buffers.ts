// Case study: buffers of exact size. For a stream of unknown length the blob client allocates 8 MiB for each 16 KiB
// body.
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {BlockBlobClient, newPipeline, type Pipeline} from '@azure/storage-blob';
import {latency, resetAfter} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {applicationCache, type UploadOptions, upload, variants} from './blob-upload.ts';

export default defineScenario({
  name: 'case-exact-buffers',
  observation:
    'Uploading small documents keeps a CPU busy and memory high, and still only a few hundred go through per second.',
  remarks: [
    "The default is the library's: uploadStream allocates a buffer of 8 MiB per upload, whatever the size of the stream; here each is 16 KiB.",
    'The process is limited to one CPU, as in a small container, and keeps 300,000 small objects alive, like an application with a cache. With two CPUs the collector runs in parallel with the library, and the effect is about half as large.',
    'The memory is outside V8’s heap and mostly never touched: it counts as external, but hardly as resident.',
    'exact-buffer isolates the allocation: its requests are the same as before. upload also halves the number of requests, so its gain is not due to the buffer alone.',
  ],
  // The part of a Blob endpoint that uploads need: staged blocks, a block list, and whole blobs.
  target: {
    start: ({ledger}) =>
      new Promise(resolve => {
        const server = createServer((request, response) => {
          const {pathname, searchParams} = new URL(request.url ?? '/', 'http://blob');
          const id = pathname.slice(pathname.lastIndexOf('/') + 1);
          const step = searchParams.get('comp');
          // A staged upload takes two requests by its nature: the block begins it, the block list completes it.
          if (step !== 'blocklist') ledger.attempt(id);
          request.resume().on('end', () => {
            if (step !== 'block') ledger.effect(id);
            response.writeHead(201, {
              etag: '"1"',
              'last-modified': new Date().toUTCString(),
              'x-ms-request-id': '1',
              'x-ms-version': '2025-01-05',
              'x-ms-request-server-encrypted': 'false',
            });
            response.end();
          });
        });
        server.listen(0, '127.0.0.1', () => {
          const {port} = server.address() as AddressInfo;
          resolve({url: `http://127.0.0.1:${port}`, stop: () => server.close()});
        });
      }),
  },
  variants,
  load: {model: 'closed', concurrency: 32},
  operation: {deadlineMs: 10_000, idempotent: true},
  trials: 5,
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 3000},
    {name: 'baseline', role: 'baseline', durationMs: 6000},
    {name: 'jitter', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 10, jitterMs: 5})]},
    {name: 'resets', role: 'fault', durationMs: 3000, faults: [resetAfter({afterMs: 300, probability: 0.3})]},
    {name: 'recovery', role: 'recovery', durationMs: 3000},
  ],
  goals: {run: {hungCount: {max: 0}}, baseline: {successRatio: {min: 0.999}}},
  subject: {
    open: ({url, options}): {url: string; options: UploadOptions; pipeline: Pipeline; cache: unknown} => ({
      url,
      options,
      // One pipeline for all blobs, as in an application that keeps its service client.
      pipeline: newPipeline(),
      cache: applicationCache(),
    }),
    async perform({url, options, pipeline}, {id}) {
      await upload(new BlockBlobClient(`${url}/account/container/${id}`, pipeline), options);
      return undefined;
    },
  },
});
