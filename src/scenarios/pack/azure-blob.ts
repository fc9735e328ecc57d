// @azure/storage-blob on Azurite: uploads and downloads; with the retries that it comes with, and with time limits.
import {
  BlobServiceClient,
  type ContainerClient,
  type StoragePipelineOptions,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {operationNumber} from './operation-number.ts';

type Options = {
  readonly retry: NonNullable<StoragePipelineOptions['retryOptions']>;
  /** Of a call as a whole, its retries included. */
  readonly limitMs: number | null;
};

const defaults: Options = {retry: {}, limitMs: null};

const bounded: Options = {
  retry: {tryTimeoutInMs: 400, maxTries: 2, retryDelayInMs: 50, maxRetryDelayInMs: 100},
  limitMs: 900,
};

const account = 'devstoreaccount1';
const container = 'foulweather-orders';
const catalogueName = 'catalogue';
const catalogue = Buffer.alloc(16 * 1024, 'one of these, please; ');
const body = Buffer.alloc(4 * 1024, 'x');

/** The emulator's account and key are the same everywhere, and written in its documentation. */
const containerAt = (url: string, retry: Options['retry']): ContainerClient =>
  new BlobServiceClient(
    `${url}/${account}`,
    new StorageSharedKeyCredential(
      account,
      'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
    ),
    {retryOptions: retry},
  ).getContainerClient(container);

const isUpload = (id: string): boolean => operationNumber(id) % 2 === 0;

export default defineScenario({
  name: 'azure-blob',
  observation: 'Uploads keep waiting for many seconds after the network is back.',
  remarks: [
    'The defaults are the library’s: four tries with pauses of 4 s and more, and no time limit per try on the client side (https://learn.microsoft.com/javascript/api/@azure/storage-blob/storageretryoptions).',
    'Azurite is an emulator of Azure Storage, written in Node; the service itself is faster, and has its own limits.',
  ],
  target: {service: 'azurite'},
  supports: {'@azure/storage-blob': '>=12.17 <13'},
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: bounded,
      change:
        'Set retryOptions (tryTimeoutInMs 400, maxTries 2, retryDelayInMs 50, maxRetryDelayInMs 100), and pass an abortSignal of 900 ms with each call.',
    },
  ],
  load: {model: 'open', ratePerSecond: 50, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, lostCount: {max: 0}, wrongCount: {max: 0}}},
  telemetry: {use: ['azure']},
  async prepare({directUrl}) {
    const own = containerAt(directUrl, {});
    await own.createIfNotExists();
    await own.getBlockBlobClient(catalogueName).upload(catalogue, catalogue.length);
  },
  subject: {
    open: ({url, options: {retry, limitMs}}) => ({container: containerAt(url, retry), limitMs}),
    async perform({container: own, limitMs}, {id}) {
      const limit = limitMs === null ? {} : {abortSignal: AbortSignal.timeout(limitMs)};
      if (isUpload(id)) {
        await own.getBlockBlobClient(id).upload(body, body.length, limit);
        return {key: 'upload'};
      }
      const bytes = await own.getBlockBlobClient(catalogueName).downloadToBuffer(0, catalogue.length, limit);
      return {intact: catalogue.equals(bytes), key: 'download'};
    },
  },
  /** A blob is there once; downloads leave nothing to look for. */
  async verify({directUrl, acknowledgedIds, trialId}) {
    const uploaded: string[] = [];
    for await (const {name} of containerAt(directUrl, {}).listBlobsFlat({prefix: `${trialId}-`})) {
      uploaded.push(name);
    }
    return {applied: [uploaded, acknowledgedIds.filter(id => !isUpload(id))]};
  },
});
