// The faulty connection from the subject to the target: one proxy per trial, and the address that the library gets.
import type {FaultyLink} from '../../faults/control.ts';
import type {RunningInjector} from '../processes/start-injector.ts';
import type {Supervisor} from '../processes/supervisor.ts';
import {throughProxy, upstreamOf} from '../target-address.ts';

export type TrialLink = {
  readonly link: FaultyLink;
  /** For the library: by name, where faults act on that. */
  readonly url: string;
  /** By address in any case. */
  readonly probeUrl: string;
  readonly close: () => Promise<void>;
};

export const openTrialLink = async (
  supervisor: Supervisor,
  {injector, embedded}: RunningInjector,
  targetUrl: string,
  {name, byName}: {readonly name: string; readonly byName: boolean},
): Promise<TrialLink> => {
  if (!embedded) supervisor.watchProxy(injector.url, name);
  const link = await injector.createProxy(name, upstreamOf(targetUrl), byName ? namedAddress : undefined);
  return {
    link,
    url: throughProxy(targetUrl, byName ? byHost(link.address) : link.address),
    probeUrl: throughProxy(targetUrl, link.address),
    async close() {
      await link.remove();
      if (!embedded) supervisor.releaseProxy(injector.url, name);
    },
  };
};

/**
 * Resolvers sort addresses by how much of their own address they share (RFC 6724, rule 9): less than the dead ones that faults
 * put before it.
 */
const namedAddress = '127.0.128.1';

/** The injector answers for all names under this one. */
const byHost = (address: string): string =>
  `target.foulweather.test${address.slice(address.lastIndexOf(':'))}`;
