// The faulty way from the subject to the target: one proxy per trial, and the address that the library gets.
import type {FaultyLink} from '../faults/control.ts';
import type {Household} from './household.ts';
import type {RunningInjector} from './services.ts';

const defaultPorts: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'redis:': '6379',
  'postgres:': '5432',
  'postgresql:': '5432',
  'mysql:': '3306',
  'mariadb:': '3306',
  'amqp:': '5672',
  'mqtt:': '1883',
  'nats:': '4222',
  'mongodb:': '27017',
};

/** `host:port` of a target's URL. */
export const upstreamOf = (targetUrl: string): string => {
  const url = new URL(targetUrl);
  return `${url.hostname}:${url.port || (defaultPorts[url.protocol] ?? '80')}`;
};

/** The same URL, by way of the proxy: user, password, path and query stay. */
export const throughProxy = (targetUrl: string, proxyAddress: string): string => {
  // By hand, not by the URL class: that one would add a slash where none was, and some clients mind.
  const [, scheme, authority, rest] = /^([^:]+:\/\/)([^/?#]*)(.*)$/s.exec(targetUrl)!;
  const credentials = authority!.slice(0, authority!.lastIndexOf('@') + 1);
  return `${scheme}${credentials}${proxyAddress}${rest}`;
};

export type TrialLink = {
  readonly link: FaultyLink;
  readonly url: string;
  readonly close: () => Promise<void>;
};

export const openTrialLink = async (
  household: Household,
  {injector, embedded}: RunningInjector,
  targetUrl: string,
  name: string,
): Promise<TrialLink> => {
  if (!embedded) household.watchProxy(injector.url, name);
  const link = await injector.createProxy(name, upstreamOf(targetUrl));
  return {
    link,
    url: throughProxy(targetUrl, link.address),
    async close() {
      await link.remove();
      if (!embedded) household.releaseProxy(injector.url, name);
    },
  };
};
