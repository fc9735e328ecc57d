// Dials an upstream.

import {connect, type Socket} from 'node:net';
import {parseAddress} from './address.ts';
import type {SocketReader} from './socket-reader.ts';

/** Begins to connect to "host:port". Undefined for an address that is none, which cannot be dialled either. */
export function dial(address: string, {onread}: SocketReader): Socket | undefined {
  try {
    const {host, port} = parseAddress(address);
    return connect({host: host || 'localhost', port, noDelay: true, allowHalfOpen: true, onread});
  } catch {
    return undefined;
  }
}
