// Collects the results of the pack's runs into the weather report, and writes it beside their case studies.
import {mkdir, writeFile} from 'node:fs/promises';
import {join, relative, resolve} from 'node:path';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import type {Environment, JudgedRun} from '../model/run.ts';
import {runStory} from '../report/case-study/run-story.ts';
import {redactRun} from '../report/redact.ts';
import {renderWeather} from '../report/weather/render.ts';
import {columnsOf, gatherColumns, weatherRows} from '../report/weather/rows.ts';
import {type LeftOut, type WeatherRow, weatherSchemaVersion} from '../report/weather/weather.ts';
import type {CliIo} from './cli-io.ts';
import type {RunCommandOptions} from './run-options.ts';

export class WeatherLog {
  readonly #world: CliIo;
  readonly #out: string;
  readonly #command: string;
  readonly #options: Pick<RunCommandOptions, 'storm' | 'seed'>;
  readonly #startedAt: Date;
  readonly #columns: ReturnType<typeof columnsOf>[] = [];
  readonly #rows: WeatherRow[] = [];
  readonly #leftOut: LeftOut[] = [];
  #environment: Environment | null = null;

  constructor(io: CliIo, out: string, command: string, options: Pick<RunCommandOptions, 'storm' | 'seed'>) {
    this.#world = io;
    this.#out = out;
    this.#command = command;
    this.#options = options;
    this.#startedAt = io.now();
  }

  add(run: JudgedRun): void {
    const story = runStory(redactRun(run));
    const {plan, environment} = story.run.record;
    this.#columns.push(columnsOf(plan.phases));
    this.#rows.push(...weatherRows(story, plan.name));
    const {target: _, ...common} = environment;
    this.#environment ??= common;
  }

  leaveOut(scenario: string, {code, message: reason, hint}: FoulweatherError): void {
    this.#leftOut.push({scenario, code, reason, hint});
    this.#world.stderr.write(`Skipping ${scenario}: ${reason}\n${hint === '' ? '' : `  ${hint}\n`}`);
  }

  /**
   * @param notReached the scenarios that were still to come when the series was interrupted
   * @throws FoulweatherError FW_FILE_WRITE
   */
  async write(notReached: readonly string[]): Promise<void> {
    for (const scenario of notReached) {
      const hint = `npx foulweather run ${scenario}`;
      this.#leftOut.push({
        scenario,
        code: 'FW_INTERRUPTED',
        reason: 'The run was interrupted before this scenario.',
        hint,
      });
    }
    const {storm, seed} = this.#options;
    const files = renderWeather({
      schemaVersion: weatherSchemaVersion,
      status: notReached.length === 0 ? 'complete' : 'interrupted',
      storm: storm?.name ?? null,
      startedAt: this.#startedAt.toISOString(),
      endedAt: this.#world.now().toISOString(),
      seed,
      command: this.#command,
      environment: this.#environment,
      ...gatherColumns(this.#columns),
      rows: this.#rows,
      leftOut: this.#leftOut,
    });
    const folder = resolve(this.#world.cwd, this.#out);
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
    const path = relative(this.#world.cwd, join(folder, 'weather.md'));
    this.#world.stderr.write(`Weather report: ${path}\n`);
  }
}
