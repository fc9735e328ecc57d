// The faulty connection from the subject to the target: one proxy per trial, and the address that the library gets.
import type {FaultyLink} from '../../faults/control.ts';
import {carriedBy} from '../../faults/toxics.ts';
import {isHttpFault} from '../../model/http-fault.ts';
import {controlHost, targetHost} from '../../model/network-fault.ts';
import type {Plan} from '../../model/plan.ts';
import {isServerError} from '../../model/server-errors.ts';
import {isTlsFault} from '../../model/tls-fault.ts';
import {hasDnsFaults} from '../namespace.ts';
import type {RunningInjector} from '../processes/start-injector.ts';
import type {Target} from '../processes/start-target.ts';
import type {Supervisor} from '../processes/supervisor.ts';
import {namedHostOf, nameOf, throughProxy, upgradingProtocolOf, upstreamOf} from '../target-address.ts';

export type TrialLink = {
  readonly link: FaultyLink;
  /** For the library: with a name, where faults act on name resolution. */
  readonly url: string;
  /** For the harness's own probe. */
  readonly controlUrl: string;
  readonly close: () => Promise<void>;
};

type LinkedTrial = {
  readonly target: Target;
  readonly plan: Plan;
  readonly name: string;
  /** Whether the subject trusts the injector's authority. */
  readonly trustsInjector: boolean;
};

export const openTrialLink = async (
  supervisor: Supervisor,
  {injector, embedded}: RunningInjector,
  {target, plan, name, trustsInjector}: LinkedTrial,
): Promise<TrialLink> => {
  const {url: targetUrl, authority} = target;
  if (!embedded) supervisor.watchProxy(injector.url, name);
  // In a calm phase, too: a fault that comes later then finds connections that it can act on.
  const host = namedHostOf(targetUrl);
  const faults = plan.phases.flatMap(({faults}) => faults);
  const meets = (isOne: (kind: string) => boolean) => faults.some(({kind}) => isOne(kind));
  const isFollowed = meets(isHttpFault) || (meets(isServerError) && trustsInjector);
  const isIntercepted = embedded && (isFollowed || host !== null);
  // Other protocols than HTTP do not name it in what they say.
  const asked = meets(isServerError) ? nameOf(targetUrl) : null;
  const turnsToTls = meets(isTlsFault) && !meets(isHttpFault) ? upgradingProtocolOf(targetUrl) : null;
  const byName = hasDnsFaults(plan);
  const link = await injector.createProxy(name, upstreamOf(targetUrl), {
    protocol: carriedBy(faults) || (turnsToTls ?? ''),
    interception: isIntercepted ? {authorities: authority ?? '', host: host ?? asked} : null,
    ...(byName && {listenHost: namedAddress}),
  });
  return {
    link,
    url: throughProxy(targetUrl, byName ? named(targetHost, link.address) : link.address),
    controlUrl: throughProxy(targetUrl, byName ? named(controlHost, link.address) : link.address),
    async close() {
      await link.remove();
      if (!embedded) supervisor.releaseProxy(injector.url, name);
    },
  };
};

/**
 * Resolvers put addresses first that have a longer prefix in common with the source address (RFC 6724, rule 9): this one comes
 * after the dead ones that faults put before it.
 */
const namedAddress = '127.0.128.1';

/** The name with the port of the address. */
const named = (host: string, address: string): string => `${host}${address.slice(address.lastIndexOf(':'))}`;
