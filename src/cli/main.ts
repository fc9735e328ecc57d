// argv → command → exit code. Every error that reaches this place becomes one clear message.
import {Command, CommanderError} from 'commander';
import {exitCodes, FoulweatherError} from '../model/errors.ts';
import {colours} from './colours.ts';
import {addInitCommand} from './commands/init.ts';
import {addListCommand} from './commands/list.ts';
import {addProxyCommand} from './commands/proxy.ts';
import {addReportCommand} from './commands/report.ts';
import {addRunCommand} from './commands/run.ts';
import type {Session} from './session.ts';
import {version} from './version.ts';
import type {World} from './world.ts';

export {processWorld} from './world.ts';

const about = `Finds out how client libraries behave when the network misbehaves, and proves the fix.

Try: foulweather run undici-stall`;

export const main = async (world: World): Promise<number> => {
  const session: Session = {world, exitCode: exitCodes.met};
  try {
    // Without a command the help is the answer, and no mistake.
    const argv = world.argv.length === 0 ? ['--help'] : [...world.argv];
    await program(session).parseAsync(argv, {from: 'user'});
    return session.exitCode;
  } catch (error) {
    return tell(world, error);
  }
};

const program = (session: Session): Command => {
  const {world} = session;
  const root = new Command('foulweather')
    .description(about)
    .version(version(), '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(foulweather --help tells the commands and their options)')
    .configureOutput({
      writeOut: text => world.stdout.write(text),
      writeErr: text => world.stderr.write(text),
    });
  addRunCommand(root, session);
  addListCommand(root, session);
  addInitCommand(root, session);
  addReportCommand(root, session);
  addProxyCommand(root, session);
  return root;
};

const tell = (world: World, error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.met : exitCodes.usage;
  const {bold, red} = colours(world, world.stderr);
  if (error instanceof FoulweatherError) {
    world.stderr.write(`${red(bold('error'))} ${error.message}\n      ${error.hint} (${error.code})\n`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  world.stderr.write(
    `${red(bold('error'))} foulweather itself failed (FW_INTERNAL). This is a defect of foulweather; the lines below and the folder of the run, if there is one, help to find it.\n${stack}\n`,
  );
  return exitCodes.harness;
};
