// Addresses as Go reads and prints them: "host:port", "[::1]:port", ":port", and "" for any free port.

import {lookup} from 'node:dns/promises';
import {isIP, isIPv4} from 'node:net';

export type HostPort = {readonly host: string; readonly port: number};

/** A text that is no address, or a host that does not resolve. Its message is Go's. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** Splits an address. Throws AddressError. */
export const parseAddress = (address: string): HostPort => {
  const {host, port} = splitHostPort(address);
  return {host, port: parsePort(port)};
};

/**
 * Resolves an address to listen on, IPv4 first. The host '' means every interface. Throws AddressError.
 */
export const resolveAddress = async (address: string): Promise<HostPort> => {
  if (address === '') return {host: '', port: 0};
  const {host, port} = parseAddress(address);
  if (host === '') return {host, port};
  const mapped = host.replace(/^::ffff:/i, '');
  if (isIPv4(mapped)) return {host: mapped, port};
  if (isIP(host) !== 0) return {host, port};
  try {
    const addresses = await lookup(host, {all: true});
    const chosen = addresses.find(({family}) => family === 4) ?? addresses[0];
    if (chosen !== undefined) return {host: chosen.address, port};
  } catch (cause) {
    throw new AddressError(`lookup ${host}: no such host`, {cause});
  }
  throw new AddressError(`lookup ${host}: no such host`);
};

/** Prints an address as Go's net package does. */
export const formatAddress = ({host, port}: HostPort): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const splitHostPort = (address: string): {host: string; port: string} => {
  const fail = (problem: string) => new AddressError(`address ${address}: ${problem}`);
  const colon = address.lastIndexOf(':');
  if (colon < 0) throw fail('missing port in address');
  let host = address.slice(0, colon);
  let rest = address;
  if (address.startsWith('[')) {
    const end = address.indexOf(']');
    if (end < 0) throw fail("missing ']' in address");
    if (end + 1 === address.length) throw fail('missing port in address');
    if (end + 1 !== colon) {
      throw fail(address[end + 1] === ':' ? 'too many colons in address' : 'missing port in address');
    }
    host = address.slice(1, end);
    rest = host + address.slice(colon);
  } else if (host.includes(':')) {
    throw fail('too many colons in address');
  }
  if (rest.includes('[')) throw fail("unexpected '[' in address");
  if (rest.includes(']')) throw fail("unexpected ']' in address");
  return {host, port: address.slice(colon + 1)};
};

const parsePort = (text: string): number => {
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) throw new AddressError(`lookup tcp/${text}: unknown port`);
  const port = Number(text);
  if (port < 0 || port > 65535) throw new AddressError(`address ${text}: invalid port`);
  return port;
};
