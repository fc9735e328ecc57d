// Collects the results of the pack's runs into the weather report, and writes it beside their case studies.
import {mkdir, writeFile} from 'node:fs/promises';
import {join, relative, resolve} from 'node:path';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import type {Environment, JudgedRun, Shard} from '../model/run.ts';
import {titleOf} from '../model/server-errors.ts';
import {runStory} from '../report/case-study/run-story.ts';
import {redactRun} from '../report/redact.ts';
import {renderWeather} from '../report/weather/render.ts';
import {columnsOf, gatherColumns, weatherRows} from '../report/weather/rows.ts';
import {type LeftOut, type WeatherRow, weatherSchemaVersion} from '../report/weather/weather.ts';
import {speechOf} from '../scenarios/speech.ts';
import type {CliIo} from './cli-io.ts';

/** How the runs came about. */
export type WeatherOrigin = {
  /** The command that repeats them. */
  readonly command: string;
  /** The name of their storm; null where each has the phases of its scenario. */
  readonly storm: string | null;
  readonly seed: number;
  readonly startedAt: Date;
  /** Which part of them is here; absent where all are. */
  readonly shard?: Pick<Shard, 'index' | 'count'>;
};

export class WeatherLog {
  readonly #io: CliIo;
  readonly #out: string;
  readonly #origin: WeatherOrigin;
  readonly #columns: ReturnType<typeof columnsOf>[] = [];
  readonly #rows: WeatherRow[] = [];
  readonly #leftOut: LeftOut[] = [];
  #environment: Environment | null = null;

  constructor(io: CliIo, out: string, origin: WeatherOrigin) {
    this.#io = io;
    this.#out = out;
    this.#origin = origin;
  }

  add(run: JudgedRun): void {
    const story = runStory(redactRun(run));
    const {plan, environment} = story.run.record;
    this.#columns.push(columnsOf(plan.phases));
    const speech = speechOf(plan);
    this.#rows.push(...weatherRows(story, plan.name, speech && titleOf(speech)));
    const {target: _, ...common} = environment;
    this.#environment ??= common;
  }

  leaveOut(scenario: string, {code, message: reason, hint}: FoulweatherError): void {
    this.#leftOut.push({scenario, code, reason, hint});
    this.#io.stderr.write(`Skipping ${scenario}: ${reason}\n${hint === '' ? '' : `  ${hint}\n`}`);
  }

  /**
   * @param endedAt when the last run ended
   * @param notReached the scenarios that were still to come when the series was interrupted
   * @throws FoulweatherError FW_FILE_WRITE
   */
  async write(endedAt: Date, notReached: readonly string[] = []): Promise<void> {
    for (const scenario of notReached) {
      const hint = `npx foulweather run ${scenario}`;
      this.#leftOut.push({
        scenario,
        code: 'FW_INTERRUPTED',
        reason: 'The run was interrupted before this scenario.',
        hint,
      });
    }
    const files = renderWeather({
      schemaVersion: weatherSchemaVersion,
      status: notReached.length === 0 ? 'complete' : 'interrupted',
      ...this.#origin,
      startedAt: this.#origin.startedAt.toISOString(),
      endedAt: endedAt.toISOString(),
      environment: this.#environment,
      ...gatherColumns(this.#columns),
      rows: this.#rows,
      leftOut: this.#leftOut,
    });
    const folder = resolve(this.#io.cwd, this.#out);
    try {
      await mkdir(folder, {recursive: true});
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    } catch (error) {
      throw new FoulweatherError(
        'FW_FILE_WRITE',
        `Cannot write the weather report to ${folder}: ${messageOf(error)}`,
        'Choose another folder with --out. The runs are saved.',
        {cause: error},
      );
    }
    const path = relative(this.#io.cwd, join(folder, 'weather.md'));
    this.#io.stderr.write(`Weather report: ${path}\n`);
  }
}
