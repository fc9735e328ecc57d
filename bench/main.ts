// What foulweather costs, and how exact it is: `npm run bench`. Prints the tables, and writes them into docs/performance.md.
import {readFileSync, writeFileSync} from 'node:fs';
import {cpus, loadavg, release, type} from 'node:os';
import {resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {renderBlock} from './page.ts';
import type {Part} from './part.ts';
import {loadPart, partNames} from './parts.ts';
import {type Outcome, runParts} from './run-parts.ts';

const usage = `npm run bench -- [parts] [options]

  parts         of ${partNames.join(', ')} (all)
  --only TEXT   only rows with this text in their title; may be given several times
  --rounds N    so many rounds of each part
  --quick       a smoke test, whose figures mean little
  --json        JSON, with the figures of every round

  The tables of docs/performance.md are written without --only, --rounds and --quick.
`;

const {values: asked, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    only: {type: 'string', multiple: true, default: []},
    rounds: {type: 'string'},
    quick: {type: 'boolean', default: false},
    json: {type: 'boolean', default: false},
    help: {type: 'boolean', default: false},
  },
});

const file = resolve(import.meta.dirname, '../docs/performance.md');
const say = (line: string): unknown => process.stderr.write(`${line}\n`);

const printed = (outcome: Outcome): string => {
  if (outcome.kind !== 'measured') return `${outcome.part} ${outcome.kind}: ${outcome.reason}`;
  return `${outcome.part}\n\n${renderBlock(outcome.setting, outcome.measurement)}`;
};

const conclude = (outcomes: readonly Outcome[]): void => {
  const written = outcomes.filter(outcome => outcome.kind === 'measured' && outcome.isWritten);
  const text = asked.json ? JSON.stringify(outcomes, null, 2) : outcomes.map(printed).join('\n\n');
  process.stdout.write(`${text}\n`);
  say(`Tables written into docs/performance.md: ${written.map(({part}) => part).join(', ') || 'none'}.`);
  const isMeasured = outcomes.some(({kind}) => kind === 'measured');
  // What a failed part left running ends with this process.
  process.exit(!isMeasured || outcomes.some(({kind}) => kind === 'failed') ? 1 : 0);
};

const bench = async (): Promise<void> => {
  const rounds = asked.rounds === undefined ? null : Number(asked.rounds);
  if (rounds !== null && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new Error(`--rounds ${asked.rounds}: give a whole number above 0`);
  }
  const unknown = positionals.find(name => !partNames.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no part "${unknown}"; choose from ${partNames.join(', ')}`);
  }
  const parts = new Map<string, Part>();
  for (const name of partNames.filter(name => positionals.length === 0 || positionals.includes(name))) {
    parts.set(name, (await loadPart[name]!()).part);
  }
  const outcomes = await runParts(
    parts,
    {isQuick: asked.quick, rounds, only: asked.only},
    {
      page: {read: () => readFileSync(file, 'utf8'), write: page => writeFileSync(file, page)},
      setting: () => ({
        date: new Date().toISOString().slice(0, 10),
        coreCount: cpus().length,
        cpuModel: cpus()[0]?.model.trim() ?? 'unknown CPU',
        system: `${type()} ${release()}`,
        nodeVersion: process.versions.node,
        loadAverage: loadavg()[0] ?? 0,
      }),
      say,
    },
  );
  conclude(outcomes);
};

if (asked.help) process.stdout.write(usage);
else {
  await bench().catch(error => {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
