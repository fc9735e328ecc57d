// The authorities that the subject trusts besides Node's own: the target's and the injector's, so that a wrong
// certificate is refused for what is wrong with it, and a right one is accepted.
import {readFile} from 'node:fs/promises';
import type {Plan} from '../../model/plan.ts';
import {isTlsFault} from '../../model/tls-fault.ts';
import type {RunFolder} from '../../store/run-folder.ts';
import type {RunningInjector} from './start-injector.ts';
import type {Target} from './start-target.ts';

/** Node reads one file of further authorities. */
const variable = 'NODE_EXTRA_CA_CERTS';
const file = 'authorities.pem';

type Trust = {
  readonly plan: Plan;
  readonly target: Target;
  readonly injector: RunningInjector;
  readonly folder: RunFolder;
};

/** The environment in which the subject trusts them. The certificates of a file that the user names are included. */
export const withExtraCaCerts = async (
  environment: NodeJS.ProcessEnv,
  {plan, target, injector, folder}: Trust,
): Promise<NodeJS.ProcessEnv> => {
  const meetsTls = plan.phases.some(({faults}) => faults.some(({kind}) => isTlsFault(kind)));
  const injectors = meetsTls ? await injector.injector.authority() : null;
  const ours = [target.authority, injectors].filter(authority => authority !== null);
  if (ours.length === 0) return environment;
  await folder.writeFile(file, [await own(environment[variable]), ...ours].join('\n'));
  return {...environment, [variable]: folder.pathOf(file)};
};

/** A file that cannot be read is ignored; Node would only warn about it. */
const own = async (path: string | undefined): Promise<string> =>
  path === undefined || path === '' ? '' : readFile(path, 'utf8').catch(() => '');
