// Opens a listener and returns its real address; an error has Go's words.

import type {AddressInfo, Server} from 'node:net';
import {AddressError, formatAddress, resolveAddress} from './address.ts';
import {type ApiError, serverFault} from './api-error.ts';

/** The kernel caps it; connections that arrive in a burst must not be refused. */
const backlog = 4096;

const bindProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

/**
 * Makes the server listen on "host:port", ":port" or "". Port 0 takes a free one, no host takes every interface.
 * Returns the real address. Throws ApiError 500.
 */
export const listen = async (server: Server, address: string): Promise<string> => {
  const wanted = await resolveAddress(address).catch((error: unknown) => {
    throw error instanceof AddressError ? serverFault(`listen tcp: ${error.message}`, error) : error;
  });
  // Go listens on both families when told 0.0.0.0, and shows that as [::].
  const host = wanted.host === '' || wanted.host === '0.0.0.0' ? '::' : wanted.host;
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EAFNOSUPPORT' && host === '::') {
        server.listen({host: '0.0.0.0', port: wanted.port, backlog});
      } else {
        server.removeListener('error', fail);
        reject(bindError(formatAddress(wanted), error));
      }
    };
    server.on('error', fail);
    server.once('listening', () => {
      server.removeListener('error', fail);
      resolve(addressOf(server));
    });
    server.listen({host, port: wanted.port, backlog});
  });
};

const addressOf = (server: Server): string => {
  const {address, port} = server.address() as AddressInfo; // a string only for pipes
  return formatAddress({host: address, port});
};

const bindError = (address: string, error: NodeJS.ErrnoException): ApiError =>
  serverFault(`listen tcp ${address}: bind: ${bindProblems[error.code ?? ''] ?? error.message}`, error);
