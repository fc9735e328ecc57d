// Writes the results: each reporter to its file or to stdout, when all runs are done. GitHub has places of its own.
import {appendFile, mkdir, writeFile} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import type {JudgedRun} from '../model/run.ts';
import {type RunStory, runStory} from '../report/case-study/run-story.ts';
import {toAnnotations, toStepSummary} from '../report/formats/github.ts';
import {toJunit} from '../report/formats/junit.ts';
import {redactRun} from '../report/redact.ts';
import type {CliIo} from './cli-io.ts';
import type {ReporterChoice} from './reporter-option.ts';

/** A run, and what was rendered of it already. */
export type Reported = {
  readonly run: JudgedRun;
  readonly summary: string;
  readonly files: {readonly [name: string]: string};
};

export class Reporters {
  readonly #io: CliIo;
  readonly #choices: readonly ReporterChoice[];
  readonly #scenarioCount: number;
  readonly #reported: Reported[] = [];

  constructor(io: CliIo, choices: readonly ReporterChoice[], scenarioCount: number) {
    this.#io = io;
    this.#choices = choices;
    this.#scenarioCount = scenarioCount;
  }

  /** What is meant for people is printed as soon as it is known. */
  add(reported: Reported): void {
    this.#reported.push(reported);
    if (this.#choices.some(({name, path}) => name === 'list' && path === null)) {
      this.#io.stdout.write(reported.summary);
    }
  }

  /** @throws FoulweatherError FW_FILE_WRITE */
  async finish(): Promise<void> {
    if (this.#reported.length === 0) return;
    const stories = this.#reported.map(({run}) => runStory(redactRun(run)));
    for (const choice of this.#choices) {
      if (choice.name === 'github') await this.#tellGitHub(stories);
      else if (choice.path !== null) await this.#write(choice.path, this.#documentOf(choice.name, stories));
      else if (choice.name !== 'list') this.#io.stdout.write(this.#documentOf(choice.name, stories));
    }
  }

  #documentOf(name: Exclude<ReporterChoice['name'], 'github'>, stories: readonly RunStory[]): string {
    const files = (file: string): string[] => this.#reported.flatMap(reported => reported.files[file] ?? []);
    switch (name) {
      case 'list':
        return this.#reported.map(({summary}) => summary).join('\n');
      case 'json':
        return jsonDocument(files('result.json'), this.#scenarioCount);
      case 'markdown':
        return files('report.md').join('\n---\n\n');
      case 'html':
        return files('report.html').join('\n');
      case 'junit':
        return toJunit(stories);
    }
  }

  /** The summary goes to the file that GitHub names; outside of its jobs only the annotations are printed. */
  async #tellGitHub(stories: readonly RunStory[]): Promise<void> {
    for (const line of toAnnotations(stories)) this.#io.stdout.write(`${line}\n`);
    const file = this.#io.env['GITHUB_STEP_SUMMARY'];
    if (file === undefined || file === '') return;
    await this.#toFile(file, () => appendFile(file, toStepSummary(stories)));
  }

  async #write(path: string, text: string): Promise<void> {
    const file = resolve(this.#io.cwd, path);
    await this.#toFile(path, async () => {
      await mkdir(dirname(file), {recursive: true});
      await writeFile(file, text);
    });
  }

  async #toFile(path: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      throw new FoulweatherError(
        'FW_FILE_WRITE',
        `Cannot write ${path}: ${messageOf(error)}`,
        'Choose another file. The runs are saved; `foulweather report ID` renders them again.',
        {cause: error},
      );
    }
  }
}

/** One JSON document, however many scenarios there are: of several, a list of their results. */
const jsonDocument = (results: readonly string[], scenarioCount: number): string =>
  scenarioCount === 1 ? results.join('') : `[\n${results.map(json => json.trimEnd()).join(',\n')}\n]\n`;
