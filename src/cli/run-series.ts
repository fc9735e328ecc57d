// One scenario after the other: each is run, evaluated and reported; for the whole pack the weather report is
// written.
import {exitCodes, FoulweatherError, isNamespaceNeeded} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import type {PrecisionGoal} from '../model/run.ts';
import {roundsOfShard, type ShardChoice} from '../run/rounds.ts';
import type {RunOptions} from '../run/run-options.ts';
import {runScenario} from '../run/run-scenario.ts';
import {trialsOf} from '../run/start-run.ts';
import {languages} from '../scenarios/pack.ts';
import {nameOfChoice} from '../scenarios/storms.ts';
import {version} from '../store/version.ts';
import type {CliIo, Session} from './cli-io.ts';
import type {Progress} from './live-progress.ts';
import {type Look, lookAhead, refusal, seriesText} from './look-ahead.ts';
import {dataDirOf, targetChoice} from './options.ts';
import {reshapeOf} from './plan-choice.ts';
import {createProgress, quietProgress} from './progress.ts';
import {relayOf, relayWords} from './relay-option.ts';
import type {ReporterChoice} from './reporter-option.ts';
import {Reporters} from './reporters.ts';
import {commandOf, packCommandOf, type RunCommandOptions} from './run-options.ts';
import {exitCodeOf, worseOf} from './verdict-code.ts';
import {WeatherLog} from './weather-log.ts';
import {writeReport} from './write-report.ts';

export type Series = {
  readonly files: readonly {readonly name: string; readonly file: string}[];
  readonly precision: PrecisionGoal | undefined;
  readonly shard: ShardChoice | undefined;
  readonly reporters: readonly ReporterChoice[];
};

/** @throws FoulweatherError; of the whole pack a scenario that cannot be run is skipped instead, and reported */
export const runSeries = async (
  session: Session,
  {files, precision, shard, reporters: choices}: Series,
  options: RunCommandOptions,
): Promise<number> => {
  const {io} = session;
  const reporters = new Reporters(io, choices, files.length);
  const out = options.out ?? (options.all ? weatherFolder(options) : 'reports');
  const weather = options.all
    ? new WeatherLog(io, out, {
        command: packCommandOf(options),
        storm: options.storm === undefined ? null : nameOfChoice(options.storm),
        seed: options.seed,
        startedAt: io.now(),
        ...(shard && {shard: {index: shard.index, count: shard.count}}),
      })
    : null;
  const interruption = new AbortController();
  let signalCode: number | null = null;
  const offSignal = io.onSignal(signal => {
    const code = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
    // The second signal exits at once: the guard cleans up.
    if (signalCode !== null) io.exit(code);
    signalCode = code;
    io.stderr.write(
      '\nStopping: removing faults and writing a partial report. Press Ctrl-C again to quit at once.\n',
    );
    interruption.abort();
  });
  const defect = new AbortController();
  session.onDefect = error => defect.abort(error);
  let worst: number = exitCodes.met;
  /** The command starts again in a namespace: there is nothing to report yet. */
  let isMoving = false;
  const notReached = new Set(files.map(({name}) => name));
  const requestOf = requests(io, options, {
    ...(precision && {precision}),
    ...(shard && {shard}),
    signal: interruption.signal,
    defect: defect.signal,
  });
  try {
    const looked = await lookAhead(
      io,
      files.map(file => requestOf(file, quietProgress)),
    );
    const refused = looked.filter(one => one.kind === 'refused');
    if (refused.length > 0 && !weather) throw refusal(refused, files.length);
    // What another machine makes is none of this one's business.
    const dealt = looked.map((look, index) => trialsHere(look, files[index]!.name, shard, options));
    for (const [index, {name}] of files.entries()) if (dealt[index] === 0) notReached.delete(name);
    if (shard && dealt.every(trials => trials === 0)) io.stderr.write(nothingText(shard, files.length));
    for (const {scenario, error} of refused.filter(one => dealt[looked.indexOf(one)] !== 0)) {
      weather?.leaveOut(scenario, error);
      notReached.delete(scenario);
      worst = worseOf(worst, exitCodes.inconclusive);
    }
    if (!options.quiet) io.stderr.write(seriesText(looked, dealt));
    for (const [index, file] of files.entries()) {
      const look = looked[index];
      if (interruption.signal.aborted) break;
      if (look?.kind !== 'ready' || dealt[index] === 0) continue;
      const progress = options.quiet ? quietProgress : createProgress(io);
      try {
        const {run, folder} = await runScenario({
          ...requestOf(file, progress),
          ...(look.described && {described: look.described}),
        });
        progress.end();
        io.stderr.write(relayWords(run.record.relayed));
        const written = await writeReport(io, {run, folder, out, scenarioFile: file.file});
        reporters.add({run, ...written});
        weather?.add(run);
        notReached.delete(file.name);
        worst = worseOf(worst, exitCodeOf[run.judgement.verdict]);
      } catch (error) {
        progress.end();
        if (
          !(error instanceof FoulweatherError) ||
          error.code === 'FW_INTERNAL' ||
          isNamespaceNeeded(error)
        ) {
          throw error;
        }
        // Stopped as asked, before there was anything to report, or nothing to do: said, and not a failure.
        if (error.code === 'FW_INTERRUPTED') {
          io.stderr.write(`${error.message}\n`);
        } else if (error.code === 'FW_SHARD_EMPTY') {
          io.stderr.write(`${error.message} ${error.hint}\n`);
        } else if (weather) {
          weather.leaveOut(file.name, error);
          notReached.delete(file.name);
          worst = worseOf(worst, exitCodes.inconclusive);
        } else {
          throw error;
        }
      } finally {
        progress.end();
      }
    }
  } catch (error) {
    isMoving = isNamespaceNeeded(error);
    if (!(error instanceof FoulweatherError) || error.code !== 'FW_INTERRUPTED') throw error;
    io.stderr.write(`${error.message}\n`);
  } finally {
    offSignal();
    session.onDefect = null;
    await reporters.finish();
    if (!isMoving) await weather?.write(io.now(), [...notReached]);
  }
  return signalCode ?? worst;
};

/** Each choice of languages has its own. */
const weatherFolder = ({language = ['javascript']}: RunCommandOptions): string => {
  const name = language.length === languages.length ? 'all' : language.join('-');
  return name === 'javascript' ? 'reports/weather' : `reports/weather-${name}`;
};

/** Trials per variant that are made on this machine; null where that shows only when the scenario is described. */
const trialsHere = (
  look: Look,
  scenario: string,
  shard: ShardChoice | undefined,
  {trials}: RunCommandOptions,
): number | null => {
  const plan: Plan | null = look.kind === 'ready' ? look.plan : null;
  if (look.kind === 'ready' && plan === null) return null;
  // One that is refused is reported once, by the shard that would begin it.
  const trialsPerVariant = plan === null ? 1 : (trials ?? trialsOf(plan));
  return shard ? roundsOfShard(shard, {trialsPerVariant, scenario}).length : trialsPerVariant;
};

const nothingText = ({index, count}: ShardChoice, scenarioCount: number): string =>
  `Shard ${index} of ${count} has nothing to do: other shards run the ${scenarioCount} scenarios. Use fewer shards, or more --trials.\n`;

type Request = (of: Series['files'][number], observer: Progress) => RunOptions;

/** What is asked of each scenario: the same of all. */
const requests =
  (
    io: CliIo,
    options: RunCommandOptions,
    common: Pick<RunOptions, 'signal' | 'defect' | 'precision' | 'shard'>,
  ): Request =>
  ({name, file}, observer) => ({
    ...common,
    scenario: name,
    scenarioFile: file,
    variants: options.variant ?? null,
    reshape: reshapeOf(options, io.cwd),
    toxiproxyUrl: options.toxiproxy ?? null,
    target: targetChoice(options),
    seed: options.seed,
    trialsPerVariant: options.trials ?? null,
    profiles: options.profiles,
    heapSnapshot: options.heapSnapshot ?? false,
    withoutLoad: options.keepGoing ? 'load' : 'stop',
    telemetry: options.telemetry,
    relay: relayOf(options.otlpEndpoint, io.env),
    baseDir: io.cwd,
    dataDir: dataDirOf(options, io),
    command: plan => commandOf(name, options, plan),
    version: version(),
    environment: io.env,
    now: io.now,
    observer,
  });
