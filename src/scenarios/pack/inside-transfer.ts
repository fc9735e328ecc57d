// Inside @azure/storage-blob: uploads and downloads of 64 MiB that are cut in the middle, and restarted or resumed.
import {createHash} from 'node:crypto';
import {
  AnonymousCredential,
  BlockBlobClient,
  type BlockBlobParallelUploadOptions,
  newPipeline,
  type StoragePipelineOptions,
} from '@azure/storage-blob';
import {resetAfter} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {operationNumber} from './operation-number.ts';
import {fileBytes, hashOf, makeFile, serveLargeFiles} from './servers/large-file.ts';

type Options = {
  readonly upload: Pick<BlockBlobParallelUploadOptions, 'maxSingleShotSize' | 'blockSize' | 'concurrency'>;
  /** How often the application asks for the rest of a download that broke off. */
  readonly applicationResumes: number;
  readonly pipeline: Pick<StoragePipelineOptions, 'retryOptions'>;
};

const asUsersGetIt: Options = {upload: {}, applicationResumes: 0, pipeline: {}};

const mebibyte = 1_048_576;

const inBlocks: Options = {
  upload: {maxSingleShotSize: 4 * mebibyte, blockSize: 4 * mebibyte, concurrency: 2},
  applicationResumes: 0,
  pipeline: {retryOptions: {maxTries: 4, retryDelayInMs: 100}},
};

/** Of each connection: less than a third of a file. */
const cutBytes = 20_000_000;

/**
 * Reads a download as it comes, so that it is never in memory as a whole. Where it breaks off, the application may ask for
 * the rest.
 */
const download = async (blob: BlockBlobClient, {applicationResumes}: Options) => {
  const hash = createHash('sha256');
  let bytes = 0;
  const read = async (): Promise<void> => {
    const {readableStreamBody} = await blob.download(bytes);
    for await (const chunk of readableStreamBody ?? []) {
      hash.update(chunk as Buffer);
      bytes += chunk.length;
    }
  };
  for (let resumes = applicationResumes; ; resumes--) {
    try {
      await read();
      return {bytes, hash: hash.digest('hex')};
    } catch (error) {
      if (resumes === 0) throw error;
    }
  }
};

export default defineScenario({
  name: 'inside-transfer',
  observation: 'On a bad network, large uploads start over again and again, and downloads break off.',
  remarks: [
    `Every second operation uploads a file of 64 MiB, the others download one; both sides compare hashes. In the fault phases each connection is cut after ${cutBytes / 1e6} MB, of uploads in one and of downloads in the other.`,
    'By default @azure/storage-blob uploads up to 256 MiB in one request (`maxSingleShotSize`), and tries it up to four times with pauses of 4 s and more (`retryOptions`): https://learn.microsoft.com/javascript/api/@azure/storage-blob/. A whole upload cannot get through such a network, however often it is tried.',
    'The documentation says that a download stream that ends unexpectedly is resumed where it broke off, up to five times by default (`maxRetryRequests`; https://learn.microsoft.com/javascript/api/@azure/storage-blob/blobdownloadoptions). The phase downloads-cut shows whether a connection reset counts as such an end; if it does not, only the application can request the rest, as "resumed" does.',
    'Goodput counts files; the injector counts the bytes that the variants send.',
  ],
  target: {start: ({ledger}) => serveLargeFiles(ledger)},
  supports: {'@azure/storage-blob': '>=12.17 <13'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'blocks',
      options: inBlocks,
      change:
        'Upload in blocks of 4 MiB (`maxSingleShotSize`, `blockSize`) and retry after 100 ms (`retryDelayInMs`).',
    },
    {
      name: 'resumed',
      options: {...inBlocks, applicationResumes: 5},
      change:
        'Upload in blocks as "blocks" does, and let the application request the rest of an interrupted download by its offset, up to five times.',
    },
  ],
  load: {model: 'closed', concurrency: 2},
  operation: {deadlineMs: 8000, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 2000},
    {name: 'baseline', role: 'baseline', durationMs: 6000},
    {
      name: 'uploads-cut',
      role: 'fault',
      durationMs: 8000,
      faults: [resetAfter({direction: 'upstream', afterBytes: cutBytes})],
    },
    {name: 'between', role: 'recovery', durationMs: 5000},
    {name: 'downloads-cut', role: 'fault', durationMs: 8000, faults: [resetAfter({afterBytes: cutBytes})]},
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {
    run: {hungCount: {max: 0}, lostCount: {max: 0}, rssMaxBytes: {max: 800_000_000}},
    baseline: {successRatio: {min: 0.99}},
  },
  subject: {
    open({url, options}) {
      const file = makeFile();
      const pipeline = newPipeline(new AnonymousCredential(), options.pipeline);
      return {url, options, pipeline, file, fileHash: hashOf(file)};
    },
    async perform({url, options, pipeline, file, fileHash}, {id}) {
      const blob = new BlockBlobClient(`${url}/account/container/${id}`, pipeline);
      if (operationNumber(id) % 2 === 0) {
        // The server refuses what has another hash.
        await blob.uploadData(file, options.upload);
        return undefined;
      }
      const {bytes, hash} = await download(blob, options);
      return {intact: bytes === fileBytes && hash === fileHash};
    },
  },
});
