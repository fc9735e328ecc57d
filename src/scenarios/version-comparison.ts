// "Is it better than version X?": another version of a library as the baseline, and the installed one as the candidate.
import semver from 'semver';
import {FoulweatherError} from '../model/errors.ts';
import {nonEmpty} from '../model/non-empty.ts';
import type {Plan, Variant} from '../model/plan.ts';
import {didYouMean} from '../model/suggestions.ts';

/**
 * A package and what is to be installed of it. For npm: `5.8.0`, `^5`, `file:/home/me/redis`; of a program's requirements a
 * version as its language writes it.
 */
export type PackageSpec = {readonly name: string; readonly spec: string};

/** `redis@5.8.0`, `@scope/name@^2`, `example.com/name/v2@v2.1.0`, `group:name@2.1`; null where it is not of that form. */
export const parsePackageSpec = (text: string): PackageSpec | null => {
  const at = text.lastIndexOf('@');
  return at > 0 && at < text.length - 1 ? {name: text.slice(0, at), spec: text.slice(at + 1)} : null;
};

/** What names files and operation ids: `redis-5-8-0`. Of a long one the end is kept, which tells versions apart. */
const variantName = ({name, spec}: PackageSpec): string =>
  `${shortName(name)}-${spec}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(-63)
    .replaceAll(/^-|-$/g, '');

/** `name` of `example.com/owner/name/v2` and of `group:name`. */
const shortName = (name: string): string =>
  /^[^@/]+\.[^/]+\//.test(name)
    ? name
        .replace(/\/v\d+$/, '')
        .split('/')
        .at(-1)!
    : name.slice(name.indexOf(':') + 1);

/**
 * The first variant of the plan with each of these packages in turn, and last as it is: the installed version is the
 * candidate.
 * @throws FoulweatherError FW_USAGE for a package or a version that the scenario is not written for, for one that is given twice,
 * and for a program whose packages are not known
 */
export const against = (plan: Plan, packages: readonly PackageSpec[]): Plan => {
  const [base] = plan.variants;
  if (plan.program && plan.program.requirements === undefined) {
    throw new FoulweatherError(
      'FW_USAGE',
      `--against replaces a package of a program's requirements, but the program of "${plan.name}" has no \`requirements\`.`,
      "Name the file that lists them in a scenario: program({command: ['python3', 'client.py'], requirements: 'requirements.txt'}).",
    );
  }
  for (const wanted of packages) refuseUnsupported(plan, wanted);
  const names = [...packages.map(variantName), base.name];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new FoulweatherError('FW_USAGE', `--against names "${repeated}" twice.`, 'Name each version once.');
  }
  const words = packages.map(({name, spec}) => `${name} ${spec}`).join(' and ');
  const others = packages.map(
    (wanted): Variant => ({
      ...base,
      name: variantName(wanted),
      madeOf: base.name,
      change: null,
      packages: {...base.packages, [wanted.name]: wanted.spec},
    }),
  );
  const current =
    plan.program?.requirements === undefined
      ? 'the installed version'
      : `the version in ${plan.program.requirements.split('/').at(-1)}`;
  const installed: Variant = {...base, change: `Use ${current} instead of ${words}.`};
  return {...plan, variants: nonEmpty([...others, installed], 'variants')};
};

const refuseUnsupported = ({name: scenario, supports = {}}: Plan, {name, spec}: PackageSpec): void => {
  const known = Object.keys(supports);
  if (known.length > 0 && !known.includes(name)) {
    throw new FoulweatherError(
      'FW_USAGE',
      `Scenario "${scenario}" does not test ${name}.`,
      didYouMean(name, known),
    );
  }
  const range = supports[name];
  // A folder or a tag has no version yet; it is known once it is installed.
  if (range === undefined || semver.validRange(spec) === null) return;
  if (semver.intersects(spec, range)) return;
  throw new FoulweatherError(
    'FW_USAGE',
    `Scenario "${scenario}" supports ${name} ${range}, which ${spec} is not.`,
    'Choose a supported version, or write a scenario of your own for it.',
  );
};
