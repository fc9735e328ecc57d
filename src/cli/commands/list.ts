// foulweather list: the built-in scenarios.
import type {Command} from 'commander';
import {describeBuiltins} from '../../scenarios/builtin.ts';
import type {Session} from '../session.ts';

export const addListCommand = (root: Command, {world}: Session): void => {
  root
    .command('list')
    .description('list the built-in scenarios')
    .option('--json', 'as JSON')
    .action((options: {json?: boolean}) => {
      const builtins = describeBuiltins();
      const width = Math.max(...builtins.map(({name}) => name.length));
      world.stdout.write(
        options.json
          ? `${JSON.stringify(builtins, null, 2)}\n`
          : builtins.map(({name, summary}) => `${name.padEnd(width)}  ${summary}\n`).join(''),
      );
    });
};
