// The endpoint of 64 MiB takes only what is whole, in one request or in blocks, and gives out any range.
import {BlockBlobClient} from '@azure/storage-blob';
import test from 'ava';
import {
  fileBytes,
  hashOf,
  makeFile,
  serveLargeFiles,
} from '../../../../src/scenarios/pack/servers/large-file.ts';

const blockSize = 16 * 1_048_576;

test('uploads that are whole count once, others are refused, and downloads may begin anywhere', async t => {
  const effects: string[] = [];
  const {url, stop} = await serveLargeFiles({
    attempt() {},
    effect: id => effects.push(id),
    answered() {},
  });
  t.teardown(() => stop?.());
  const blob = (id: string): BlockBlobClient => new BlockBlobClient(`${url}/account/container/${id}`);
  const file = makeFile();

  await blob('whole').uploadData(file);
  await blob('blocks').uploadData(file, {maxSingleShotSize: blockSize, blockSize, concurrency: 4});
  t.deepEqual(effects, ['whole', 'blocks']);

  const spoilt = Buffer.from(file);
  spoilt[40_000_000]! ^= 1;
  const upload = blob('spoilt').uploadData(spoilt, {maxSingleShotSize: blockSize, blockSize});
  t.is((await t.throwsAsync<Error & {statusCode: number}>(upload))?.statusCode, 400);
  await t.throwsAsync(blob('short').uploadData(file.subarray(1)));
  t.deepEqual(effects, ['whole', 'blocks']);

  const start = fileBytes - 1000;
  const part = await blob('part').downloadToBuffer(start, 1000);
  t.is(hashOf(part), hashOf(file.subarray(start)));
});
