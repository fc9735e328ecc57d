// Loaded before all else in each process of a test under a mutant: the mutated text stands in for the one source file, in every
// thread and child process, and the file itself stays as it is.
import {readFileSync} from 'node:fs';
import {registerHooks} from 'node:module';

/** What the process of a test is setting, as JSON in FOULWEATHER_MUTANT. */
export type Standin = {
  /** The URL of the source file. */
  readonly url: string;
  /** The file that holds its mutated text. */
  readonly text: string;
};

const setting = process.env['FOULWEATHER_MUTANT'];
if (setting !== undefined) {
  const {url: wanted, text} = JSON.parse(setting) as Standin;
  registerHooks({
    load: (url, context, nextLoad) =>
      url === wanted
        ? {format: 'module-typescript', source: readFileSync(text, 'utf8'), shortCircuit: true}
        : nextLoad(url, context),
  });
}
