// argv → command → exit code. Every error that reaches this place becomes one clear message.
import {stackOf} from '../model/error-message.ts';
import {exitCodes, FoulweatherError} from '../model/errors.ts';
import {version} from '../store/version.ts';
import type {CliIo} from './cli-io.ts';
import {colours} from './colours.ts';
import type {Session} from './session.ts';

export {processIo as processWorld} from './cli-io.ts';

export const main = async (io: CliIo): Promise<number> => {
  const session: Session = {io, exitCode: exitCodes.met, onDefect: null};
  io.onUncaught(error => {
    const {onDefect} = session;
    // A second signal or defect ends the process at once: the orderly end may be what hangs.
    session.onDefect = null;
    if (onDefect) onDefect(error);
    else io.exit(tell(io, error));
  });
  try {
    if (asksForVersionAlone(io)) {
      io.stdout.write(`${version()}\n`);
      return session.exitCode;
    }
    const {runProgram} = await import('./program.ts');
    await runProgram(session);
    return session.exitCode;
  } catch (error) {
    return tell(io, error);
  }
};

/** Scripts ask for the version often: it is answered before the commands are loaded. */
const asksForVersionAlone = ({argv}: CliIo): boolean =>
  argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V');

const tell = (io: CliIo, error: unknown): number => {
  const {bold, red} = colours(io, io.stderr);
  if (error instanceof FoulweatherError) {
    const lines = [error.message, ...error.details.map(line => `  ${line}`), `${error.hint} (${error.code})`];
    io.stderr.write(`${red(bold('error'))} ${lines.join('\n      ')}\n`);
    return error.exitCode;
  }
  io.stderr.write(
    `${red(bold('error'))} foulweather itself failed (FW_INTERNAL). This is a defect of foulweather; the lines below and the folder of the run, if there is one, help to find it.\n${stackOf(error)}\n`,
  );
  return exitCodes.harness;
};
