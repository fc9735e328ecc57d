// argv → command → exit code. Every error that reaches this place becomes one clear message.
import {stackOf} from '../model/error-message.ts';
import {exitCodes, FoulweatherError, isNamespaceNeeded} from '../model/errors.ts';
import {version} from '../store/version.ts';
import type {CliIo, Session} from './cli-io.ts';
import {errorText} from './error-text.ts';

export {processIo} from './cli-io.ts';

export const main = async (io: CliIo): Promise<number> => {
  const session: Session = {io, exitCode: exitCodes.met, onDefect: null};
  io.onUncaught(error => {
    const {onDefect} = session;
    // A second signal or defect ends the process at once: the orderly end may be what hangs.
    session.onDefect = null;
    if (onDefect) onDefect(error);
    else io.exit(reportError(io, error));
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
    return isNamespaceNeeded(error) ? await relaunch(io) : reportError(io, error);
  }
};

/** Starts the command again, in a network namespace; returns only if that fails. */
const relaunch = async (io: CliIo): Promise<number> => {
  try {
    const {namespaceLaunch} = await import('../run/namespace.ts');
    const launch = namespaceLaunch(io.env);
    if (!io.argv.includes('--quiet')) {
      io.stderr.write('With packet or DNS faults, the run takes place in its own network namespace.\n');
    }
    io.relaunch(launch);
    return exitCodes.met;
  } catch (error) {
    return reportError(io, error);
  }
};

/** Scripts ask for the version often: it is answered before the commands are loaded. */
const asksForVersionAlone = ({argv}: CliIo): boolean =>
  argv.length === 1 && ['--version', '-v', '-V'].includes(argv[0]!);

const reportError = (io: CliIo, error: unknown): number => {
  if (error instanceof FoulweatherError) {
    io.stderr.write(errorText(io, error));
    return error.exitCode;
  }
  const [message = '', ...details] = stackOf(error).split('\n');
  io.stderr.write(
    errorText(io, {
      code: 'FW_INTERNAL',
      message: `foulweather itself failed: ${message}`,
      details: details.map(line => line.trim()),
      hint: 'This is a bug in foulweather. The lines above, and the run folder if there is one, help to find it.',
    }),
  );
  return exitCodes.harness;
};
