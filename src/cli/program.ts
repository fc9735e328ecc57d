// The commands and their options, as commander knows them.
import {relative} from 'node:path';
import {Command, CommanderError} from 'commander';
import {FoulweatherError} from '../model/errors.ts';
import {packageFile} from '../model/own-files.ts';
import {version} from '../store/version.ts';
import type {CliIo, Session} from './cli-io.ts';
import {colours} from './colours.ts';
import {addCompareCommand} from './commands/compare.ts';
import {addCompletionCommand} from './commands/completion.ts';
import {addConformCommand, isOfProgram} from './commands/conform.ts';
import {addExploreCommand} from './commands/explore.ts';
import {addInitCommand} from './commands/init.ts';
import {addListCommand} from './commands/list.ts';
import {addMergeCommand} from './commands/merge.ts';
import {addOverheadCommand} from './commands/overhead.ts';
import {addProxyCommand, withoutGoFlags} from './commands/proxy.ts';
import {addReportCommand} from './commands/report.ts';
import {addRunCommand} from './commands/run.ts';
import {addShowCommand} from './commands/show.ts';

const about = 'Finds out how client libraries behave when the network misbehaves, and proves the fix.';

const examples = `
Examples:
  foulweather run                          the built-in example, about a minute
  foulweather init                         write a scenario for your own client,
  foulweather run ./scenario.ts            and run it
  foulweather run redis --start-services   a library of \`foulweather list\`
  foulweather show latest                  the report in a browser

Exit codes: 0 goals met, 1 goals missed, 2 inconclusive, 64 wrong usage,
70 foulweather failed, 130 interrupted, 143 terminated
`;

/** The pages come with the package. */
const documentation = ({cwd}: CliIo): string => {
  const pathOf = (file: string): string => {
    const path = packageFile(file);
    const short = relative(cwd, path);
    return short.startsWith('..') ? path : short;
  };
  return `\nDocumentation: ${pathOf('README.md')}, ${pathOf('docs/cli.md')}\n`;
};

/** Runs the command of argv; its exit code is left in the session. */
export const runProgram = async (session: Session): Promise<void> => {
  const {argv} = session.io;
  const root = program(session);
  try {
    // Without a command the help is printed; that is no mistake.
    await root.parseAsync(argv.length === 0 ? ['--help'] : [...withoutGoFlags(argv)], {from: 'user'});
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    throw usageError(error, root.commands.find(command => command.name() === argv[0])?.name());
  }
};

/** commander's complaints, as all others look: its suggestion is in brackets on a line of its own. */
const usageError = ({message}: CommanderError, command: string | undefined): FoulweatherError => {
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n');
  const suggestion = more.map(line => `${line.replace(/^\((.*)\)$/, '$1')} `).join('');
  const help = command === undefined ? '--help' : `${command} --help`;
  const statement = /[.?!]$/.test(first) ? first : `${first}.`;
  return new FoulweatherError(
    'FW_USAGE',
    `${statement.charAt(0).toUpperCase()}${statement.slice(1)}`,
    `${suggestion}See \`foulweather ${help}\`.`,
  );
};

const program = (session: Session): Command => {
  const {io} = session;
  const root = new Command('foulweather')
    .description(about)
    .version(version(), '-v, --version')
    .exitOverride()
    .enablePositionalOptions(isOfProgram(io))
    .showSuggestionAfterError()
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', `${examples}${documentation(io)}`)
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: text => io.stderr.write(text),
      // What is thrown tells it.
      outputError() {},
      getOutHasColors: () => colours(io, io.stdout).isOn,
      getOutHelpWidth: () => io.stdout.columns ?? 80,
    });
  addRunCommand(root, session);
  addExploreCommand(root, session);
  addInitCommand(root, session);
  addListCommand(root, session);
  addShowCommand(root, session);
  addReportCommand(root, session);
  addMergeCommand(root, session);
  addCompareCommand(root, session);
  addOverheadCommand(root, session);
  addProxyCommand(root, session);
  addConformCommand(root, session);
  addCompletionCommand(root, session);
  for (const command of root.commands) command.option('--no-color', 'plain output without color');
  return root.option('--no-color', 'plain output without color');
};
