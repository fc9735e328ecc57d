// Leaks too small for a detector, which has to allow for what one process keeps anyway: of trials that ran in pairs,
// one variant keeps more each time than the other ever does. What both keep, the harness's own memory included, is no
// difference.
import {symptoms} from '../../model/symptoms.ts';
import {isFirstUnderWay, type Trial} from '../../model/trial.ts';
import {medianOf} from '../../stats/quantile.ts';
import {areCycles, enoughCycles, keepRising} from '../../stats/trend.ts';
import {pairsOf} from '../comparison/before-after.ts';
import {bytes, plain, plural} from '../format.ts';
import type {JudgedTrial, RunStory, VariantStory} from './run-story.ts';

export type SmallLeak = {
  readonly leaking: 'baseline' | 'candidate';
  /** "keeps 1.2 MiB of memory …", without a stop. */
  readonly statement: string;
};

/**
 * With three pairs, all trials of one variant are above all of the other by chance in 1 of 20 cases; with two pairs
 * in 1 of 6.
 */
const minimumLeakPairs = 3;

type Kept = {
  readonly symptom: 'memory-growth' | 'connection-leak';
  readonly of: (trial: JudgedTrial) => number | null;
  /** Differences up to this are no leak. */
  readonly worth: number;
  readonly format: (value: number) => string;
  readonly what: string;
  /** At the ends of the recoveries, to see whether it keeps rising over the faults. */
  readonly cycles: (trial: Trial) => readonly number[];
};

const figures: readonly Kept[] = [
  {
    symptom: 'memory-growth',
    of: ({trial}) => keptBytes(trial),
    // Collected heaps of the same program differ by some 0.3 MiB from trial to trial: compiled code comes and goes.
    worth: 512 * 1024,
    format: bytes,
    what: 'of memory',
    cycles: trial => trial.heaps.filter(({phase}) => isRecovery(trial, phase)).map(sizeOf),
  },
  {
    symptom: 'connection-leak',
    of: judged => keptConnections(judged),
    // Half a connection: one is the smallest leak that there is.
    worth: 0.5,
    format: value => `${plain(value)} open connections`,
    what: '',
    cycles: () => [],
  },
];

type Heap = Trial['heaps'][number];

const sizeOf = ({heapUsedBytes, externalBytes}: Heap): number => heapUsedBytes + externalBytes;

const isRecovery = ({plan}: Trial, phase: number | null): boolean =>
  phase !== null && plan.phases[phase]?.role === 'recovery';

/** The trial came to its end with nothing under way, and saw all phases: others have not met the same faults. */
const isWhole = ({end, cut, driver}: Trial): boolean =>
  end.kind === 'completed' && cut === null && driver.drained?.inFlight === 0;

/** With all garbage collected, after the load beyond the end of the baseline; null where something is still under way. */
const keptBytes = (trial: Trial): number | null => {
  if (!isWhole(trial)) return null;
  const before = trial.heaps.findLast(
    ({phase}) => phase !== null && trial.plan.phases[phase]?.role === 'baseline',
  );
  const after = trial.heaps.find(({phase}) => phase === null);
  return before && after ? sizeOf(after) - sizeOf(before) : null;
};

/** When idle ones are closed, beyond the most of the baseline; null where what is left may be idle in a pool. */
const keptConnections = ({trial, judgement}: JudgedTrial): number | null => {
  const {closing} = trial;
  const after = closing && trial.injector.findLast(({atMs}) => atMs <= closing.startMs);
  const before = judgement.phases
    .filter(({role}) => role === 'baseline')
    .flatMap(({connectionsOpenMax}) => connectionsOpenMax ?? []);
  if (!after || closing.underLoad || before.length === 0 || !isWhole(trial) || isFirstUnderWay(trial))
    return null;
  const {openConnections} = after.witness;
  const kept = Math.max(0, openConnections - Math.max(...before));
  const underWayMax = Math.max(0, ...trial.driver.phases.map(({inFlightMax}) => inFlightMax ?? 0));
  const waitedMs = closing.startMs - (trial.driver.drained?.atMs ?? closing.startMs);
  const mayBeIdle =
    openConnections <= underWayMax || waitedMs < symptoms['connection-leak'].thresholds['idleMs']!;
  return kept > 0 && mayBeIdle ? null : kept;
};

/** Empty with fewer than three pairs. What a detector reports anyway is not repeated. */
export const smallLeaks = (story: RunStory): SmallLeak[] => figures.flatMap(figure => leakOf(story, figure));

const leakOf = (story: RunStory, figure: Kept): SmallLeak[] => {
  const pairs = pairsOf(story).flatMap(({before, after}) => {
    const [first, second] = [figure.of(before), figure.of(after)];
    return first === null || second === null ? [] : [{first, second}];
  });
  if (pairs.length < minimumLeakPairs || !story.candidate) return [];
  const [befores, afters] = [pairs.map(({first}) => first), pairs.map(({second}) => second)];
  const sides = [
    {leaking: 'baseline', whose: story.baseline, other: story.candidate, kept: befores, others: afters},
    {leaking: 'candidate', whose: story.candidate, other: story.baseline, kept: afters, others: befores},
  ] as const;
  return sides.flatMap(({leaking, whose, other, kept, others}) => {
    const isApart = Math.min(...kept) - Math.max(...others) > figure.worth;
    if (!isApart || Math.min(...kept) <= figure.worth || isNamed(whose, figure.symptom)) return [];
    const [mine, theirs] = [medianOf(kept) ?? 0, medianOf(others) ?? 0];
    const amount = [figure.format(mine), figure.what].filter(part => part !== '').join(' ');
    const rest = figure.format(Math.max(0, theirs));
    return [
      {
        leaking,
        statement: `after the load, ${whose.variant.name} still holds ${amount} beyond its baseline, ${other.variant.name} ${rest} (medians of ${plural(pairs.length, 'pair')}; every trial of the former exceeds every trial of the latter)${risesText(whose, figure)}`,
      },
    ];
  });
};

const isNamed = ({symptoms}: VariantStory, symptom: Kept['symptom']): boolean =>
  symptoms.some(candidate => candidate.symptom === symptom && candidate.verdict === 'present');

const risesText = ({trials}: VariantStory, {symptom, worth, cycles}: Kept): string => {
  if (symptom !== 'memory-growth') return '';
  const courses = trials.map(({trial}) => cycles(trial)).filter(areCycles);
  if (courses.length === 0) {
    return `; a run with ${enoughCycles} cycles would show whether it grows with each fault or fills up once`;
  }
  const rising = courses.filter(sizes => keepRising(sizes, worth)).length;
  return `; it kept growing with each fault in ${rising} of ${plural(courses.length, 'trial')}`;
};
