// A file of proxies in Toxiproxy's format: read before anything listens; either all of them are started, or none.
import {readFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {Injector, NamedProxySettings} from '../faults/server/injector.ts';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';

const format =
  'The file must be an array of proxies, such as [{"name": "redis", "listen": "127.0.0.1:26379", "upstream": "127.0.0.1:6379"}].';

/** Throws FW_PROXY_CONFIG for a file that cannot be read or is not a JSON array. */
export const readProxyConfig = async (name: string, cwd: string): Promise<Buffer> => {
  let text: Buffer;
  try {
    text = await readFile(resolve(cwd, name));
  } catch (cause) {
    throw new FoulweatherError(
      'FW_PROXY_CONFIG',
      `Cannot read ${name}: ${messageOf(cause)}`,
      'Check the path given to --config, and its permissions.',
      {cause},
    );
  }
  try {
    if (Array.isArray(JSON.parse(text.toString('utf8')))) return text;
  } catch (cause) {
    throw new FoulweatherError('FW_PROXY_CONFIG', `${name} is not valid JSON: ${messageOf(cause)}`, format, {
      cause,
    });
  }
  throw new FoulweatherError('FW_PROXY_CONFIG', `${name} is not an array of proxies.`, format);
};

/** Throws FW_PROXY_CONFIG for a proxy that is described wrongly, FW_PROXY_START for one that cannot start. */
export const startProxies = async (
  injector: Injector,
  name: string,
  config: Buffer,
): Promise<readonly NamedProxySettings[]> => {
  try {
    return await injector.populate(config);
  } catch (cause) {
    const reason = messageOf(cause);
    // The API's status says what is wrong: 400 a description, 500 a listener.
    if (cause instanceof Error && 'status' in cause && cause.status === 500) {
      throw new FoulweatherError(
        'FW_PROXY_START',
        `A proxy in ${name} cannot start: ${reason}.`,
        'Use a free address of this machine; port 0 takes a free port.',
        {cause},
      );
    }
    const problem = reason.replace(/^bad request body: /, '');
    throw new FoulweatherError(
      'FW_PROXY_CONFIG',
      `${name} is not a valid list of proxies: ${problem}.`,
      format,
      {
        cause,
      },
    );
  }
};
