// A target's address: where the injector connects to, and what the library gets.
import {isIP} from 'node:net';
import {FoulweatherError} from '../model/errors.ts';
import type {ProtocolName} from '../model/server-errors.ts';

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'ws:': 80,
  'wss:': 443,
  'redis:': 6379,
  'rediss:': 6379,
  'postgres:': 5432,
  'postgresql:': 5432,
  'mysql:': 3306,
  'mariadb:': 3306,
  'amqp:': 5672,
  'amqps:': 5671,
  'mqtt:': 1883,
  'mqtts:': 8883,
  'nats:': 4222,
  'mongodb:': 27017,
  'memcached:': 11211,
};

/**
 * `host:port` of a target's URL.
 * @throws FoulweatherError FW_SCENARIO_INVALID where the port is neither given nor known by the scheme
 */
export const upstreamOf = (targetUrl: string): string => {
  const {hostname, port, protocol} = URL.parse(targetUrl) ?? {hostname: '', port: '', protocol: ''};
  const known = port === '' ? defaultPorts[protocol] : port;
  if (hostname !== '' && known !== undefined) return `${hostname}:${known}`;
  throw new FoulweatherError(
    'FW_SCENARIO_INVALID',
    `The address of the target, ${targetUrl}, has no ${hostname === '' ? 'host' : 'port'}.`,
    'Write the whole address, such as redis://127.0.0.1:6379.',
  );
};

/**
 * The host of an https target that has a name, and its port where that is not 443: what it must be asked for although the library only
 * gets the proxy's address. Null for all others.
 */
export const namedHostOf = (targetUrl: string): string | null => {
  const {protocol, host} = URL.parse(targetUrl) ?? {protocol: '', host: ''};
  return protocol === 'https:' && nameOf(targetUrl) !== null ? host : null;
};

/** The name of the target's host; null for an address, and for this machine. */
export const nameOf = (targetUrl: string): string | null => {
  const {hostname} = URL.parse(targetUrl) ?? {hostname: ''};
  const isNamed = isIP(hostname) === 0 && !hostname.startsWith('[') && hostname !== 'localhost';
  return isNamed && hostname !== '' ? hostname : null;
};

/** Whose connections begin in plain text, and may turn to TLS. */
const upgrading: Readonly<Record<string, ProtocolName>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
  'smtp:': 'smtp',
};

/** The protocol that has to be followed up to the point where TLS begins in it; null: TLS begins with the connection, or not at all. */
export const upgradingProtocolOf = (targetUrl: string): ProtocolName | null =>
  upgrading[URL.parse(targetUrl)?.protocol ?? ''] ?? null;

/** Of targets without TLS. */
const plainSchemes = /^(?:http|ws|grpc|redis|amqp|mqtt|nats|memcached):/i;

export const mayBeTls = (targetUrl: string): boolean => !plainSchemes.test(targetUrl);

/** The same URL, by way of the proxy: user, password, path and query stay. */
export const throughProxy = (targetUrl: string, proxyAddress: string): string => {
  // By hand, not by the URL class: that would add a slash where there was none, which some clients do not accept.
  const [, scheme, authority, rest] = /^([^:]+:\/\/)([^/?#]*)(.*)$/s.exec(targetUrl)!;
  const credentials = authority!.slice(0, authority!.lastIndexOf('@') + 1);
  return `${scheme}${credentials}${proxyAddress}${rest}`;
};
