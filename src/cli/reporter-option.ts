// --reporter name or name=file, as often as wanted; --json is short for one of them.
import {InvalidArgumentError} from 'commander';
import {FoulweatherError} from '../model/errors.ts';

const reporterNames = ['list', 'json', 'junit', 'github', 'markdown', 'html'] as const;

export type ReporterChoice = {
  readonly name: (typeof reporterNames)[number];
  /** Null is stdout. */
  readonly path: string | null;
};

export const reporterHelp = `output format, with =FILE written to a file (repeatable; formats: ${reporterNames.join(', ')})`;

export const parseReporter = (text: string, previous: ReporterChoice[] = []): ReporterChoice[] => {
  const at = text.indexOf('=');
  const [name, path] = at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
  const known = reporterNames.find(candidate => candidate === name);
  if (known === undefined) throw new InvalidArgumentError(`It must be one of ${reporterNames.join(', ')}.`);
  if (path === '') throw new InvalidArgumentError('Name a file after the equals sign.');
  if (known === 'github' && path !== null) {
    throw new InvalidArgumentError(
      'It takes no file: GitHub sets where the summary goes ($GITHUB_STEP_SUMMARY).',
    );
  }
  return [...previous, {name: known, path}];
};

const isDocument = ({name, path}: ReporterChoice): boolean =>
  path === null && name !== 'list' && name !== 'github';

/**
 * The chosen reporters, and the text report on stdout unless a document goes there.
 * @throws FoulweatherError FW_USAGE where a document would be mixed with something else on stdout
 */
export const reportersOf = (
  {reporter = [], json}: {readonly reporter?: readonly ReporterChoice[]; readonly json?: boolean},
  scenarioCount: number,
): readonly ReporterChoice[] => {
  const chosen: ReporterChoice[] = json ? [...reporter, {name: 'json', path: null}] : [...reporter];
  const printed = chosen.filter(({path}) => path === null);
  const hasDocument = printed.some(isDocument);
  if (hasDocument && printed.length > 1) {
    throw new FoulweatherError(
      'FW_USAGE',
      `Only one reporter can write to stdout, not ${printed.map(({name}) => name).join(' and ')}.`,
      'Write the others to files: --reporter junit=reliability.xml',
    );
  }
  if (scenarioCount > 1 && chosen.some(({name}) => name === 'html')) {
    throw new FoulweatherError(
      'FW_USAGE',
      '--reporter html writes the page of a single run, but there are several scenarios.',
      'Omit it: each scenario gets a report.html of its own.',
    );
  }
  const hasList = printed.some(({name}) => name === 'list');
  return hasDocument || hasList ? chosen : [{name: 'list', path: null}, ...chosen];
};
