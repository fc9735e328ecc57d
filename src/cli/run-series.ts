// One scenario after the other: each is run, evaluated and reported; for the whole pack the weather report is
// written.
import {exitCodes, FoulweatherError} from '../model/errors.ts';
import type {Verdict} from '../model/goal.ts';
import type {PrecisionGoal} from '../model/run.ts';
import {runScenario} from '../run/run-scenario.ts';
import {version} from '../store/version.ts';
import {reshapeOf} from './plan-choice.ts';
import {createProgress, quietProgress} from './progress.ts';
import {relayOf, relayWords} from './relay-option.ts';
import type {ReporterChoice} from './reporter-option.ts';
import {Reporters} from './reporters.ts';
import {commandOf, packCommandOf, type RunCommandOptions} from './run-options.ts';
import type {Session} from './session.ts';
import {targetChoice} from './target-option.ts';
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
  const weather = options.all ? new WeatherLog(io, out, packCommandOf(options), options) : null;
  const interruption = new AbortController();
  let signalCode: number | null = null;
  const offSignal = io.onSignal(signal => {
    const code = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
    // The second signal exits at once: the guard cleans up.
    if (signalCode !== null) io.exit(code);
    signalCode = code;
    io.stderr.write(
      '\nStopping: faults are taken away, and a partial report is written. Once more ends at once.\n',
    );
    interruption.abort();
  });
  const defect = new AbortController();
  session.onDefect = error => defect.abort(error);
  let worst: number = exitCodes.met;
  const notReached = new Set(files.map(({name}) => name));
  try {
    for (const {name, file} of files) {
      if (interruption.signal.aborted) break;
      const progress = options.quiet ? quietProgress : createProgress(io);
      try {
        const {run, folder} = await runScenario({
          scenario: name,
          scenarioFile: file,
          variants: options.variant ?? null,
          reshape: reshapeOf(options, io.cwd),
          toxiproxyUrl: options.toxiproxy ?? null,
          target: targetChoice(options),
          seed: options.seed,
          trialsPerVariant: options.trials ?? null,
          ...(precision && {precision}),
          profiles: options.profiles,
          heapSnapshot: options.heapSnapshot ?? false,
          telemetry: options.telemetry,
          relay: relayOf(options.otlpEndpoint, io.env),
          baseDir: io.cwd,
          command: plan => commandOf(name, options, plan),
          version: version(),
          environment: io.env,
          now: io.now,
          signal: interruption.signal,
          defect: defect.signal,
          observer: progress,
        });
        progress.end();
        io.stderr.write(relayWords(run.record.relayed));
        const written = await writeReport(io, {run, folder, out});
        reporters.add({run, ...written});
        weather?.add(run);
        notReached.delete(name);
        worst = worseOf(worst, exitCodeOf[run.judgement.verdict]);
      } catch (error) {
        progress.end();
        if (!(error instanceof FoulweatherError) || error.code === 'FW_INTERNAL') throw error;
        // Stopped as asked, before there was anything to report: reported, and not a failure.
        if (error.code === 'FW_INTERRUPTED') {
          io.stderr.write(`${error.message}\n`);
        } else if (weather) {
          weather.leaveOut(name, error);
          notReached.delete(name);
          worst = worseOf(worst, exitCodes.inconclusive);
        } else {
          throw error;
        }
      } finally {
        progress.end();
      }
    }
  } finally {
    offSignal();
    session.onDefect = null;
    await reporters.finish();
    await weather?.write([...notReached]);
  }
  return signalCode ?? worst;
};
