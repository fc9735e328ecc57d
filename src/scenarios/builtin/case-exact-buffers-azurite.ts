// Case study: buffers of exact size, against Azurite, the emulator of Azure Storage.
import {
  BlobServiceClient,
  BlockBlobClient,
  newPipeline,
  type Pipeline,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import {latency, resetAfter} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {applicationCache, type UploadOptions, upload, variants} from './blob-upload.ts';

const account = 'devstoreaccount1';
const container = 'foulweather';

/** The emulator's account and key are the same everywhere, and written in its documentation. */
const credential = (): StorageSharedKeyCredential =>
  new StorageSharedKeyCredential(
    account,
    'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
  );

export default defineScenario({
  name: 'case-exact-buffers-azurite',
  observation:
    'Uploading small documents keeps a CPU busy and memory high, and still only a few hundred go through per second.',
  remarks: [
    "The default is the library's: uploadStream allocates a buffer of 8 MiB per upload, whatever the size of the stream; here each is 16 KiB.",
    'The process is limited to one CPU, as in a small container, and keeps 300,000 small objects alive, like an application with a cache.',
    'Azurite is an emulator that writes to disk. If it is slower than the library, the effect is smaller than with a server that keeps up, such as the built-in one of case-exact-buffers.',
    'exact-buffer isolates the allocation: its requests are the same as before. upload also halves the number of requests, so its gain is not due to the buffer alone.',
  ],
  target: {service: 'azurite'},
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
  prepare: ({directUrl}) =>
    new BlobServiceClient(`${directUrl}/${account}`, credential())
      .getContainerClient(container)
      .createIfNotExists(),
  subject: {
    open: ({url, options}): {url: string; options: UploadOptions; pipeline: Pipeline; cache: unknown} => ({
      url: `${url}/${account}/${container}`,
      options,
      // One pipeline for all blobs, as in an application that keeps its service client.
      pipeline: newPipeline(credential()),
      cache: applicationCache(),
    }),
    async perform({url, options, pipeline}, {id}) {
      await upload(new BlockBlobClient(`${url}/${id}`, pipeline), options);
      return undefined;
    },
  },
});
