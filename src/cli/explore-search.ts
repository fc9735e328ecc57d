// A search from its command to its report: it is saved as it goes, and its reproducers are kept.
import {mkdir, readdir, readFile, rm} from 'node:fs/promises';
import {dirname, extname, isAbsolute, join, relative, resolve, sep} from 'node:path';
import {createLogUpdate} from 'log-update';
import {episodeOf, isSilent} from '../explore/episodes.ts';
import {type Exploration, type ExploredFinding, outOfTime} from '../explore/exploration.ts';
import {type Filter, proofPhases} from '../explore/search.ts';
import {exitCodes, FoulweatherError} from '../model/errors.ts';
import type {Plan, ProgramPlan} from '../model/plan.ts';
import {summaryOf} from '../report/explore/document.ts';
import {mapLines} from '../report/explore/map.ts';
import {exploreJunit, exploreMarkdown, explorePage} from '../report/explore/render.ts';
import {
  findingText,
  type ReproducerBase,
  reproducerName,
  reproducerText,
  signalTexts,
} from '../report/explore/words.ts';
import {plural} from '../report/format.ts';
import {annotationText} from '../report/formats/github.ts';
import {renderReport} from '../report/report.ts';
import {wrapped} from '../report/text-table.ts';
import {type ExploreObserver, explore} from '../run/explore/explore.ts';
import {reopenRun} from '../run/reopen.ts';
import {scenarioExtensions} from '../scenarios/program-scenario.ts';
import {speechOf} from '../scenarios/speech.ts';
import type {PackageSpec} from '../scenarios/version-comparison.ts';
import {RunFolder} from '../store/run-folder.ts';
import {version} from '../store/version.ts';
import type {CliIo, Session} from './cli-io.ts';
import {type ReporterTexts, toReporters, writeOutput} from './explore-output.ts';
import {missingPackages} from './needs.ts';
import {type DataOptions, dataDirOf, type TargetOptions, targetArgs, targetChoice} from './options.ts';
import {planArgs, reshapeOf} from './plan-choice.ts';
import type {ReporterChoice} from './reporter-option.ts';
import {findScenario} from './scenario-file.ts';
import {shellQuote} from './shell-quote.ts';

export type ExploreCommandOptions = TargetOptions &
  DataOptions & {
    readonly variant?: string;
    readonly against?: readonly PackageSpec[];
    readonly budget: number;
    readonly depth: 1 | 2;
    readonly only?: readonly Filter[];
    readonly jobs: number;
    readonly seed: number;
    readonly resume?: string | true;
    readonly replay?: boolean;
    readonly all?: boolean;
    readonly reproducers: string;
    readonly out: string;
    readonly reporter?: readonly ReporterChoice[];
    readonly json?: boolean;
    readonly quiet?: boolean;
  };

const resultFile = 'explore.json';

/** What came of a search, and where its report is, from the working directory. */
export type Searched = {
  readonly exploration: Exploration;
  readonly path: string;
  /** The package that the scenario is about; null where it names none. */
  readonly library: string | null;
};

export const searchScenario = async (
  session: Session,
  scenario: string,
  options: ExploreCommandOptions,
  reporters: readonly ReporterChoice[],
): Promise<number> => {
  const {exploration, path} = await searchOne(session, scenario, options);
  await toReporters(session.io, reporters, searchTexts(exploration, path, session.io.stdout.columns));
  return exitCodeOf(exploration);
};

export const exitCodeOf = ({end, findings, calm, unconfirmed}: Exploration): number => {
  if (end === 'interrupted') return exitCodes.interrupted;
  if (findings.length + calm.length > 0) return exitCodes.missed;
  return unconfirmed.length > 0 ? exitCodes.inconclusive : exitCodes.met;
};

/** @throws FoulweatherError also those of a search that cannot begin */
export const searchOne = async (
  session: Session,
  scenario: string,
  options: ExploreCommandOptions,
): Promise<Searched> => {
  const {io} = session;
  const scenarioFile = findScenario(scenario, io.cwd);
  const lack = missingPackages(scenario, io);
  if (lack) throw lack;
  const root = join(dataDirOf(options, io), 'explore');
  const slug = scenario
    .replace(extname(scenario), '')
    .replaceAll(/[^a-z0-9]+/gi, '-')
    .replaceAll(/^-|-$/g, '');
  const earlier = options.resume === undefined ? null : await earlierOf(root, options.resume, slug);
  const id = await makeFolder(root, `${io.now().toISOString().slice(0, 19).replaceAll(':', '-')}-${slug}`);
  const dataDir = join(root, id);
  const interruption = new AbortController();
  const offSignal = io.onSignal(() => interruption.abort());
  const defect = new AbortController();
  session.onDefect = error => {
    defect.abort(error);
    interruption.abort();
  };
  const progress = progressOf(io, options.quiet === true);
  try {
    const {exploration, plan} = await explore({
      id,
      only: options.only ?? [],
      maxDepth: options.depth,
      budgetMs: options.budget,
      jobs: options.jobs,
      earlier,
      speechOf,
      run: {
        scenario,
        scenarioFile,
        variants: options.variant === undefined ? null : [options.variant],
        ...(options.against && {reshape: reshapeOf({against: options.against}, io.cwd)}),
        toxiproxyUrl: null,
        target: targetChoice(options),
        seed: options.seed,
        trialsPerVariant: 1,
        profiles: false,
        baseDir: io.cwd,
        dataDir,
        packagesDir: dataDirOf(options, io),
        command: () => commandOf(scenario, options),
        version: version(),
        environment: io.env,
        now: io.now,
        signal: interruption.signal,
        defect: defect.signal,
        observer: {runStarted() {}, trialStarted() {}, trialEvent() {}},
      },
      observer: {
        ...progress,
        known(soFar) {
          writeOutput(join(dataDir, resultFile), json(soFar));
          return progress.known(soFar);
        },
      },
    });
    defect.signal.throwIfAborted();
    progress.end();
    const folder = resolve(io.cwd, options.out, exploration.scenario);
    const reproducible = await keepReproducers(io, exploration, plan, scenarioFile, options);
    const kept = await writeCaseStudies(reproducible, dataDir, folder);
    writeOutput(join(dataDir, resultFile), json(kept));
    await mkdir(folder, {recursive: true});
    writeOutput(join(folder, resultFile), json(kept));
    writeOutput(join(folder, 'explore.html'), explorePage(kept));
    writeOutput(join(folder, 'explore.md'), exploreMarkdown(kept));
    return {
      exploration: kept,
      path: relative(io.cwd, join(folder, 'explore.md')),
      library: Object.keys(plan.supports ?? {})[0] ?? null,
    };
  } finally {
    progress.end();
    offSignal();
    session.onDefect = null;
  }
};

/** Of two searches that begin in the same second the later one gets a number. */
const makeFolder = async (root: string, wanted: string): Promise<string> => {
  await mkdir(root, {recursive: true});
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? wanted : `${wanted}-${attempt}`;
    try {
      await mkdir(join(root, id));
      return id;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
};

/** `2026-01-02T03-04-05-` */
const timeLength = 20;

const json = (exploration: Exploration): string => `${JSON.stringify(exploration, null, 2)}\n`;

const commandOf = (scenario: string, options: ExploreCommandOptions): string =>
  [
    'npx foulweather explore',
    shellQuote(scenario),
    ...(options.variant === undefined ? [] : [`--variant ${shellQuote(options.variant)}`]),
    ...(options.only === undefined ? [] : [`--only ${options.only.join(',')}`]),
    ...planArgs(options.against === undefined ? {} : {against: options.against}),
    ...targetArgs(options),
    `--depth ${options.depth} --budget ${options.budget / 1000}s --seed ${options.seed}`,
  ].join(' ');

/** @throws FoulweatherError FW_UNKNOWN_RUN */
const earlierOf = async (root: string, wanted: string | true, slug: string): Promise<Exploration> => {
  const known = (await readdir(root).catch((): string[] => [])).sort();
  const id =
    wanted === true
      ? known.findLast(name => name.slice(timeLength).replace(/-\d+$/, '') === slug.replace(/-\d+$/, ''))
      : wanted;
  const text = id === undefined ? null : await readFile(join(root, id, resultFile), 'utf8').catch(() => null);
  if (text !== null) return JSON.parse(text) as Exploration;
  throw new FoulweatherError(
    'FW_UNKNOWN_RUN',
    `There is no earlier search ${wanted === true ? 'of this scenario' : `"${wanted}"`} in ${root}.`,
    known.length === 0 ? 'Omit --resume.' : `The latest are: ${known.slice(-5).join(', ')}.`,
  );
};

/** Beside each other in the user's repository; what is there of the same name is the same finding, and is replaced. */
const keepReproducers = async (
  {cwd}: CliIo,
  exploration: Exploration,
  plan: Plan,
  scenarioFile: string,
  {reproducers, variant, target}: ExploreCommandOptions,
): Promise<Exploration> => {
  const folder = resolve(cwd, reproducers);
  const isScenario = scenarioExtensions.includes(extname(scenarioFile));
  const extension = isScenario ? extname(scenarioFile) : '.mjs';
  const path = pathFrom(folder, scenarioFile);
  const base: ReproducerBase = isScenario
    ? {
        kind: 'scenario',
        importPath: path.startsWith('.') ? path : `./${path}`,
        variantName: variant ?? null,
        isTypescript: extension.endsWith('ts'),
      }
    : {kind: 'program', ...plan, target: target === undefined ? plan.target : {kind: 'url', url: target}};
  const findings: ExploredFinding[] = [];
  for (const finding of exploration.findings) {
    const name = reproducerName(finding, exploration.scenario);
    const file = join(folder, `${name}${extension}`);
    const text = reproducerText({
      finding,
      exploration,
      phases: proofPhases(plan, episodeOf(finding.strikes), finding.proving, exploration.backMs),
      load: plan.load,
      base,
      program: plan.program === undefined ? null : programFrom(folder, plan.program, scenarioFile),
    });
    await mkdir(dirname(file), {recursive: true});
    writeOutput(file, text);
    findings.push({...finding, reproducer: relative(cwd, file)});
  }
  return {...exploration, findings};
};

const pathFrom = (folder: string, file: string): string => relative(folder, file).split(sep).join('/');

/** A repository may be anywhere: its own files are named from the folder that the program runs in. */
const programFrom = (folder: string, program: ProgramPlan, scenarioFile: string): ProgramPlan => {
  const cwd = resolve(dirname(scenarioFile), program.cwd ?? '.');
  const [file, ...args] = program.command.map(word =>
    isAbsolute(word) && word.startsWith(`${cwd}${sep}`) ? `./${pathFrom(cwd, word)}` : word,
  );
  return {...program, command: [file!, ...args], cwd: pathFrom(folder, cwd) || '.'};
};

/** Of the saved run of each finding, beside the report of the search; those of earlier searches go. */
const writeCaseStudies = async (
  exploration: Exploration,
  dataDir: string,
  folder: string,
): Promise<Exploration> => {
  await rm(join(folder, studiesFolder), {recursive: true, force: true});
  const findings: ExploredFinding[] = [];
  for (const finding of exploration.findings) {
    const own = `${studiesFolder}/${finding.number}-${finding.symptom}`;
    const {files} = renderReport(await reopenRun(await RunFolder.open(dataDir, finding.run)));
    await mkdir(join(folder, own), {recursive: true});
    for (const [name, text] of Object.entries(files)) writeOutput(join(folder, own, name), text);
    findings.push({...finding, caseStudy: `${own}/report.md`});
  }
  return {...exploration, findings};
};

const studiesFolder = 'findings';

export const searchTexts = (exploration: Exploration, path: string, columns?: number): ReporterTexts => ({
  list: () => listText(exploration, path, columns),
  json: () => json(exploration),
  markdown: () => exploreMarkdown(exploration),
  html: () => explorePage(exploration),
  junit: () => exploreJunit([exploration]),
  github: () => githubText(exploration),
});

/** Within the width of a terminal; elsewhere a line each. */
const listText = (exploration: Exploration, path: string, columns = Number.POSITIVE_INFINITY): string =>
  [
    ...exploration.findings.flatMap(finding => [
      ...wrapped(`${finding.number}. ${findingText(finding, exploration.groups)}`, columns, '   '),
      ...(finding.reproducer === null ? [] : [`   ${finding.reproducer}`]),
    ]),
    ...exploration.calm.flatMap(({symptom, statement}) =>
      wrapped(`Without any fault: ${symptom}. ${statement}`, columns, '  '),
    ),
    ...wrapped(summaryOf(exploration), columns),
    ...exploration.unconfirmed.map(
      ({id, signal}) =>
        `Not confirmed: ${id} (${signalTexts[signal]}). A larger --budget leaves time for it.`,
    ),
    ...exploration.leftOut.map(({reason, count}) => `Not searched: ${plural(count, 'episode')} (${reason}).`),
    `Report: ${path}`,
    '',
  ].join('\n');

const githubText = ({findings, groups}: Exploration): string =>
  findings
    .map(finding =>
      annotationText({kind: 'error', title: finding.symptom, message: findingText(finding, groups)}),
    )
    .map(line => `${line}\n`)
    .join('');

const plainEveryMs = 10_000;

/** On a terminal a line that is redrawn; elsewhere one now and then, and one for each finding. */
const progressOf = (io: CliIo, isQuiet: boolean): ExploreObserver & {readonly end: () => void} => {
  const isLive = io.stderr.isTTY === true && io.env['TERM'] !== 'dumb' && !isQuiet;
  const screen = isLive ? createLogUpdate(io.stderr as NodeJS.WriteStream) : null;
  let toldMs = Number.NEGATIVE_INFINITY;
  const line = (text: string): void => {
    if (isQuiet) return;
    screen?.clear();
    io.stderr.write(`${text}\n`);
  };
  return {
    step: line,
    found: finding =>
      line(
        wrapped(`Found: ${findingText(finding, [])}`, io.stderr.columns ?? Number.POSITIVE_INFINITY).join(
          '\n',
        ),
      ),
    async known(exploration) {
      const {elapsedMs} = exploration;
      if (isQuiet) return;
      if (screen) screen(screenText(exploration, io.stderr as NodeJS.WriteStream));
      else if (elapsedMs - toldMs >= plainEveryMs) {
        toldMs = elapsedMs;
        line(stateText(exploration));
      }
    },
    end() {
      screen?.clear();
      screen?.done();
    },
  };
};

/** The map as it fills up, as far as the terminal has room for it. */
const screenText = (exploration: Exploration, {rows = 24, columns = 80}: NodeJS.WriteStream): string => {
  const map = mapLines(exploration.cells, exploration.groups).map(line => line.slice(0, columns - 1));
  const room = rows - 3;
  const shown = map.length > room ? [...map.slice(0, room - 1), `… ${map.length - room + 1} more`] : map;
  return [...shown, stateText(exploration)].join('\n');
};

const stateText = ({elapsedMs, episodeCount, cells, findings, leftOut, unconfirmed}: Exploration): string => {
  const left = leftOut.filter(({reason}) => reason === outOfTime).reduce((sum, {count}) => sum + count, 0);
  const seconds = Math.round(elapsedMs / 1000);
  const doubt = unconfirmed.length === 0 ? '' : `, ${unconfirmed.length} being confirmed`;
  const silent = cells.filter(({strikes, mark}) => mark === 'failed' && strikes.every(isSilent)).length;
  return `${seconds} s: ${plural(episodeCount, 'episode')}, ${plural(findings.length, 'finding')}${silent > 0 ? ` (${plural(silent, 'moment')} of silence)` : ''}${doubt}; ${left} to go`;
};
