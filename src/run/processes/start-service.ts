// A real server for the run: started from what is installed, with a folder that is removed at the end.
import {messageOf} from '../../model/error-message.ts';
import {FoulweatherError} from '../../model/errors.ts';
import type {ServiceName} from '../../model/service.ts';
import {installCommand, services} from '../../services/catalogue.ts';
import {findProgram} from '../../services/find-program.ts';
import type {FromService, ServiceTask, ToService} from '../../services/protocol.ts';
import {upstreamOf} from '../target-address.ts';
import type {Child} from './child.ts';
import {entries} from './entries.ts';
import type {Supervisor} from './supervisor.ts';

export type ServiceChild = Child<ToService, FromService>;

export type StartedService = {
  readonly url: string;
  /** "Redis 7.0.15 (--start-services, as redis)" */
  readonly description: string;
  readonly child: ServiceChild;
  /** Removed when the supervisor stops. */
  readonly folder: string;
};

/**
 * @param keepsData whether the server has its data when it is started again
 * @throws FoulweatherError FW_SERVICE_MISSING, FW_SERVICE_START
 */
export const startService = async (
  supervisor: Supervisor,
  name: ServiceName,
  limitMs: number,
  keepsData = false,
): Promise<StartedService> => {
  const service = services[name];
  const folder = await supervisor.folder(name);
  const task: ServiceTask = {service: name, folder, keepsData};
  const child = supervisor.spawn<ToService, FromService>({
    label: service.title,
    file: entries.service,
    args: [JSON.stringify(task)],
  });
  const answer = await child.next(['listening', 'missing', 'failed'], limitMs).catch((error: unknown) => {
    throw notStarted(name, messageOf(error));
  });
  switch (answer.kind) {
    case 'missing':
      throw notInstalled(name, answer.program);
    case 'failed':
      throw notStarted(name, answer.message);
    case 'listening': {
      const {url, version, account} = answer;
      const how = account === null ? '' : `, as the user ${account}`;
      return {url, child, folder, description: `${service.title} ${version}, started for this run${how}`};
    }
  }
};

const notStarted = (name: ServiceName, message: string): FoulweatherError =>
  new FoulweatherError(
    'FW_SERVICE_START',
    `${services[name].title} did not start: ${message}`,
    `Check that it runs on this machine, or use a server of your own: --target ${services[name].defaultUrl}`,
  );

const notInstalled = (name: ServiceName, program: string): FoulweatherError =>
  new FoulweatherError(
    'FW_SERVICE_MISSING',
    `${services[name].title} is not installed on this machine (no ${program} found).`,
    `Run \`${installCommand(services[name])}\`, or use a server of your own: --target ${services[name].defaultUrl}`,
  );

/**
 * Before anything starts.
 * @throws FoulweatherError FW_SERVICE_MISSING
 */
export const refuseMissingService = (name: ServiceName, environment: NodeJS.ProcessEnv): void => {
  const {program, folders} = services[name];
  const places = {path: environment['PATH'] ?? '', cwd: process.cwd()};
  if (findProgram(program, folders, places) === null) throw notInstalled(name, program);
};

/**
 * @param mayBeTheirs whether a server of the user's would do
 * @throws FoulweatherError FW_SERVICE_NEEDED, which says how to get one
 */
export const refuseWithoutService = (scenario: string, name: ServiceName, mayBeTheirs: boolean): never => {
  const service = services[name];
  throw new FoulweatherError(
    'FW_SERVICE_NEEDED',
    `Scenario "${scenario}" needs a running ${service.title}.`,
    `Add --start-services to start one (\`${installCommand(service)}\` installs it)${mayBeTheirs ? `, or use your own: --target ${service.defaultUrl}` : '.'}`,
  );
};

/** How a server of the user's identifies itself; one that does not is shown by its kind. */
export const describeService = async (name: ServiceName, url: string): Promise<string> => {
  const {title, version} = services[name];
  const {username, password} = new URL(url);
  const [host, port] = splitAddress(upstreamOf(url));
  const login = {user: decodeURIComponent(username), password: decodeURIComponent(password)};
  try {
    return `${title} ${await version({host, port, ...login})} at ${host}:${port}`;
  } catch {
    return `${title} (unknown version) at ${host}:${port}`;
  }
};

const splitAddress = (address: string): [host: string, port: number] => {
  const colon = address.lastIndexOf(':');
  // An IPv6 address stands in brackets in a URL, and without them in a call.
  return [address.slice(0, colon).replace(/^\[|\]$/g, ''), Number(address.slice(colon + 1))];
};
