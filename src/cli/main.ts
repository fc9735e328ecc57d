// argv → command → exit code. Every error that reaches this place becomes one clear message.
import {exitCodes, FoulweatherError} from '../model/errors.ts';
import {colours} from './colours.ts';
import type {Session} from './session.ts';
import {version} from './version.ts';
import type {World} from './world.ts';

export {processWorld} from './world.ts';

export const main = async (world: World): Promise<number> => {
  const session: Session = {world, exitCode: exitCodes.met, onDefect: null};
  world.onUncaught(error => {
    const {onDefect} = session;
    // A second one is not waited for: what was to end in order does not.
    session.onDefect = null;
    if (onDefect) onDefect(error);
    else world.exit(tell(world, error));
  });
  try {
    if (asksForVersionAlone(world)) {
      world.stdout.write(`${version()}\n`);
      return session.exitCode;
    }
    const {runProgram} = await import('./program.ts');
    await runProgram(session);
    return session.exitCode;
  } catch (error) {
    return tell(world, error);
  }
};

/** Scripts ask for it often: it is answered before the commands are loaded. */
const asksForVersionAlone = ({argv}: World): boolean =>
  argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V');

const tell = (world: World, error: unknown): number => {
  const {bold, red} = colours(world, world.stderr);
  if (error instanceof FoulweatherError) {
    const lines = [error.message, ...error.details.map(line => `  ${line}`), `${error.hint} (${error.code})`];
    world.stderr.write(`${red(bold('error'))} ${lines.join('\n      ')}\n`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  world.stderr.write(
    `${red(bold('error'))} foulweather itself failed (FW_INTERNAL). This is a defect of foulweather; the lines below and the folder of the run, if there is one, help to find it.\n${stack}\n`,
  );
  return exitCodes.harness;
};
