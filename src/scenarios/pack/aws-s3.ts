// @aws-sdk/client-s3: puts and gets objects, and uploads in parts; as it comes, and with time limits.
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type {Answer} from '../../model/scenario-functions.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {awsBounded, awsConfig, awsDefaults, awsLimit} from './aws-client.ts';
import {operationNumber} from './operation-number.ts';
import {verifyWrites} from './servers/http-server.ts';
import {catalogue, s3} from './servers/s3.ts';

const Bucket = 'orders';
const partBytes = 16 * 1024;
const part = Buffer.alloc(partBytes, 'x');

type Turn = 'put' | 'get' | 'parts';

const turnOf = (id: string): Turn => (['get', 'put', 'get', 'parts'] as const)[operationNumber(id) % 4]!;

type Limit = {abortSignal?: AbortSignal};

/** In two parts. */
const uploadInParts = async (client: S3Client, Key: string, limit: Limit): Promise<Answer> => {
  const {UploadId} = await client.send(new CreateMultipartUploadCommand({Bucket, Key}), limit);
  const parts = await Promise.all(
    [1, 2].map(async PartNumber => {
      const upload = {Bucket, Key, UploadId, PartNumber, Body: part};
      const {ETag} = await client.send(new UploadPartCommand(upload), limit);
      return {ETag, PartNumber};
    }),
  );
  const complete = {Bucket, Key, UploadId, MultipartUpload: {Parts: parts}};
  const {Key: echoed} = await client.send(new CompleteMultipartUploadCommand(complete), limit);
  return {echoedId: echoed, key: 'parts'};
};

export default defineScenario({
  name: 'aws-s3',
  observation: 'Downloads stop halfway, and the workers with them.',
  remarks: [
    'The defaults are the SDK’s: three attempts per call, and no connection or request timeouts (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html, https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-reusing-connections.html).',
    'If a body is cut off after its headers, the caller has to read it again: the SDK’s retries end with the headers of a response.',
    'Parts are 16 KiB here; S3 itself requires 5 MiB for all but the last.',
  ],
  target: s3,
  supports: {'@aws-sdk/client-s3': '>=3.460 <4'},
  variants: [
    {name: 'defaults', options: awsDefaults},
    {
      name: 'bounded',
      options: awsBounded,
      change:
        'Give NodeHttpHandler a connectionTimeout of 200 ms and a requestTimeout of 350 ms that throws, set maxAttempts to 2, and pass an abortSignal of 900 ms with each call.',
    },
  ],
  load: {model: 'open', ratePerSecond: 60, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, lostCount: {max: 0}, wrongCount: {max: 0}}},
  telemetry: {use: ['aws-sdk']},
  subject: {
    open: ({url, options}) => ({
      client: new S3Client({...awsConfig(url, options), forcePathStyle: true}),
      options,
    }),
    async perform({client, options}, {id}) {
      const limit = awsLimit(options);
      switch (turnOf(id)) {
        case 'put':
          await client.send(new PutObjectCommand({Bucket, Key: id, Body: part}), limit);
          return {key: 'put'};
        case 'parts':
          return uploadInParts(client, id, limit);
        case 'get': {
          const {Body} = await client.send(new GetObjectCommand({Bucket, Key: `catalogue/${id}`}), limit);
          const bytes = await Body!.transformToByteArray();
          return {intact: catalogue.equals(bytes), key: 'get'};
        }
      }
    },
    close: ({client}) => client.destroy(),
  },
  verify: verifyWrites(id => turnOf(id) !== 'get'),
});
