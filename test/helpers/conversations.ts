// Recorded conversations, made up.
import type {Conversation} from '../../src/model/proxy-witness.ts';

type Made = Partial<Pick<Conversation, 'protocol' | 'handshakeExchanges' | 'isWhole'>> & {
  readonly first?: 'upstream' | 'downstream';
};

/** The sides take turns; each size is an exchange. */
export const conversation = (
  connection: number,
  sizes: readonly number[],
  {protocol = null, handshakeExchanges = 0, isWhole = true, first = 'upstream'}: Made = {},
): Conversation => ({
  connection,
  openedMs: connection,
  closedMs: null,
  end: 'open',
  isWhole,
  protocol,
  handshakeExchanges,
  exchanges: sizes.map((bytes, index) => ({
    exchange: index + 1,
    direction: (index % 2 === 0) === (first === 'upstream') ? 'upstream' : 'downstream',
    bytes,
    chunks: 1,
    gapMs: 1,
    messages: [],
    messagesLeftOut: 0,
  })),
  exchangesLeftOut: 0,
});
