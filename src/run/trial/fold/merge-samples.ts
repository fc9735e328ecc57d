// Merges two consecutive samples: counters as they are at the end, the greatest value of gauges, and the sum of what
// is counted since the previous sample.
import type {GcKinds, ResourceSample, SystemSample, ThreadGroup} from '../../../model/process-witness.ts';
import type {InjectorSample} from '../../../model/trial.ts';
import type {Merge} from './thinned-samples.ts';

/** Undefined and null where neither is known. */
const greatest = <Value extends number | null | undefined>(a: Value, b: Value): Value => {
  if (typeof a !== 'number') return b;
  return typeof b === 'number' && b > a ? b : a;
};

const gcKindsOfBoth = (a: GcKinds, b: GcKinds): GcKinds => {
  const kinds = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof GcKinds)[];
  return Object.fromEntries(
    kinds.map(kind => [
      kind,
      {
        count: (a[kind]?.count ?? 0) + (b[kind]?.count ?? 0),
        ms: (a[kind]?.ms ?? 0) + (b[kind]?.ms ?? 0),
      },
    ]),
  );
};

const present = <Key extends string, Value>(key: Key, value: Value | undefined): {[key in Key]?: Value} =>
  value === undefined ? {} : ({[key]: value} as {[key in Key]?: Value});

export const mergeResources: Merge<ResourceSample> = (a, b, earlierShare) => ({
  ...b,
  rssBytes: greatest(a.rssBytes, b.rssBytes),
  heapUsedBytes: greatest(a.heapUsedBytes, b.heapUsedBytes),
  externalBytes: greatest(a.externalBytes, b.externalBytes),
  loopDelayMaxMs: greatest(a.loopDelayMaxMs, b.loopDelayMaxMs),
  loopUtilisationRatio: earlierShare * a.loopUtilisationRatio + (1 - earlierShare) * b.loopUtilisationRatio,
  gcMs: a.gcMs + b.gcMs,
  gcCount: a.gcCount + b.gcCount,
  ...present('inFlightCount', greatest(a.inFlightCount, b.inFlightCount)),
  ...present('heapTotalBytes', greatest(a.heapTotalBytes, b.heapTotalBytes)),
  ...present('heapLimitBytes', greatest(a.heapLimitBytes, b.heapLimitBytes)),
  ...present('arrayBuffersBytes', greatest(a.arrayBuffersBytes, b.arrayBuffersBytes)),
  ...present('gcKinds', a.gcKinds && b.gcKinds && gcKindsOfBoth(a.gcKinds, b.gcKinds)),
});

/** For each name the moment with more threads, so that the states are those of one moment. */
const threadsOfBoth = (a: readonly ThreadGroup[], b: readonly ThreadGroup[]): readonly ThreadGroup[] => {
  const later = new Map(b.map(group => [group.name, group]));
  const ended = a.filter(({name}) => !later.has(name));
  const both = b.map(group => {
    const earlier = a.find(({name}) => name === group.name);
    return earlier && earlier.count > group.count ? {...earlier, cpuMs: group.cpuMs} : group;
  });
  return [...both, ...ended];
};

export const mergeSystem: Merge<SystemSample> = (a, b) => ({
  ...b,
  rssBytes: greatest(a.rssBytes, b.rssBytes),
  threadCount: greatest(a.threadCount, b.threadCount),
  fileDescriptorCount: greatest(a.fileDescriptorCount, b.fileDescriptorCount),
  socketCount: greatest(a.socketCount, b.socketCount),
  ...present(
    'threads',
    a.threads && b.threads ? threadsOfBoth(a.threads, b.threads) : (b.threads ?? a.threads),
  ),
});

/** All but the open connections are counters. */
export const mergeInjector: Merge<InjectorSample> = (a, b) => ({
  ...b,
  witness: {
    ...b.witness,
    openConnections: greatest(a.witness.openConnections, b.witness.openConnections),
  },
});
