// A process as the operating system sees it.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createServer} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {Worker} from 'node:worker_threads';
import test from 'ava';
import {sampleChildren, sampleProcess} from '../../../src/run/processes/system-sampler.ts';

const onLinux = process.platform === 'linux' ? test : test.skip;
if (process.platform !== 'linux')
  console.error('Left out: samples of a process come from /proc, which only Linux has.');

onLinux('a living process has memory, threads, descriptors and sockets', async t => {
  const before = await sampleProcess(process.pid, 12);
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const after = await sampleProcess(process.pid, 13);
  t.is(before!.atMs, 12);
  t.true(before!.cpuMs > 0 && after!.cpuMs >= before!.cpuMs);
  // In kB from the kernel, in bytes from us: off by 1024 would be seen.
  t.true(after!.rssBytes > 10 * 1024 ** 2 && after!.rssBytes < 16 * 1024 ** 3);
  t.true(after!.threadCount! >= 2);
  t.true(after!.fileDescriptorCount! > 3);
  t.true(after!.socketCount! >= 1);
  t.true(after!.socketCount! <= after!.fileDescriptorCount!);
});

onLinux('of a process that is gone there is no sample', async t => {
  // Above the kernel's highest process id.
  t.is(await sampleProcess(2 ** 22 + 1, 0), null);
});

/** Starts a shell with a child. */
const family = 'sleep 60 & wait';

onLinux('the processes that another one started are one, without it', async t => {
  const starter = "require('child_process').spawn('sh', ['-c', process.argv[1]], {stdio: 'inherit'})";
  const bridge = spawn(process.execPath, ['-e', starter, family], {detached: true});
  t.teardown(() => process.kill(-bridge.pid!, 'SIGKILL'));
  let children = await sampleChildren(bridge.pid!, 7);
  // Until all have started, and are what they are to become.
  while (!children?.threads?.some(({name}) => name === 'sleep')) {
    await sleep(10);
    children = await sampleChildren(bridge.pid!, 7);
  }
  const own = (await sampleProcess(bridge.pid!, 0))!;
  t.is(children.atMs, 7);
  t.is(children.threadCount, 2);
  t.deepEqual(children.threads!.map(({name, count}) => [name, count]).toSorted(), [
    ['sh', 1],
    ['sleep', 1],
  ]);
  t.true(children.rssBytes < own.rssBytes, 'Node itself is not among them');
  t.is(await sampleChildren(2 ** 22 + 1, 0), null);
});

onLinux('its threads are told by name', async t => {
  const worker = new Worker('setInterval(() => {}, 1000)', {eval: true});
  t.teardown(() => worker.terminate());
  await once(worker, 'online');
  const {threads, threadCount} = (await sampleProcess(process.pid, 0))!;
  const counted = threads!.reduce((sum, {count}) => sum + count, 0);
  t.true(Math.abs(counted - threadCount!) <= 2, `${counted} of ${threadCount}`);
  t.true(threads!.some(({name}) => name === 'V8Worker'));
  for (const {count, runningCount, blockedCount, cpuMs} of threads!) {
    t.true(count >= 1 && runningCount + blockedCount <= count && cpuMs >= 0);
  }
  t.true(Math.max(...threads!.map(({cpuMs}) => cpuMs)) > 0);
});
