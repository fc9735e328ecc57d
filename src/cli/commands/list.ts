// foulweather list: the built-in scenarios, or the built-in storms.

import type {Command} from 'commander';
import {durationOf} from '../../model/plan.ts';
import {plannedDuration} from '../../report/format.ts';
import {describeBuiltins} from '../../scenarios/builtin.ts';
import {storms} from '../../scenarios/storms.ts';
import type {Session} from '../session.ts';

type Item = {readonly name: string; readonly summary: string};

const describeStorms = (): readonly (Item & {readonly fits: string; readonly durationMs: number})[] =>
  storms.map(({name, summary, fits, phases}) => ({
    name,
    summary,
    fits,
    durationMs: durationOf(phases),
  }));

export const addListCommand = (root: Command, {io}: Session): void => {
  root
    .command('list')
    .description('list the built-in scenarios')
    .option('--storms', 'list the storms instead: named fault profiles for --storm')
    .option('--json', 'as JSON')
    .action((options: {json?: boolean; storms?: boolean}) => {
      const items = options.storms ? describeStorms() : describeBuiltins();
      io.stdout.write(options.json ? `${JSON.stringify(items, null, 2)}\n` : linesOf(items));
    });
};

type Told = Item & {readonly durationMs?: number; readonly trials?: number};

const linesOf = (items: readonly Told[]): string => {
  const width = Math.max(...items.map(({name}) => name.length));
  return items
    .map(({name, summary, durationMs, trials = 1}) => {
      const takes = durationMs === undefined ? '' : ` (${plannedDuration(durationMs)})`;
      const made = trials === 1 ? '' : ` (${trials} trials of each variant)`;
      return `${name.padEnd(width)}  ${summary}${takes}${made}\n`;
    })
    .join('');
};
