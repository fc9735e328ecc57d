// What ten million operations leave in the memory of the subject and of the parent.
import {withHarnessRun} from './harness-run.ts';
import type {DriverRow, Sizes} from './row.ts';

/** From here on growth counts: by then all code is loaded and compiled. */
const settledAt = 100_000;

type Growth = {
  readonly operationCount: number;
  readonly subjectBytes: number;
  readonly parentBytes: number;
  readonly notes: readonly string[];
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

type Variant = 'as-it-is' | 'young-held';

const howOf: Readonly<Record<Variant, string>> = {
  'as-it-is': '',
  'young-held': ', with --max-semi-space-size=16',
};

const grown = new Map<Variant, Promise<Growth>>();

/** One run serves all rows that want it. */
const grow = (variant: Variant, sizes: Sizes): Promise<Growth> => {
  const known = grown.get(variant) ?? growIn(variant, sizes);
  grown.set(variant, known);
  return known;
};

const growIn = (variant: Variant, sizes: Sizes): Promise<Growth> =>
  withHarnessRun({scenario: 'nothing', variant}, sizes.scale, async ({parent, journal}) => {
    let originEpochMs = 0;
    let operationCount = 0;
    let settledEpochMs = Number.POSITIVE_INFINITY;
    let started = 0;
    let subjectBefore: number | null = null;
    let subjectPeak = 0;
    let heapBefore: number | null = null;
    let heapPeak = 0;
    let kept = '';
    for await (const event of journal) {
      if (event.kind === 'trial') ({originEpochMs} = event);
      if (event.kind === 'operations') {
        started = Math.max(started, event.fromIndex + Buffer.from(event.outcomes, 'base64').length);
      }
      if (event.kind === 'phases') operationCount = event.phases.at(-1)?.started ?? operationCount;
      if (event.kind === 'resources' && started >= settledAt) {
        heapBefore ??= event.sample.heapTotalBytes ?? 0;
        heapPeak = Math.max(heapPeak, event.sample.heapTotalBytes ?? 0);
      }
      if (event.kind === 'heap') {
        kept = `${megabytes(event.heapUsedBytes)} of heap and ${megabytes(event.externalBytes)} outside it`;
      }
      if (event.kind !== 'system' || started < settledAt) continue;
      settledEpochMs = Math.min(settledEpochMs, originEpochMs + event.sample.atMs);
      subjectBefore ??= event.sample.rssBytes;
      subjectPeak = Math.max(subjectPeak, event.sample.rssBytes);
    }
    const later = parent.filter(({atEpochMs}) => atEpochMs >= settledEpochMs);
    const parentBefore = later[0]?.rssBytes ?? Number.NaN;
    const parentPeak = Math.max(...later.map(({rssBytes}) => rssBytes));
    const before = subjectBefore ?? Number.NaN;
    return {
      operationCount,
      subjectBytes: subjectPeak - before,
      parentBytes: parentPeak - parentBefore,
      notes: [
        `memory${howOf[variant]}: over ${operationCount.toLocaleString('en')} operations the subject grew from ${megabytes(before)} to ${megabytes(subjectPeak)}, ` +
          `of which V8 set aside ${megabytes(heapBefore ?? 0)} for its heap at first and ${megabytes(heapPeak)} at most, garbage included; ` +
          `${kept} were live after a final collection. The parent grew from ${megabytes(parentBefore)} to ${megabytes(parentPeak)}, up to the written report.`,
      ],
    };
  });

const limit = {atMost: 100};

const subjectRow = (variant: Variant): DriverRow => ({
  title: `memory: subject's growth over 10 million no-op operations${howOf[variant]}`,
  unit: 'MB',
  digits: 0,
  limit,
  async measure(sizes) {
    const {subjectBytes, notes} = await grow(variant, sizes);
    return {rounds: [subjectBytes / 1e6], notes};
  },
});

export const subjectMemoryRow = subjectRow('as-it-is');

/** What is left when V8 is kept from setting aside more for young objects: what the harness itself keeps. */
export const subjectHeldMemoryRow = subjectRow('young-held');

/** Its note is that of the subject's row, which is of the same run. */
export const parentMemoryRow: DriverRow = {
  title: "memory: parent's growth over 10 million no-op operations",
  unit: 'MB',
  digits: 0,
  limit,
  async measure(sizes) {
    const {parentBytes} = await grow('as-it-is', sizes);
    return {rounds: [parentBytes / 1e6], notes: []};
  },
};
