// foulweather show: the saved runs as pages, for a browser on this machine.
import type {Command} from 'commander';
import {messageOf} from '../../model/error-message.ts';
import {exitCodes, FoulweatherError} from '../../model/errors.ts';
import type {Session} from '../session.ts';
import {wholeNumber} from '../whole-number.ts';

export const addShowCommand = (root: Command, session: Session): void => {
  const {io} = session;
  root
    .command('show')
    .description('show the saved runs in a browser, on this machine only')
    .argument('[run]', 'run to open first: an ID or "latest"')
    .option('--port <number>', 'the port to listen on; 0 takes a free one', wholeNumber(0, 65_535), 0)
    .action(async (run: string | undefined, {port}: {port: number}) => {
      const [{startShowServer}, {RunFolder}] = await Promise.all([
        import('../show-server.ts'),
        import('../../store/run-folder.ts'),
      ]);
      // A mistyped id is reported here, and not by a page.
      const id = run === undefined ? null : (await RunFolder.open(io.cwd, run)).id;
      const {promise: stopped, resolve: stop} = Promise.withResolvers<void>();
      const offSignal = io.onSignal(() => stop());
      try {
        const server = await startShowServer(io.cwd, port).catch((error: unknown) => {
          throw new FoulweatherError(
            'FW_USAGE',
            `Port ${port} cannot be listened on: ${messageOf(error)}.`,
            'Give another with --port, or none: a free one is taken.',
            {cause: error},
          );
        });
        const path = id === null ? '' : `runs/${encodeURIComponent(id)}/report.html`;
        io.stdout.write(`${server.url}${path}\nCtrl-C ends it.\n`);
        await stopped;
        await server.close();
      } finally {
        offSignal();
      }
      session.exitCode = exitCodes.met;
    });
};
