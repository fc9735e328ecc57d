// foulweather show: the saved runs as pages, for a browser on this machine.
import type {Command} from 'commander';
import {messageOf} from '../../model/error-message.ts';
import {exitCodes, FoulweatherError} from '../../model/errors.ts';
import type {Session} from '../cli-io.ts';
import {type DataOptions, dataDirOf, dataOption, wholeNumber} from '../options.ts';

export const addShowCommand = (root: Command, session: Session): void => {
  const {io} = session;
  root
    .command('show')
    .description('serve the saved runs as pages for a browser on this machine')
    .argument('[run]', 'run to open first: an ID, or "latest"')
    .option('--port <number>', 'port to listen on; 0 takes a free one', wholeNumber(0, 65_535), 0)
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  foulweather show latest\n')
    .action(async (run: string | undefined, options: DataOptions & {readonly port: number}) => {
      const {port} = options;
      const dataDir = dataDirOf(options, io);
      const [{startShowServer}, {RunFolder}] = await Promise.all([
        import('../show-server.ts'),
        import('../../store/run-folder.ts'),
      ]);
      // A mistyped id is reported here, and not by a page.
      const id = run === undefined ? null : (await RunFolder.open(dataDir, run)).id;
      const {promise: stopped, resolve: stop} = Promise.withResolvers<void>();
      const offSignal = io.onSignal(() => stop());
      try {
        const server = await startShowServer({cwd: io.cwd, dataDir}, port).catch((error: unknown) => {
          throw new FoulweatherError(
            'FW_USAGE',
            `Cannot listen on port ${port}: ${messageOf(error)}.`,
            'Choose another with --port, or omit it to take a free one.',
            {cause: error},
          );
        });
        const path = id === null ? '' : `runs/${encodeURIComponent(id)}/report.html`;
        io.stdout.write(`${server.url}${path}\nPress Ctrl-C to stop.\n`);
        await stopped;
        await server.close();
      } finally {
        offSignal();
      }
      session.exitCode = exitCodes.met;
    });
};
