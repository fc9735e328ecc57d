// What a search decides without running anything: the plans of its trials, what it leaves out, and which failures have one
// cause.
import type {Fault} from '../model/fault.ts';
import {nonEmpty} from '../model/non-empty.ts';
import {hungAfterMs, type Load, type Phase, type Plan, type Variant} from '../model/plan.ts';
import {thresholdsOf} from '../model/symptoms.ts';
import {type Episode, episodeOf, isSilent, type Strike} from './episodes.ts';

/** What a trial of many episodes shows of one of them, the worst first. */
export const signals = [
  'stuck',
  'pending',
  'crash',
  'rejection',
  'crossed',
  'lost',
  'duplicate',
  'reordered',
  'truncated',
  'swallowed',
  'hung',
  'close',
  'leak',
] as const;

/**
 * `stuck`: nothing succeeded after the fault · `pending`: other operations did, but some had not settled · `hung`: operations
 * were overdue and settled later · `close`: close() or the end of the process took too long.
 */
export type Signal = (typeof signals)[number];

export const worstSignal = (seen: ReadonlySet<Signal>): Signal | null =>
  signals.find(signal => seen.has(signal)) ?? null;

/** What `--only` takes: places of a fault, and what it does there. */
const placeFilters = ['connect', 'handshake', 'body', 'live', 'errors'] as const;
const actionFilters = ['close', 'reset', 'silence'] as const;
export const filters = [...placeFilters, ...actionFilters];
export type Filter = (typeof filters)[number];
const filterGroups: readonly (readonly Filter[])[] = [placeFilters, actionFilters];

/** Where the protocol is not known, a handshake is over by then. */
const handshakeExchanges = 4;

const tests: {readonly [filter in Filter]: (strike: Strike) => boolean} = {
  connect: ({kind}) => kind === 'connect',
  handshake: strike =>
    strike.kind === 'moment' &&
    strike.since === 'connect' &&
    (strike.isHandshake || strike.exchange <= handshakeExchanges),
  body: strike => strike.kind === 'moment' && strike.cut === 'within' && strike.direction === 'downstream',
  live: strike => strike.kind === 'live' || (strike.kind === 'moment' && strike.since === 'fault'),
  errors: ({kind}) => kind === 'said',
  close: ({action}) => action === 'close' || action === 'silence-then-close',
  reset: ({action}) => action === 'reset' || action === 'flapping',
  silence: strike => isSilent(strike) || strike.action === 'silence-then-close',
};

/** Whether each of its faults is at one of the places and does one of the things that are named; none: any. */
export const isWanted = ({strikes}: Episode, only: readonly Filter[]): boolean =>
  filterGroups.every(group => {
    const named = only.filter(filter => group.includes(filter));
    return named.length === 0 || strikes.every(strike => named.some(filter => tests[filter](strike)));
  });

const calmMs = 300;
const firstSuccessMs = 8000;
const shortestMs = 60;
/** A client with pauses of its own between its attempts gets this long; what takes longer is tried again alone. */
const mostRecoveryMs = 4000;
const slackMs = 500;

/** How long an episode lasts at most: until a client that has connected anew, and then waits through a silence, counts as hung. */
const faultMs = ({operation}: Plan, {needs}: Pick<Episode, 'needs'>, backMs: number): number =>
  hungAfterMs(operation) + slackMs + (needs === 'new connections' ? backMs : 0);

const calm: Phase = {
  name: 'calm',
  role: 'baseline',
  durationMs: calmMs,
  faults: [],
  untilWellMs: firstSuccessMs,
};

export const faultPhase = (index: number): number => 1 + 2 * index;
export const recoveryPhase = (index: number): number => 2 + 2 * index;

/**
 * A trial of several episodes, one after the other, each as short as it can be.
 * @param backMs what the library takes to be back after its connections were closed
 */
export const batchPlan = (
  plan: Plan,
  episodes: readonly Pick<Episode, 'faults' | 'needs'>[],
  backMs = 0,
): Plan => ({
  ...plan,
  phases: [
    calm,
    ...episodes.flatMap((episode, index): Phase[] => [
      {
        name: `fault-${index + 1}`,
        role: 'fault',
        durationMs: shortestMs,
        untilWellMs: faultMs(plan, episode, backMs),
        faults: [...episode.faults],
      },
      {
        name: `after-${index + 1}`,
        role: 'recovery',
        durationMs: shortestMs,
        untilWellMs: Math.max(
          Math.min(hungAfterMs(plan.operation) + slackMs, mostRecoveryMs),
          recoveryShare * backMs,
        ),
        faults: [],
      },
    ]),
  ],
});

/** Without any fault: what it shows is none of the search's business. */
export const calmPlan = (plan: Plan): Plan => ({
  ...plan,
  phases: [calm, {name: 'still-calm', role: 'baseline', durationMs: 1500, faults: []}],
});

/** How the library connects anew, however long that takes: its conversations are as long as an episode could cut. */
export const reconnectPlan = (plan: Plan, episode: Pick<Episode, 'faults' | 'needs'>): Plan => {
  const {phases, ...others} = batchPlan(plan, [episode]);
  const [first, ...more] = phases;
  const watched = (phase: Phase): Phase =>
    phase.role === 'recovery' ? {...phase, durationMs: reconnectMs, untilWellMs: mostBackMs} : phase;
  return {...others, phases: [first, ...more.map(watched)]};
};

const reconnectMs = 1500;
const mostBackMs = 20_000;
const recoveryShare = 2;

/** Of a proof, and of the reproducer that is made of it. */
const proofBaselineMs = 1500;
const shortFaultMs = 1500;
const shortRecoveryMs = 3000;
/** Beyond what a detector wants to have watched. */
const watchSlackMs = 2500;
const mostWatchMs = 90_000;

/** Until what never comes back is known not to, by the thresholds of its symptoms. */
const watchMs = ({operation, thresholds}: Pick<Plan, 'operation' | 'thresholds'>): number => {
  const orphaned = thresholdsOf('orphaned-operation', thresholds);
  const longestMs = Math.max(
    orphaned.watchMs,
    orphaned.deadlineCount * operation.deadlineMs,
    thresholdsOf('wedged-client', thresholds).wedgedMs,
    thresholdsOf('silent-consumer', thresholds).silentMs,
  );
  return Math.min(mostWatchMs, longestMs + watchSlackMs);
};

/** Leaks are proven by their growth from fault to fault. */
export const leakCycles = 6;

/** How long a proof goes on: until nothing comes back any more; over several faults; or no longer than it takes. */
export type Proving = 'watched' | 'repeated' | 'short';

/** A run of its own that every detector can judge: calm, the fault, calm. */
export const proofPhases = (
  plan: Pick<Plan, 'operation' | 'thresholds'>,
  {faults, strikes, needs}: Pick<Episode, 'faults' | 'strikes' | 'needs'>,
  proving: Proving,
  backMs = 0,
): readonly [Phase, ...Phase[]] => {
  const {operation} = plan;
  const cycle = (suffix: string): readonly Phase[] => [
    {
      name: `fault${suffix}`,
      role: 'fault',
      durationMs:
        (strikes.some(isSilent) ? hungAfterMs(operation) + slackMs : shortFaultMs) +
        (needs === 'new connections' ? Math.round(backMs) : 0),
      faults: [...faults] as Fault[],
    },
    {
      name: `recovery${suffix}`,
      role: 'recovery',
      durationMs: proving === 'watched' ? watchMs(plan) : shortRecoveryMs + Math.round(backMs),
      faults: [],
    },
  ];
  const others =
    proving === 'repeated' ? Array.from({length: leakCycles - 1}, (_, index) => `#${index + 2}`) : [];
  return [
    {name: 'baseline', role: 'baseline', durationMs: proofBaselineMs, faults: []},
    ...['', ...others].flatMap(cycle),
  ];
};

export const proofPlan = (plan: Plan, episode: Episode, proving: Proving, backMs: number): Plan => ({
  ...plan,
  phases: [...proofPhases(plan, episode, proving, backMs)],
});

const mostPerSecond = 100;
const mostCallers = 8;
const longestPauseMs = 1000;

/** Its load, operations and target, without its phases and goals, and without what costs time and shows nothing here. */
export const searchedPlan = ({sweep: _, storm: __, ...plan}: Plan, variant: string | null): Plan => {
  const chosen = plan.variants.filter(({name}) => variant === null || name === variant).slice(0, 1);
  return {
    ...plan,
    variants: nonEmpty(chosen.map(withoutTelemetry), 'variants'),
    load: gentle(plan.load),
    phases: [calm],
    goals: {},
  };
};

export const withoutTelemetry = (variant: Variant): Variant => ({
  ...variant,
  process: {...variant.process, telemetry: 'off'},
});

const gentle = (load: Load): Load => {
  switch (load.model) {
    case 'open':
      return {...load, ratePerSecond: Math.min(mostPerSecond, load.ratePerSecond)};
    case 'ramp': {
      const {fromPerSecond, toPerSecond, maxInFlight, clients} = load;
      const ratePerSecond = Math.min(mostPerSecond, Math.max(fromPerSecond, toPerSecond));
      return {model: 'open', ratePerSecond, maxInFlight, ...(clients && {clients})};
    }
    case 'bursts':
      return {...load, everyMs: Math.min(longestPauseMs, load.everyMs)};
    case 'closed':
      return {...load, concurrency: Math.min(mostCallers, load.concurrency)};
  }
};

/**
 * Failures with one key have one cause, as far as one can know it before they are reduced: silence that a client without a time
 * limit waits through is one while a connection is in use, and another one at each step of its beginning, where other limits
 * apply; so is an error that ends the process. Others have the moment in common.
 */
export const causeKey = (
  {strikes}: Pick<Episode, 'strikes'>,
  signal: Signal,
  error: string | null,
): string => {
  if (error !== null && (signal === 'crash' || signal === 'rejection')) return `${signal}: ${error}`;
  const silent = strikes.filter(isSilent);
  // What comes before a silence only makes the client meet it.
  if (signal === 'hung' && silent.length > 0) return `hung: silence ${silent.map(stageOf).join(' and ')}`;
  return `${signal}: ${neighbourhood({strikes})}`;
};

/** Whether it is what a client without any time limit waits through. */
export const isSilenceInUse = (key: string): boolean => key === 'hung: silence in use';

const stageOf = (strike: Strike): string => {
  if (strike.kind !== 'moment') return strike.action;
  const isBeginning = strike.since === 'connect' && strike.exchange <= handshakeExchanges;
  return isBeginning ? `at ${strike.exchange} of ${strike.position}` : 'in use';
};

/** Where it is, and whether the connection ends there or falls silent. */
export const neighbourhood = ({strikes}: Pick<Episode, 'strikes'>): string =>
  `${strikes.every(isSilent) ? 'silence' : 'end'} at ${strikes.map(placeOf).join(' and ')}`;

const placeOf = (strike: Strike): string => {
  if (strike.kind === 'said') return `said ${strike.when}`;
  if (strike.kind !== 'moment') return `${strike.kind} ${strike.action}`;
  const {since, exchange, direction, position} = strike;
  return since === 'fault' ? `the next of ${direction}` : `${exchange} of ${position}`;
};

/** Whether a pair can show more than one of its faults does alone. */
export const isNews = ({strikes}: Episode, failedIds: ReadonlySet<string>): boolean =>
  strikes.length === 1 || strikes.every(strike => !failedIds.has(episodeOf([strike]).id));

/** Smaller plans, the smallest first: one fault, one connection, a milder action, a canonical cut. */
export function* smallerThan([first, second]: Episode['strikes']): Generator<Episode['strikes'], void, void> {
  if (second) {
    yield [first];
    yield [second];
  }
  if (first.kind === 'moment' && first.since === 'connect') yield [{kind: 'live', action: 'close'}];
  for (const strike of milder(first)) yield second ? [strike, second] : [strike];
  if (second) for (const strike of milder(second)) yield [first, strike];
}

function* milder(strike: Strike): Generator<Strike, void, void> {
  if (strike.kind === 'said' && strike.connections === 'all') yield {...strike, connections: 'first'};
  if (strike.kind !== 'moment') return;
  if (strike.connections !== 'first') yield {...strike, connections: 'first'};
  if (strike.action !== 'close') yield {...strike, action: 'close'};
  if (strike.action === 'half-open') yield {...strike, action: 'silence'};
  // After an exchange is before the next one, and the earlier of two moments with one cause stands for both.
  if (strike.since === 'connect' && strike.exchange > 1) {
    const direction = strike.direction === 'upstream' ? 'downstream' : 'upstream';
    yield {...strike, cut: 'after', exchange: strike.exchange - 1, direction};
  }
  if (strike.cut !== 'after') yield {...strike, cut: 'after'};
}

/**
 * Takes each smaller plan that still fails, until none does.
 * @param fails whether a plan shows the same, tried alone
 */
export const shrink = async (
  strikes: Episode['strikes'],
  fails: (strikes: Episode['strikes']) => Promise<boolean>,
): Promise<Episode['strikes']> => {
  for (const smaller of smallerThan(strikes)) {
    if (await fails(smaller)) return shrink(smaller, fails);
  }
  return strikes;
};
