// Out of memory: V8 gave up at the heap's limit; or a program's runtime did, or the kernel killed it.

import {type Found, phaseAt} from '../../measures/evidence.ts';
import {withProfile} from '../../measures/profile-evidence.ts';
import type {Detector} from '../../model/finding.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

const mib = 1024 * 1024;

export const outOfMemory: Detector<'out-of-memory'> = trial => {
  const {end, exit, resources} = trial;
  if (end.kind === 'crashed' && !end.outOfMemory && end.signal === 'SIGKILL') {
    return inconclusive(
      'out-of-memory',
      'the process was killed by SIGKILL, possibly by the kernel for lack of memory',
    );
  }
  if (end.kind !== 'crashed' || !end.outOfMemory) return clear('out-of-memory');
  if (trial.edges.length === 0) {
    return inconclusive('out-of-memory', 'the process ended before the load, on a calm network');
  }
  const heapUsedBytes = resources.at(-1)?.heapUsedBytes ?? 0;
  const variant = trial.plan.variants.find(candidate => candidate.name === trial.variant);
  const limitMib = variant?.process.heapLimitMiB ?? 0;
  const residentBytes = trial.system.at(-1)?.rssBytes ?? 0;
  const isNode = trial.plan.program === undefined;
  const limit = limitMib === 0 ? "V8's default limit" : `a limit of ${limitMib} MiB`;
  const found: Found[] = [
    {
      phase: phaseAt(trial, exit?.atMs ?? 0),
      evidence: {
        witness: 'system',
        statement: isNode
          ? `V8 ran out of heap and aborted the process, with ${Math.round(heapUsedBytes / mib)} MiB in use at the last sample and ${limit}.`
          : `The process ran out of memory${end.signal === 'SIGKILL' ? ' and was killed by the kernel' : ''}, with ${Math.round(residentBytes / mib)} MiB resident at the last sample.`,
        value: isNode ? heapUsedBytes : residentBytes,
        threshold: limitMib * mib,
        unit: 'bytes',
        count: isNode ? resources.length : trial.system.length,
        operations: [],
      },
    },
  ];
  return presentIf('out-of-memory', 'fail', withProfile(trial, found, ['heap']));
};
