// What the name server answers to queries for the target's address. See name-server.ts.

import {defineToxicType, type NameReply} from '../toxic-type.ts';

/** By number, as in RFC 1035, 4.1.1. */
export const responseCodes = {ok: 0, servfail: 2, nxdomain: 3} as const;

const withCode = (code: number): NameReply => ({delayMs: 0, answer: {code, addresses: []}});

/** dns_timeout: a query is not answered. */
export const dnsTimeout = defineToxicType({
  name: 'dns_timeout',
  attributes: {},
  names: () => () => ({delayMs: 0, answer: null}),
});

/** dns_servfail: the name server failed. */
export const dnsServfail = defineToxicType({
  name: 'dns_servfail',
  attributes: {},
  names: () => () => withCode(responseCodes.servfail),
});

/** dns_nxdomain: there is no such name. */
export const dnsNxdomain = defineToxicType({
  name: 'dns_nxdomain',
  attributes: {},
  names: () => () => withCode(responseCodes.nxdomain),
});

/** dns_empty: the name exists, and has no address. */
export const dnsEmpty = defineToxicType({
  name: 'dns_empty',
  attributes: {},
  names: () => () => withCode(responseCodes.ok),
});

/** dns_slow: a query is answered after `delay` ms. */
export const dnsSlow = defineToxicType({
  name: 'dns_slow',
  attributes: {
    /** Milliseconds. */
    delay: {kind: 'int64', initial: 1000},
  },
  refuse: ({delay}) => (delay < 0 || delay > 3_600_000 ? 'delay must be 0 to 3600000 ms' : null),
  names:
    ({delay}) =>
    answer => ({delayMs: delay, answer}),
});

/** Nothing listens there: connects are refused, or dropped by a rule of the injector's. */
const deadAddress = (index: number, silent: boolean): string => `127.0.0.${(silent ? 64 : 128) + index}`;

/** Packets to these addresses are dropped. */
export const silentAddresses = '127.0.0.64/26';

/**
 * dns_dead: `dead` addresses come before the live one, or instead of it if the answer is `stale`: the target has moved, and the
 * name server does not know yet.
 */
export const dnsDead = defineToxicType({
  name: 'dns_dead',
  attributes: {
    dead: {kind: 'int64', initial: 1},
    stale: {kind: 'bool', initial: false},
    /** Whether connects to a dead address hang, instead of being refused. */
    silent: {kind: 'bool', initial: true},
  },
  refuse: ({dead}) => (dead < 1 || dead > 10 ? 'dead must be 1 to 10 addresses' : null),
  names:
    ({dead, stale, silent}) =>
    answer => {
      // Queries for anything but IPv4 addresses have no addresses in their answers.
      if (answer.addresses.length === 0) return {delayMs: 0, answer};
      const first = Array.from({length: dead}, (_, index) => deadAddress(index, silent));
      return {delayMs: 0, answer: {...answer, addresses: stale ? first : [...first, ...answer.addresses]}};
    },
});
