// foulweather conform: whether a program in another language follows the protocol.
import {existsSync} from 'node:fs';
import {extname, resolve} from 'node:path';
import {type Command, InvalidArgumentError} from 'commander';
import {exitCodes} from '../../model/errors.ts';
import {commandOf, programExtensions} from '../../scenarios/program-scenario.ts';
import type {CliIo, Session} from '../cli-io.ts';
import {colours} from '../colours.ts';
import type {Check} from '../conformance.ts';

type Options = {readonly target?: string; readonly options?: unknown; readonly json?: boolean};

const limitMs = 3000;

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It must be JSON, such as {"timeout": 1}.');
  }
};

/** What comes after a program's name is the program's; in other commands, options of foulweather come anywhere. */
export const isOfProgram = ({argv}: Pick<CliIo, 'argv'>): boolean => argv.includes('conform');

export const addConformCommand = (root: Command, session: Session): void => {
  const {io} = session;
  root
    .command('conform')
    .description('check that a program in another language follows the protocol')
    .argument('<command...>', 'the program and its arguments, or only its file, such as client.py')
    .passThroughOptions(isOfProgram(io))
    .option('--target <url>', 'open the library with this address (default: a built-in HTTP server)')
    .option('--options <json>', 'open the library with these options', json)
    .option('--json', 'print only the checks, as JSON')
    .addHelpText(
      'after',
      `
Examples:
  foulweather conform client.py
  foulweather conform --target redis://127.0.0.1:6379 .venv/bin/python client.py
`,
    )
    .action(async (words: string[], {target, options = {}, json: isJson}: Options) => {
      const {checkConformance} = await import('../conformance.ts');
      const {checks, output} = await checkConformance({
        command: commandOfWords(words, io.cwd),
        cwd: io.cwd,
        environment: io.env,
        targetUrl: target ?? null,
        options,
        limitMs,
      });
      const isKept = checks.every(({result}) => result !== 'broken');
      io.stdout.write(isJson ? `${JSON.stringify(checks, null, 2)}\n` : rendered(checks, output, io));
      session.exitCode = isKept ? exitCodes.met : exitCodes.missed;
    });
};

/** A file alone is run as `foulweather run` does it. */
const commandOfWords = (words: readonly string[], cwd: string): readonly string[] => {
  const [word = ''] = words;
  const file = resolve(cwd, word);
  const isFile =
    words.length === 1 &&
    existsSync(file) &&
    (programExtensions.includes(extname(word)) || word.includes('/'));
  return isFile ? commandOf(file) : words;
};

const rendered = (checks: readonly Check[], output: string, io: Session['io']): string => {
  const {red, green, dim} = colours(io, io.stdout);
  const marks = {kept: green('✓'), broken: red('✗'), 'not-checked': dim('–')};
  const width = Math.max(...checks.map(({name}) => name.length));
  const lines = checks.map(({name, result, note}) =>
    `${marks[result]} ${name.padEnd(width)}  ${note}`.trimEnd(),
  );
  const broken = checks.filter(({result}) => result === 'broken').length;
  const verdict =
    broken === 0
      ? 'The program follows the protocol.'
      : 'The program does not follow the protocol, which docs/languages.md describes.';
  const printed = broken === 0 || output.trim() === '' ? '' : `\nIts last output:\n${output.trimEnd()}\n`;
  return `${lines.join('\n')}\n\n${verdict}\n${printed}`;
};
