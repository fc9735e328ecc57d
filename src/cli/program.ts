// The commands and their options, as commander knows them.
import {Command, CommanderError} from 'commander';
import {exitCodes} from '../model/errors.ts';
import {version} from '../store/version.ts';
import {addCompareCommand} from './commands/compare.ts';
import {addInitCommand} from './commands/init.ts';
import {addListCommand} from './commands/list.ts';
import {addOverheadCommand} from './commands/overhead.ts';
import {addProxyCommand} from './commands/proxy.ts';
import {addReportCommand} from './commands/report.ts';
import {addRunCommand} from './commands/run.ts';
import {addShowCommand} from './commands/show.ts';
import type {Session} from './session.ts';

const about = `Finds out how client libraries behave when the network misbehaves, and proves the fix.

Try: foulweather run undici-stall`;

/** Runs the command of argv; its exit code is left in the session. Commander has printed its own complaints by then. */
export const runProgram = async (session: Session): Promise<void> => {
  const {argv} = session.io;
  try {
    // Without a command the help is printed; that is no mistake.
    await program(session).parseAsync(argv.length === 0 ? ['--help'] : [...argv], {from: 'user'});
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    session.exitCode = error.exitCode === 0 ? exitCodes.met : exitCodes.usage;
  }
};

const program = (session: Session): Command => {
  const {io} = session;
  const root = new Command('foulweather')
    .description(about)
    .version(version(), '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(foulweather --help tells the commands and their options)')
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: text => io.stderr.write(text),
    });
  addRunCommand(root, session);
  addListCommand(root, session);
  addInitCommand(root, session);
  addReportCommand(root, session);
  addCompareCommand(root, session);
  addShowCommand(root, session);
  addProxyCommand(root, session);
  addOverheadCommand(root, session);
  return root;
};
