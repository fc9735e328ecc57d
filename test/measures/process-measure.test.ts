// CPU time of a program that only the operating system sees, by samples that come when the machine lets them.
import test from 'ava';
import {measureProcess} from '../../src/measures/process-measure.ts';
import {baseline, fault, type TrialChanges, trialWith} from '../helpers/trial-believable.ts';

const sample = (atMs: number, cpuMs: number): NonNullable<TrialChanges['system']>[number] => ({
  atMs,
  cpuMs,
  rssBytes: 1,
  threadCount: 1,
  fileDescriptorCount: null,
  socketCount: null,
});

const measures = test.macro({
  title: title => `CPU from outside: ${title}`,
  exec(
    t,
    samples: readonly (readonly [atMs: number, cpuMs: number])[],
    phase: number,
    expected: {readonly durationMs: number; readonly cpuRatio: number} | null,
  ) {
    const trial = trialWith({
      runtime: 'CPython 3.11.2',
      resources: [],
      phaseResources: [],
      system: samples.map(([atMs, cpuMs]) => sample(atMs, cpuMs)),
    });
    const measured = measureProcess(trial, phase);
    if (expected === null) {
      t.is(measured, null);
      return;
    }
    t.is(measured?.durationMs, expected.durationMs);
    t.true(Math.abs(measured!.cpuRatio - expected.cpuRatio) < 1e-9, `${measured?.cpuRatio}`);
  },
});

// The baseline is from 1000 to 5000 ms, the fault from 5000 to 9000 ms.
test(
  'samples at the ends of a phase are all there is to it',
  measures,
  [
    [1000, 100],
    [5000, 2100],
  ],
  baseline,
  {durationMs: 4000, cpuRatio: 0.5},
);
test(
  'with one sample in a phase it is measured by those around it',
  measures,
  [
    [0, 0],
    [3000, 600],
    [7000, 3000],
  ],
  baseline,
  // 200 ms at its beginning and 1800 ms at its end.
  {durationMs: 4000, cpuRatio: 0.4},
);
test(
  'with no sample in a phase, too',
  measures,
  [
    [500, 0],
    [6500, 3000],
  ],
  baseline,
  {durationMs: 4000, cpuRatio: 0.5},
);
test(
  'a program that has ended is measured until its last sample',
  measures,
  [
    [4000, 0],
    [6000, 2000],
    [7000, 2200],
  ],
  fault,
  {durationMs: 2000, cpuRatio: 0.6},
);
test(
  'nothing is known of a phase that began after the last sample',
  measures,
  [
    [1000, 0],
    [4900, 2000],
  ],
  fault,
  null,
);
test('nothing is known of a program without samples', measures, [], baseline, null);
