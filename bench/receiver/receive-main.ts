// The process of the receiver: receives one trial, then says what it cost.
import {startReceiver} from '../../src/telemetry/receiver.ts';
import {originEpochMs, type Received, tracePrefix} from './trial.ts';

const receiver = await startReceiver({host: '127.0.0.1', port: 0});
receiver.startTrial({
  trialId: 'bench',
  tracePrefix,
  originEpochMs,
  spansFile: process.argv[2] ?? '',
  phaseCount: 1,
  background: [],
});
receiver.startPhase('bench', 0, 0);
const before = process.cpuUsage();
process.once('message', async () => {
  const {spanCount} = await receiver.finishTrial('bench');
  const {user, system} = process.cpuUsage(before);
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  const received: Received = {spanCount, cpuMs: (user + system) / 1000, peakMemoryBytes};
  process.send?.(received);
  await receiver.stop();
  process.disconnect();
});
process.once('disconnect', () => process.exit());
process.send?.(receiver.url);
