// One scenario after the other: each is run, evaluated and reported; for the whole pack the weather report is
// written.
import {exitCodes, FoulweatherError, isNamespaceNeeded} from '../model/errors.ts';
import type {Verdict} from '../model/goal.ts';
import type {PrecisionGoal} from '../model/run.ts';
import type {RunOptions} from '../run/run-options.ts';
import {runScenario} from '../run/run-scenario.ts';
import {nameOfChoice} from '../scenarios/storms.ts';
import {version} from '../store/version.ts';
import type {CliIo, Session} from './cli-io.ts';
import type {Progress} from './live-progress.ts';
import {lookAhead, refusal, seriesText} from './look-ahead.ts';
import {dataDirOf, targetChoice} from './options.ts';
import {reshapeOf} from './plan-choice.ts';
import {createProgress, quietProgress} from './progress.ts';
import {relayOf, relayWords} from './relay-option.ts';
import type {ReporterChoice} from './reporter-option.ts';
import {Reporters} from './reporters.ts';
import {commandOf, packCommandOf, type RunCommandOptions} from './run-options.ts';
import {WeatherLog} from './weather-log.ts';
import {writeReport} from './write-report.ts';

const exitCodeOf: {readonly [verdict in Verdict]: number} = {
  met: exitCodes.met,
  missed: exitCodes.missed,
  inconclusive: exitCodes.inconclusive,
};

/** Of several scenarios the worst decides: a missed goal before an inconclusive run before a met one. */
const severity: readonly number[] = [exitCodes.met, exitCodes.inconclusive, exitCodes.missed];

const worseOf = (a: number, b: number): number => (severity.indexOf(b) > severity.indexOf(a) ? b : a);

export type Series = {
  readonly files: readonly {readonly name: string; readonly file: string}[];
  readonly precision: PrecisionGoal | undefined;
  readonly reporters: readonly ReporterChoice[];
};

/** @throws FoulweatherError; of the whole pack a scenario that cannot be run is skipped instead, and reported */
export const runSeries = async (
  session: Session,
  {files, precision, reporters: choices}: Series,
  options: RunCommandOptions,
): Promise<number> => {
  const {io} = session;
  const reporters = new Reporters(io, choices, files.length);
  const out = options.out ?? (options.all ? 'reports/weather' : 'reports');
  const weather = options.all
    ? new WeatherLog(io, out, {
        command: packCommandOf(options),
        storm: options.storm === undefined ? null : nameOfChoice(options.storm),
        seed: options.seed,
        startedAt: io.now(),
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
    for (const {scenario, error} of refused) {
      weather?.leaveOut(scenario, error);
      notReached.delete(scenario);
      worst = worseOf(worst, exitCodes.inconclusive);
    }
    if (!options.quiet) io.stderr.write(seriesText(looked, options.trials ?? null));
    for (const [index, file] of files.entries()) {
      const look = looked[index];
      if (interruption.signal.aborted) break;
      if (look?.kind !== 'ready') continue;
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
        // Stopped as asked, before there was anything to report: reported, and not a failure.
        if (error.code === 'FW_INTERRUPTED') {
          io.stderr.write(`${error.message}\n`);
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

type Request = (of: Series['files'][number], observer: Progress) => RunOptions;

/** What is asked of each scenario: the same of all. */
const requests =
  (
    io: CliIo,
    options: RunCommandOptions,
    common: Pick<RunOptions, 'signal' | 'defect' | 'precision'>,
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
