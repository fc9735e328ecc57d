// argv → command → exit code. Every error that reaches this place becomes one clear message.
import {exitCodes, FoulweatherError} from '../model/errors.ts';
import {colours} from './colours.ts';
import type {Session} from './session.ts';
import {version} from './version.ts';
import type {World} from './world.ts';

export {processWorld} from './world.ts';

export const main = async (world: World): Promise<number> => {
  const session: Session = {world, exitCode: exitCodes.met};
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
    world.stderr.write(`${red(bold('error'))} ${error.message}\n      ${error.hint} (${error.code})\n`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  world.stderr.write(
    `${red(bold('error'))} foulweather itself failed (FW_INTERNAL). This is a defect of foulweather; the lines below and the folder of the run, if there is one, help to find it.\n${stack}\n`,
  );
  return exitCodes.harness;
};
