// A scenario of a program alone: the file of a client in another language, under the faults that every client meets.
import {existsSync} from 'node:fs';
import {basename, dirname, extname, join} from 'node:path';
import {defineScenario, program, type Scenario} from './define-scenario.ts';
import {quick} from './storms/quick.ts';

/** What runs a program of this ending; others are run as they are. */
const runners: {readonly [extension: string]: (file: string) => readonly [string, ...string[]]} = {
  '.py': file => [...python(dirname(file)), file],
  '.go': file => ['go', 'run', file],
  '.java': file => ['java', file],
  '.jar': file => ['java', '-jar', file],
  '.rb': file => ['ruby', file],
  '.php': file => ['php', file],
};

export const programExtensions: readonly string[] = Object.keys(runners);

/** Files that are JavaScript or TypeScript: scenarios. */
export const scenarioExtensions: readonly string[] = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/** The interpreter of the project, where it has an environment of its own; with its telemetry, where that is installed. */
const python = (folder: string): readonly [string, ...string[]] => {
  const own = ['.venv', 'venv']
    .map(name => join(folder, name, process.platform === 'win32' ? 'Scripts' : 'bin'))
    .find(bin => existsSync(join(bin, 'python')) || existsSync(join(bin, 'python.exe')));
  if (own === undefined) return [process.platform === 'win32' ? 'python' : 'python3'];
  const interpreter = join(own, 'python');
  const instrument = join(own, 'opentelemetry-instrument');
  return existsSync(instrument) ? [instrument, interpreter] : [interpreter];
};

const nameOf = (file: string): string =>
  basename(file, extname(file))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63) || 'program';

/** @param file absolute */
export const commandOf = (file: string): readonly [string, ...string[]] =>
  runners[extname(file)]?.(file) ?? [file];

/** @param file absolute */
export const programScenario = (file: string): Scenario =>
  defineScenario<unknown, unknown>({
    name: nameOf(file),
    observation: `What happens to the callers of ${basename(file)} when the network misbehaves?`,
    target: {kind: 'http'},
    variants: [{name: 'defaults', options: {}}],
    load: {model: 'open', ratePerSecond: 50, maxInFlight: 500},
    operation: {deadlineMs: 2000, idempotent: true},
    phases: quick.phases as never,
    subject: program({command: commandOf(file)}),
  });
