// explore --all: each library of the pack in turn, and an overview of what was found.
import {join, relative, resolve} from 'node:path';
import {exitCodes, FoulweatherError} from '../model/errors.ts';
import {
  type Overview,
  overviewMarkdown,
  overviewPage,
  overviewText,
  type Searched,
} from '../report/explore/overview.ts';
import {exploreJunit} from '../report/explore/render.ts';
import {librariesIn} from '../scenarios/pack.ts';
import type {Session} from './cli-io.ts';
import {toReporters, writeOutput} from './explore-output.ts';
import {type ExploreCommandOptions, exitCodeOf, searchOne, searchTexts} from './explore-search.ts';
import {targetArgs} from './options.ts';
import type {ReporterChoice} from './reporter-option.ts';

/** Written after each library: an interruption loses nothing. @returns the exit code */
export const searchPack = async (
  session: Session,
  given: ExploreCommandOptions,
  reporters: readonly ReporterChoice[],
): Promise<number> => {
  const {io} = session;
  const options = {...given, out: join(given.out, 'explore')};
  const folder = resolve(io.cwd, options.out);
  const searched: Searched[] = [];
  const leftOut: {scenario: string; reason: string}[] = [];
  const codes: number[] = [];
  const overview = (): Overview => ({searched, leftOut, command: commandOf(given)});
  for (const {name} of librariesIn('javascript')) {
    if (codes.includes(exitCodes.interrupted)) {
      leftOut.push({scenario: name, reason: 'The search was interrupted.'});
      continue;
    }
    if (!options.quiet) io.stderr.write(`${name}\n`);
    try {
      const {exploration, path, library} = await searchOne(session, name, options);
      searched.push({exploration, library, folder: relative(folder, resolve(io.cwd, path, '..'))});
      codes.push(exitCodeOf(exploration));
      if (!options.quiet) io.stderr.write(searchTexts(exploration, path).list());
    } catch (error) {
      if (!(error instanceof FoulweatherError) || error.code === 'FW_INTERNAL') throw error;
      leftOut.push({scenario: name, reason: `${error.message} (${error.code})`});
      codes.push(error.code === 'FW_INTERRUPTED' ? exitCodes.interrupted : exitCodes.inconclusive);
    }
    writeOutput(join(folder, 'explore.md'), overviewMarkdown(overview()));
    writeOutput(join(folder, 'explore.html'), overviewPage(overview()));
  }
  await toReporters(io, reporters, {
    list: () => `${overviewText(overview())}Report: ${relative(io.cwd, join(folder, 'explore.md'))}\n`,
    json: () => `${JSON.stringify(overview(), null, 2)}\n`,
    markdown: () => overviewMarkdown(overview()),
    html: () => overviewPage(overview()),
    junit: () => exploreJunit(searched.map(({exploration}) => exploration)),
    github: () => searched.map(({exploration}) => searchTexts(exploration, '').github()).join(''),
  });
  return severity.find(code => codes.includes(code)) ?? exitCodes.met;
};

const severity = [exitCodes.interrupted, exitCodes.missed, exitCodes.inconclusive];

const commandOf = (options: ExploreCommandOptions): string =>
  [
    'npx foulweather explore --all',
    ...(options.only === undefined ? [] : [`--only ${options.only.join(',')}`]),
    ...targetArgs(options),
    `--depth ${options.depth} --budget ${options.budget / 1000}s --seed ${options.seed}`,
  ].join(' ');
