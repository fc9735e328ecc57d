// explore --replay: the reproducers that earlier searches kept, and which of them still fail.
import {readdir, readFile} from 'node:fs/promises';
import {join, relative, resolve} from 'node:path';
import {exitCodes, FoulweatherError, isNamespaceNeeded} from '../model/errors.ts';
import {
  type Replayed,
  replayedAnnotations,
  replayedJunit,
  replayedMarkdown,
  replayedText,
  replayedWords,
} from '../report/explore/replayed.ts';
import {showsMark} from '../report/explore/words.ts';
import {runScenario} from '../run/run-scenario.ts';
import {version} from '../store/version.ts';
import type {Session} from './cli-io.ts';
import {toReporters} from './explore-output.ts';
import type {ExploreCommandOptions} from './explore-search.ts';
import {dataDirOf, targetArgs, targetChoice} from './options.ts';
import type {ReporterChoice} from './reporter-option.ts';
import {shellQuote} from './shell-quote.ts';

/** They wait most of the time. */
const perJob = 2;

export const replay = async (
  session: Session,
  options: ExploreCommandOptions,
  reporters: readonly ReporterChoice[],
): Promise<number> => {
  const {io} = session;
  const folder = resolve(io.cwd, options.reproducers);
  const files = (await readdir(folder).catch((): string[] => []))
    .filter(name => /\.[cm]?[jt]s$/.test(name))
    .sort();
  if (files.length === 0) {
    throw new FoulweatherError(
      'FW_UNKNOWN_SCENARIO',
      `There are no reproducers in ${options.reproducers}.`,
      '`foulweather explore SCENARIO` saves what it finds there.',
    );
  }
  const interruption = new AbortController();
  const offSignal = io.onSignal(() => interruption.abort());
  const results: Replayed[] = [];
  const left = [...files];
  const work = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined && !interruption.signal.aborted; name = left.shift()) {
      const result = await replayOne(session, options, join(folder, name), interruption.signal);
      results.push(result);
      if (!options.quiet) io.stderr.write(`${replayedWords[result.state]}: ${result.file}\n`);
    }
  };
  try {
    await Promise.all(Array.from({length: options.jobs * perJob}, work));
  } finally {
    offSignal();
  }
  const sorted = results.toSorted((a, b) => a.file.localeCompare(b.file));
  await toReporters(io, reporters, {
    list: () => sorted.map(replayedText).join(''),
    json: () => `${JSON.stringify(sorted, null, 2)}\n`,
    markdown: () => replayedMarkdown(sorted),
    junit: () => replayedJunit(sorted),
    github: () => replayedAnnotations(sorted),
    html: () => '',
  });
  if (interruption.signal.aborted) return exitCodes.interrupted;
  if (sorted.some(({state}) => state === 'fails')) return exitCodes.missed;
  return sorted.some(({state}) => state === 'undecided') ? exitCodes.inconclusive : exitCodes.met;
};

const replayOne = async (
  {io}: Session,
  options: ExploreCommandOptions,
  scenarioFile: string,
  signal: AbortSignal,
): Promise<Replayed> => {
  const text = await readFile(scenarioFile, 'utf8');
  const file = relative(io.cwd, scenarioFile);
  const scenario = file.startsWith('.') ? file : `./${file}`;
  const symptom =
    text
      .split('\n')
      .find(line => line.startsWith(showsMark))
      ?.slice(showsMark.length)
      .trim() ?? '';
  const sentence = /^\/\/ (.*)/.exec(text)?.[1] ?? '';
  const finished = await runScenario({
    scenario,
    scenarioFile,
    variants: null,
    telemetry: false,
    toxiproxyUrl: null,
    target: targetChoice(options),
    seed: options.seed,
    trialsPerVariant: 1,
    profiles: false,
    withoutLoad: 'stop',
    baseDir: io.cwd,
    dataDir: dataDirOf(options, io),
    command: () => ['npx foulweather run', shellQuote(scenario), ...targetArgs(options)].join(' '),
    version: version(),
    environment: io.env,
    now: io.now,
    signal,
    observer: {runStarted() {}, trialStarted() {}, trialEvent() {}},
  }).catch(nullIfNamespaceNeeded);
  if (finished === null) {
    const reason = 'It has packet or DNS faults, which only `foulweather run` can run.';
    return {file, sentence, symptom, state: 'undecided', reason};
  }
  const {trials, gates} = finished.run.judgement;
  const verdicts = trials.flatMap(({findings}) =>
    findings.filter(finding => finding.symptom === symptom).map(({verdict}) => verdict),
  );
  const doubts = [...gates, ...trials.flatMap(trial => trial.gates)];
  if (verdicts.includes('present')) return {file, sentence, symptom, state: 'fails', reason: null};
  if (verdicts.includes('clear') && doubts.length === 0) {
    return {file, sentence, symptom, state: 'fixed', reason: null};
  }
  const reason = doubts[0]?.reason ?? 'The trial showed too little to judge it.';
  return {file, sentence, symptom, state: 'undecided', reason};
};

/** Several of these run at a time, and a network namespace is for one run. */
const nullIfNamespaceNeeded = (error: unknown): null => {
  if (isNamespaceNeeded(error)) return null;
  throw error;
};
