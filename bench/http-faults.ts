// What HTTP faults cost the injector's memory: `npm run bench:http-faults -- [downloads] [MB]`, 100 downloads of 50 MB at once
// through a fault that lets half of each body pass. The injector runs in a process of its own, as it does in a run.
import {measureDownloads} from '../test/helpers/http-downloads.ts';

const [count = 100, megabytes = 50] = process.argv.slice(2).map(Number);
const {receivedBytes, peakBytes, elapsedMs} = await measureDownloads({
  count,
  bodyBytes: megabytes * 1_000_000,
});
const inMegabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(0)} MB`;
console.log(
  `${count} downloads of ${megabytes} MB at once: ${inMegabytes(receivedBytes)} received in ${(elapsedMs / 1000).toFixed(1)} s, ` +
    `the injector took at most ${inMegabytes(peakBytes)} of memory (limit: 200 MB)`,
);
if (peakBytes > 200_000_000) process.exitCode = 1;
