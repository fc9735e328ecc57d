// The moments of recorded conversations at which a fault could break a client, as a list of episodes: each a plan of faults
// that is tried on its own, with one fault or with two, of which the second meets the client while it recovers.

import {
  blackhole,
  closeAfter,
  type Fault,
  halfOpen,
  limitConnections,
  refuse,
  resetAfter,
  stall,
} from '../model/fault.ts';
import type {Moment, ScopeOptions} from '../model/fault-defaults.ts';
import type {Conversation, StreamDirection} from '../model/proxy-witness.ts';
import type {Speech} from '../model/server-errors.ts';
import {mulberry32} from '../stats/bootstrap.ts';
import {groupsOf, wholeOf} from './conversations.ts';
import {type SaidStrike, saidFault, saidStrikes} from './spoken.ts';

export const cuts = ['before', 'within', 'after'] as const;
export const momentActions = ['close', 'reset', 'silence', 'half-open', 'silence-then-close'] as const;
/** What acts on new connections alone comes first. */
const connectActions = [
  'accepted-and-silent',
  'accepted-and-closed',
  'flapping',
  'syn-unanswered',
  'refused',
] as const;

export type Cut = (typeof cuts)[number];
export type Action = (typeof momentActions)[number];
export type ConnectAction = (typeof connectActions)[number];

/** One fault of an episode. */
export type Strike =
  | {readonly kind: 'connect'; readonly action: ConnectAction}
  /** All live connections are closed at once. Most episodes begin with it, so that the client has to connect. */
  | {readonly kind: 'live'; readonly action: 'close'}
  | SaidStrike
  | {
      readonly kind: 'moment';
      readonly action: Action;
      readonly cut: Cut;
      /** Counted from the connect; or in its direction, from when the fault begins. */
      readonly exchange: number;
      readonly since: 'connect' | 'fault';
      readonly direction: StreamDirection;
      /** Whether it is part of a TLS handshake. */
      readonly isHandshake: boolean;
      /** Those that come to the moment: the first, the first two, or all for a while. */
      readonly connections: 'first' | 'two' | 'all';
      /** The first of another kind of connections is so far behind the first of all; 1: it is that. */
      readonly position: number;
    };

export type MomentStrike = Strike & {readonly kind: 'moment'};

export type Episode = {
  /** The same in each search that meets the same moments, such as `close after 4` or `close after 4, reset before 2`. */
  readonly id: string;
  readonly strikes: readonly [Strike, ...Strike[]];
  /** All of them are put in place at the episode's beginning, one right after the other. */
  readonly faults: readonly [Fault, ...Fault[]];
  /** `new`: the client must connect within the episode. `live`: it must be talking already. */
  readonly needs: 'new connections' | 'live connections';
};

export type SearchOptions = {
  readonly seed: number;
  /** How many faults an episode may have: 1 or 2. */
  readonly maxDepth?: 1 | 2;
  /** The errors that its server has are tried, too. */
  readonly speech?: Speech | null;
  /** Only so many exchanges of a connection, from the first: what follows the beginning repeats itself. */
  readonly exchangeLimit?: number;
  /** How long a fault lasts that takes all connections, or all connects. */
  readonly windowMs?: number;
  /** How long a silence is that ends in a close. */
  readonly silenceMs?: number;
};

type Sizes = Required<Pick<SearchOptions, 'windowMs' | 'silenceMs' | 'exchangeLimit'>>;

const usualSizes: Sizes = {exchangeLimit: 8, windowMs: 500, silenceMs: 300};

/**
 * What is tried first, in this order: one fault on one connection; what the server says; the plainest first fault with each second
 * one; one fault on several connections. Shuffled by the seed within that.
 */
export const episodesOf = (
  conversations: readonly Conversation[],
  {seed, maxDepth = 2, speech = null, ...given}: SearchOptions,
): readonly Episode[] => {
  const sizes = {...usualSizes, ...given};
  const random = mulberry32(seed);
  const all = singlesOf(conversations, sizes);
  const singles = (connections: MomentStrike['connections']): readonly Episode[] =>
    shuffled(
      all.filter(strike => connectionsOf(strike) === connections),
      random,
    ).map(strike => single(strike, sizes));
  const first = singles('first');
  const said = shuffled(saidStrikes(speech), random).map(strike => single(strike, sizes));
  const likely =
    maxDepth === 1
      ? []
      : shuffled(secondsOf(all).filter(isPlainSecond), random).map(second => pair(plainFirst, second, sizes));
  return [...first, ...said, ...likely, ...singles('all'), ...singles('two')];
};

/** All other pairs, shuffled by the seed. Lazy: there are tens of thousands. */
export function* morePairsOf(
  conversations: readonly Conversation[],
  {seed, ...given}: Omit<SearchOptions, 'maxDepth' | 'speech'>,
): Generator<Episode, void, void> {
  const sizes = {...usualSizes, ...given};
  const all = singlesOf(conversations, sizes);
  const firsts = firstsOf(all);
  const seconds = secondsOf(all);
  const pairs = Array.from({length: firsts.length * seconds.length}, (_, index) => index);
  for (const index of shuffled(pairs, mulberry32(seed))) {
    const first = firsts[Math.floor(index / seconds.length)]!;
    const second = seconds[index % seconds.length]!;
    // A fault that takes all connects would leave none for the first strike.
    if (second.kind === 'connect' && first.since === 'connect') continue;
    if (nameOf(first) === nameOf(plainFirst) && isPlainSecond(second)) continue;
    yield pair(first, second, sizes);
  }
}

const singlesOf = (conversations: readonly Conversation[], sizes: Sizes): readonly Strike[] => [
  closeLive,
  ...connectStrikes,
  ...liveStrikes,
  ...freshStrikes(conversations, sizes),
];

const firstsOf = (singles: readonly Strike[]): readonly MomentStrike[] =>
  singles.filter(
    (strike): strike is MomentStrike =>
      strike.kind === 'moment' && strike.connections === 'first' && strike.position === 1,
  );

const secondsOf = (singles: readonly Strike[]): readonly Strike[] => [
  ...connectStrikes.filter(({action}) => action !== 'refused'),
  ...firstsOf(singles).filter(({since}) => since === 'connect'),
];

/** It makes any client connect anew, with something under way. */
const plainFirst: MomentStrike = {
  kind: 'moment',
  action: 'close',
  cut: 'before',
  exchange: 1,
  since: 'fault',
  direction: 'downstream',
  isHandshake: false,
  connections: 'first',
  position: 1,
};

/** Where the plainest first fault fails alone, the next ones may not. */
const otherFirsts: readonly MomentStrike[] = [
  {...plainFirst, cut: 'after'},
  {...plainFirst, direction: 'upstream', cut: 'before'},
  {...plainFirst, direction: 'upstream', cut: 'after'},
];

/** Pairs that may show what a likely pair cannot, as its first fault fails alone. */
export const insteadOf = ({strikes: [first, second]}: Pick<Episode, 'strikes'>): readonly Episode[] =>
  second === undefined || nameOf(first) !== nameOf(plainFirst)
    ? []
    : otherFirsts.map(other => episodeOf([other, second]));

/** Of actions that do the same to most clients, one. */
const isPlainSecond = ({action}: Strike): boolean => action !== 'reset' && action !== 'half-open';

/** An episode of these strikes, whether or not it is on a list. */
export const episodeOf = ([first, second]: Episode['strikes']): Episode =>
  second && first.kind === 'moment' ? pair(first, second, usualSizes) : single(first, usualSizes);

/** The same on all connections that come for a while; null where that is another thing. */
export const widened = ({strikes: [strike, second]}: Pick<Episode, 'strikes'>): Episode | null => {
  if (second !== undefined || (strike.kind !== 'moment' && strike.kind !== 'said')) return null;
  const isOther = strike.connections === 'all' || (strike.kind === 'moment' && strike.position > 1);
  return isOther ? null : episodeOf([{...strike, connections: 'all'}]);
};

/** Its connections are followed message by message, which other episodes had better not be. */
export const isSaid = ({strikes: [strike]}: Pick<Episode, 'strikes'>): boolean => strike.kind === 'said';

const connectionsOf = (strike: Strike): MomentStrike['connections'] =>
  strike.kind === 'moment' ? strike.connections : 'first';

const closeLive = {kind: 'live', action: 'close'} as const;

const connectStrikes = connectActions.map(action => ({kind: 'connect', action}) as const);

const strikesAt = (
  place: Pick<MomentStrike, 'exchange' | 'since' | 'direction' | 'isHandshake' | 'position'>,
) =>
  cuts.flatMap(cut =>
    momentActions.flatMap(action =>
      // Only one connection can be further behind; two or all would include the others as well.
      (place.position === 1 ? (['first', 'two', 'all'] as const) : (['first'] as const)).map(
        (connections): MomentStrike => ({kind: 'moment', action, cut, connections, ...place}),
      ),
    ),
  );

/** The next exchange of each direction, in the middle of a conversation. */
const liveStrikes = (['upstream', 'downstream'] as const).flatMap(direction =>
  strikesAt({exchange: 1, since: 'fault', direction, isHandshake: false, position: 1}),
);

/** The beginning of each kind of connection. */
const freshStrikes = (
  conversations: readonly Conversation[],
  {exchangeLimit}: Sizes,
): readonly MomentStrike[] => {
  const whole = wholeOf(conversations);
  const seen = new Set<string>();
  return groupsOf(conversations).flatMap(({connections: [first], exchanges, handshakeExchanges}) =>
    exchanges.slice(0, exchangeLimit).flatMap(({exchange, direction}) => {
      // Those that come so far, in the order in which they were opened.
      const arrived = whole.filter(other => other.exchanges.length >= exchange);
      const index = arrived.findIndex(({connection}) => connection === first);
      const place = `${exchange} ${index}`;
      // The first of a group may be one that does not come so far.
      if (index < 0 || seen.has(place)) return [];
      seen.add(place);
      const isHandshake = exchange <= handshakeExchanges;
      return strikesAt({exchange, since: 'connect', direction, isHandshake, position: index + 1});
    }),
  );
};

const isOfLive = (strike: Strike): boolean => {
  if (strike.kind === 'said') return strike.when !== 'connect';
  return strike.kind === 'live' || (strike.kind === 'moment' && strike.since === 'fault');
};

const single = (strike: Strike, sizes: Sizes): Episode => {
  const isLive = isOfLive(strike);
  return {
    id: nameOf(strike),
    strikes: [strike],
    faults: isLive ? faultsOf(strike, sizes) : onNewConnections(faultsOf(strike, sizes)),
    needs: isLive ? 'live connections' : 'new connections',
  };
};

const faultsOf = (strike: Strike, sizes: Sizes): readonly [Fault, ...Fault[]] => {
  switch (strike.kind) {
    case 'live':
      return [kick];
    case 'connect':
      return onConnects(strike.action, sizes);
    case 'said':
      return [saidFault(strike, strike.connections === 'all' ? {durationMs: sizes.windowMs} : {firstN: 1})];
    case 'moment':
      return faultsAt(strike, scopeOf(strike, sizes), sizes);
  }
};

/** The second meets the connection that the client makes because of the first. */
const pair = (first: MomentStrike, second: Strike, sizes: Sizes): Episode => {
  // The connection that is struck first passes the moments before that, and counts there.
  const isPassed = second.kind === 'moment' && first.since === 'connect' && isBefore(second, first);
  const scope: ScopeOptions = isPassed ? {nth: 2, hitLimit: 1} : {firstN: 1};
  const more = second.kind === 'moment' ? faultsAt(second, scope, sizes) : faultsOf(second, sizes);
  // The second is put in place first: a client may be back within a millisecond.
  const faults = [...more, ...faultsAt(first, {firstN: 1}, sizes)] as const;
  return {
    id: `${nameOf(first)}, then ${nameOf(second)}`,
    strikes: [first, second],
    faults: first.since === 'fault' ? faults : onNewConnections(faults),
    needs: first.since === 'fault' ? 'live connections' : 'new connections',
  };
};

const kick = closeAfter({durationMs: 1});

/** Whether the fault is there to make the client connect anew: it acts on nothing where there is no live connection. */
export const isKick = (fault: Fault): boolean => fault.kind === 'closeAfter' && fault.durationMs === 1;

/** The existing connections must go, or the client would have no reason to connect. */
const onNewConnections = (faults: readonly [Fault, ...Fault[]]): readonly [Fault, ...Fault[]] =>
  faults[0].kind === 'refuse' ? faults : [...faults, kick];

const isBefore = (a: MomentStrike, b: MomentStrike): boolean =>
  a.exchange < b.exchange || (a.exchange === b.exchange && cuts.indexOf(a.cut) <= cuts.indexOf(b.cut));

const scopeOf = ({connections, position}: MomentStrike, {windowMs}: Sizes): ScopeOptions => {
  if (position > 1) return {nth: position, hitLimit: 1};
  if (connections === 'all') return {durationMs: windowMs};
  return {firstN: connections === 'two' ? 2 : 1};
};

const faultsAt = (
  {action, exchange, cut, since, direction}: MomentStrike,
  scope: ScopeOptions,
  {silenceMs}: Sizes,
): readonly [Fault, ...Fault[]] => {
  const at: Moment = since === 'fault' ? {exchange, cut, direction, since} : {exchange, cut};
  const options = {...scope, at};
  switch (action) {
    case 'close':
      return [closeAfter(options)];
    case 'reset':
      return [resetAfter(options)];
    case 'silence':
      return [stall({...options, direction: 'both'})];
    case 'half-open':
      return [halfOpen(options)];
    case 'silence-then-close':
      // In this order: a silent connection comes to no further moment.
      return [closeAfter({...options, afterMs: silenceMs}), stall({...options, direction: 'both'})];
  }
};

/** How long a connection lasts. */
const flappingMs = 20;

/** A silence lasts as long as the episode. */
const onConnects = (action: ConnectAction, {windowMs: durationMs}: Sizes): readonly [Fault] => {
  switch (action) {
    case 'refused':
      return [refuse({durationMs})];
    case 'syn-unanswered':
      return [blackhole({syn: true})];
    case 'flapping':
      return [resetAfter({afterMs: flappingMs, durationMs})];
    case 'accepted-and-closed':
      return [limitConnections({connectionLimit: 0, durationMs})];
    case 'accepted-and-silent':
      return [blackhole()];
  }
};

/** Whether nothing is heard of the connection for as long as the episode's fault lasts: only a time limit helps a client. */
export const isSilent = ({action}: Strike): boolean =>
  action === 'silence' ||
  action === 'half-open' ||
  action === 'withheld' ||
  action === 'accepted-and-silent' ||
  action === 'syn-unanswered';

/** `reset within 3 (two)`, `close after the next reply`, `silence before 5 (connection 2)`. */
const nameOf = (strike: Strike): string => {
  if (strike.kind === 'connect') return strike.action;
  if (strike.kind === 'live') return 'close all live connections';
  if (strike.kind === 'said') return `say ${strike.error}${strike.connections === 'all' ? ' (all)' : ''}`;
  const {action, cut, exchange, since, direction, connections, position} = strike;
  const place = since === 'connect' ? exchange : `the next ${direction === 'upstream' ? 'request' : 'reply'}`;
  const which = position > 1 ? `connection ${position}` : connections;
  return `${action} ${cut} ${place}${which === 'first' ? '' : ` (${which})`}`;
};

/** Fisher and Yates. */
const shuffled = <T>(items: readonly T[], random: () => number): readonly T[] => {
  const left = [...items];
  for (let last = left.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [left[last], left[other]] = [left[other]!, left[last]!];
  }
  return left;
};
