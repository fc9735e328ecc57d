// The authorities that the subject trusts besides Node's own: the target's and the injector's, so that a wrong
// certificate is refused for what is wrong with it, and a right one is accepted.
import {readFile} from 'node:fs/promises';
import {isHttpFault} from '../../model/http-fault.ts';
import type {Plan} from '../../model/plan.ts';
import {isServerError} from '../../model/server-errors.ts';
import {isTlsFault} from '../../model/tls-fault.ts';
import type {RunFolder} from '../../store/run-folder.ts';
import {mayBeTls, namedHostOf} from '../target-address.ts';
import type {RunningInjector} from './start-injector.ts';
import type {Target} from './start-target.ts';

/** Node reads one file of further authorities. */
const variable = 'NODE_EXTRA_CA_CERTS';
const file = 'authorities.pem';

type TrustedBy = {
  readonly plan: Plan;
  readonly target: Target;
  readonly injector: RunningInjector;
  readonly folder: RunFolder;
};

export type SubjectTrust = {
  readonly environment: NodeJS.ProcessEnv;
  /** Whether it trusts the injector's authority, too: without that, TLS must not end there. */
  readonly trustsInjector: boolean;
};

/** The environment in which the subject trusts them. The certificates of a file that the user names are included. */
export const withExtraCaCerts = async (
  environment: NodeJS.ProcessEnv,
  {plan, target, injector, folder}: TrustedBy,
): Promise<SubjectTrust> => {
  const meets = (isOne: (kind: string) => boolean) =>
    plan.phases.some(({faults}) => faults.some(({kind}) => isOne(kind)));
  // TLS ends at the injector where a fault is about what is inside, and where the target must be asked for its name.
  const endsThere =
    meets(isTlsFault) ||
    (meets(kind => isHttpFault(kind) || isServerError(kind)) && mayBeTls(target.url)) ||
    namedHostOf(target.url) !== null;
  const injectors = endsThere ? await injector.injector.authority() : null;
  const trustsInjector = injectors !== null;
  const ours = [target.authority, injectors].filter(authority => authority !== null);
  if (ours.length === 0) return {environment, trustsInjector};
  await folder.writeFile(file, [await own(environment[variable]), ...ours].join('\n'));
  return {environment: {...environment, [variable]: folder.pathOf(file)}, trustsInjector};
};

/** A file that cannot be read is ignored; Node would only warn about it. */
const own = async (path: string | undefined): Promise<string> =>
  path === undefined || path === '' ? '' : readFile(path, 'utf8').catch(() => '');
