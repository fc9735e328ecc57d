// node:http as a client, in one line.

import {request} from 'node:http';

/** Uploads a body. Returns the number of bytes of the answer's body, or the error's code, or `timeout` after a silence. */
export function nodeUpload(origin: string, body: string, timeoutMs: number): Promise<string> {
  return new Promise(resolve => {
    const call = request(origin, {method: 'POST', agent: false, timeout: timeoutMs}, response => {
      let bytes = 0;
      response.on('data', (data: Buffer) => {
        bytes += data.length;
      });
      response.on('end', () => resolve(String(bytes)));
      response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    call.on('timeout', () => {
      resolve('timeout');
      call.destroy();
    });
    call.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    call.end(body);
  });
}
