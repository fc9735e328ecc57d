// foulweather list: the built-in scenarios with what they need, or the built-in storms.

import type {Command} from 'commander';
import {durationOf} from '../../model/plan.ts';
import {titleOf} from '../../model/server-errors.ts';
import {plannedDuration} from '../../report/format.ts';
import {wrapped} from '../../report/text-table.ts';
import {type Builtin, type BuiltinGroup, builtins} from '../../scenarios/builtin.ts';
import {storms} from '../../scenarios/storms.ts';
import {installCommand, services} from '../../services/catalogue.ts';
import type {CliIo, Session} from '../cli-io.ts';
import {type Colours, colours} from '../colours.ts';
import type {Missing} from '../needs.ts';

type Options = {readonly json?: boolean; readonly storms?: boolean; readonly names?: boolean};

export const addListCommand = (root: Command, {io}: Session): void => {
  root
    .command('list')
    .description('list the built-in scenarios, and what each needs')
    .option('--storms', 'list the storms instead: named fault profiles for run --storm')
    .option('--names', 'print only the names')
    .option('--json', 'print the list as JSON')
    .action(async (options: Options) => {
      io.stdout.write(options.storms ? stormList(io, options) : await scenarioList(io, options));
    });
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const names = (items: readonly {readonly name: string}[]): string =>
  items.map(({name}) => `${name}\n`).join('');

const roomBeside = (io: CliIo, indent: number): number =>
  (io.stdout.columns ?? Number.POSITIVE_INFINITY) - indent;

const stormList = (io: CliIo, options: Options): string => {
  if (options.names) return names(storms);
  const rows = storms.map(({name, summary, fits, phases}) => ({
    name,
    summary,
    fits,
    durationMs: durationOf(phases),
  }));
  if (options.json) return json(rows);
  const width = Math.max(...rows.map(({name}) => name.length));
  const room = roomBeside(io, width + 2);
  return rows
    .map(({name, summary, fits, durationMs}) => {
      const what = `${summary} (${plannedDuration(durationMs)}${fits === 'tcp' ? '' : `; for clients of ${titleOf(fits)}`})`;
      return `${name.padEnd(width)}  ${wrapped(what, room).join(`\n${' '.repeat(width + 2)}`)}\n`;
    })
    .join('');
};

const scenarioList = async (io: CliIo, options: Options): Promise<string> => {
  if (options.names) return names(builtins);
  const {missingFor} = await import('../needs.ts');
  const rows = builtins.map((builtin): Listed => ({builtin, missing: missingFor(builtin, io)}));
  if (options.json) {
    return json(
      rows.map(({builtin, missing: {packages, service, toolchain}}) => ({
        ...builtin,
        missing: {packages, service: service === null ? null : builtin.needs.service, toolchain},
      })),
    );
  }
  return `${groups.map(group => groupText(io, group, rows)).join('\n')}\n${footer}`;
};

const groups: readonly {readonly group: BuiltinGroup; readonly title: string}[] = [
  {group: 'start', title: 'Start here'},
  {group: 'case', title: 'Case studies (5 trials of each variant)'},
  {group: 'library', title: 'Libraries (also: run --all)'},
  {group: 'python', title: 'Libraries in Python (also: run --all --language python)'},
  {group: 'go', title: 'Libraries in Go (also: run --all --language go)'},
  {group: 'java', title: 'Libraries in Java (also: run --all --language java)'},
  {group: 'inside', title: 'Inside a library'},
];

const footer = `Run one:      foulweather run NAME   (add --start-services if it needs a server)
Fault plans:  foulweather list --storms
Your own:     foulweather init
`;

type Listed = {readonly builtin: Builtin; readonly missing: Missing};

const groupText = (io: CliIo, {group, title}: (typeof groups)[number], all: readonly Listed[]): string => {
  const paint = colours(io, io.stdout);
  const own = all.filter(({builtin}) => builtin.group === group);
  const width = Math.max(...own.map(({builtin}) => builtin.name.length));
  return [paint.bold(title), ...own.map(listed => itemText(io, paint, width, listed))]
    .map(line => `${line}\n`)
    .join('');
};

/** A mark for whether it can run, its name, and what it is; below, in brackets, what it needs or lacks. */
const itemText = (io: CliIo, paint: Colours, width: number, {builtin, missing}: Listed): string => {
  const isReady = missing.packages.length === 0 && missing.service === null && missing.toolchain === null;
  const mark = isReady ? paint.green('✓') : paint.yellow('✗');
  const indent = ' '.repeat(width + 6);
  const needs = isReady ? needsText(builtin) : missingText(missing);
  const room = roomBeside(io, indent.length);
  const what = `${builtin.summary}${isReady && needs !== '' ? ` (${needs})` : ''}`;
  return [
    `  ${mark} ${builtin.name.padEnd(width)}  ${wrapped(what, room).join(`\n${indent}`)}`,
    ...(isReady ? [] : [`${indent}${paint.yellow(needs)}`]),
  ].join('\n');
};

/** The library is in the summary already. */
const needsText = ({needs: {service}}: Builtin): string =>
  service === null ? '' : `needs ${services[service].title}`;

const missingText = ({packages, service, toolchain}: Missing): string => {
  const commands = [
    ...(toolchain === null ? [] : [toolchain]),
    ...(packages.length > 0 ? [`npm install ${packages.join(' ')}`] : []),
    ...(service === null ? [] : [installCommand(service)]),
  ];
  return `missing: ${commands.join('; ')}`;
};
