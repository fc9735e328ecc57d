// --reporter name or name=file, as often as wanted; --json is short for one of them.
import {InvalidArgumentError} from 'commander';
import {FoulweatherError} from '../model/errors.ts';

const reporterNames = ['list', 'json', 'junit', 'github', 'markdown', 'html'] as const;

export type ReporterChoice = {
  readonly name: (typeof reporterNames)[number];
  /** Null is stdout. */
  readonly path: string | null;
};

export const reporterHelp = `${reporterNames.join(', ')}; to a file with =FILE, else to stdout (repeatable)`;

export const parseReporter = (text: string, previous: ReporterChoice[] = []): ReporterChoice[] => {
  const at = text.indexOf('=');
  const [name, path] = at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
  const known = reporterNames.find(candidate => candidate === name);
  if (known === undefined) throw new InvalidArgumentError(`Give one of ${reporterNames.join(', ')}.`);
  if (path === '') throw new InvalidArgumentError('Name a file after the =.');
  if (known === 'github' && path !== null) {
    throw new InvalidArgumentError('GitHub tells by itself where its summary goes ($GITHUB_STEP_SUMMARY).');
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
      `A document is alone on stdout, and ${printed.map(({name}) => name).join(' and ')} both go there.`,
      'Send all but one to files: --reporter junit=reliability.xml',
    );
  }
  if (scenarioCount > 1 && chosen.some(({name}) => name === 'html')) {
    throw new FoulweatherError(
      'FW_USAGE',
      'An HTML page tells one run, and there are several scenarios.',
      'Each has its page beside its report.md; omit --reporter html.',
    );
  }
  const hasList = printed.some(({name}) => name === 'list');
  return hasDocument || hasList ? chosen : [{name: 'list', path: null}, ...chosen];
};
