// Recorded conversations, grouped by their shape: a control and a data connection differ, the members of a pool do not.
import type {Conversation, ExchangeShape, StreamDirection} from '../model/proxy-witness.ts';

/** Connections whose conversations have one shape. */
export type ConversationGroup = {
  readonly protocol: Conversation['protocol'];
  /** Their numbers, in the order in which they were opened. */
  readonly connections: readonly number[];
  /** How many exchanges, from the first, belong to the TLS handshake. */
  readonly handshakeExchanges: number;
  /** From 1 on, as far as the longest of them goes. */
  readonly exchanges: readonly TypicalExchange[];
};

export type TypicalExchange = {
  readonly exchange: number;
  readonly direction: StreamDirection;
  /** The median of those that come so far. */
  readonly bytes: number;
  /** How many of the connections come so far. */
  readonly connectionCount: number;
};

/** Without a known protocol, this many exchanges show what kind of a connection it is. */
const tellingExchanges = 4;
/** Nonces, ids and numbers make sizes differ a little. */
const slackBytes = 16;
const slackRatio = 0.25;

/** Those that were recorded from the connect on. In the order in which the first of each was opened. */
export const groupsOf = (conversations: readonly Conversation[]): readonly ConversationGroup[] => {
  const groups: Conversation[][] = [];
  for (const conversation of wholeOf(conversations)) {
    const group = groups.find(([first]) => first !== undefined && areAlike(first, conversation));
    if (group === undefined) groups.push([conversation]);
    else group.push(conversation);
  }
  return groups.map(members => ({
    protocol: members[0]!.protocol,
    connections: members.map(({connection}) => connection),
    handshakeExchanges: Math.max(...members.map(({handshakeExchanges}) => handshakeExchanges)),
    exchanges: typicalOf(members),
  }));
};

/** In the order in which they were opened. */
export const wholeOf = (conversations: readonly Conversation[]): readonly Conversation[] =>
  conversations
    .filter(({isWhole, exchanges}) => isWhole && exchanges.length > 0)
    .toSorted((a, b) => a.connection - b.connection);

const areAlike = (a: Conversation, b: Conversation): boolean => {
  if (a.protocol !== b.protocol || a.exchanges[0]?.direction !== b.exchanges[0]?.direction) return false;
  const compared = Math.min(tellingOf(a), tellingOf(b), a.exchanges.length, b.exchanges.length);
  return a.exchanges.slice(0, compared).every((shape, index) => areClose(shape, b.exchanges[index]!));
};

/** Requests of HTTP differ on one connection as between two; for TLS only the sizes of the handshake count. */
const tellingOf = ({protocol, handshakeExchanges}: Conversation): number => {
  if (protocol === 'http') return 0;
  return protocol === 'tls' ? handshakeExchanges : tellingExchanges;
};

const areClose = (a: ExchangeShape, b: ExchangeShape): boolean =>
  Math.abs(a.bytes - b.bytes) <= Math.max(slackBytes, slackRatio * Math.max(a.bytes, b.bytes));

const typicalOf = (members: readonly Conversation[]): readonly TypicalExchange[] => {
  const longest = members.reduce((a, b) => (b.exchanges.length > a.exchanges.length ? b : a));
  return longest.exchanges.map(({exchange, direction}, index) => {
    const sizes = members.flatMap(({exchanges}) => exchanges[index]?.bytes ?? []).sort((a, b) => a - b);
    return {exchange, direction, bytes: sizes[Math.floor(sizes.length / 2)]!, connectionCount: sizes.length};
  });
};
