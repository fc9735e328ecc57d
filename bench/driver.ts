// What the driver costs, and how exact it is: `npm run bench:driver`. --only takes the names of rows, several by commas;
// --quick is a smoke run whose figures say little; --json prints JSON.
import {cpus, loadavg, release} from 'node:os';
import {parseArgs} from 'node:util';
import {markdownTable} from 'markdown-table';
import {engineRow} from './driver/engine.ts';
import {judgingRow} from './driver/judging.ts';
import {parentMemoryRow, subjectHeldMemoryRow, subjectMemoryRow} from './driver/memory.ts';
import {profilesRow} from './driver/profiles.ts';
import {programRow} from './driver/program.ts';
import {type Outcome, type Row, runRow} from './driver/row.ts';
import {startsRow} from './driver/starts.ts';
import {throughputRow} from './driver/throughput.ts';
import {versionRow} from './driver/version.ts';

const rows: readonly Row[] = [
  engineRow,
  throughputRow,
  startsRow,
  subjectMemoryRow,
  subjectHeldMemoryRow,
  parentMemoryRow,
  judgingRow,
  versionRow,
  profilesRow,
  programRow,
];
const names = rows.map(row => row.name);
const {values: flags} = parseArgs({
  options: {
    only: {type: 'string', default: names.join(',')},
    quick: {type: 'boolean', default: false},
    json: {type: 'boolean', default: false},
  },
});
const wanted = flags.only.split(',');
for (const name of wanted) if (!names.includes(name)) throw new Error(`--only takes ${names.join(', ')}`);

const setting = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}`,
  node: process.version,
  loadBefore: loadavg()[0] ?? 0,
};
const outcomes: Outcome[] = [];
for (const row of rows.filter(({name}) => wanted.includes(name))) {
  process.stderr.write(`${row.title}\n`);
  outcomes.push(await runRow(row, flags.quick ? {rounds: 2, scale: 0.2} : {rounds: 6, scale: 1}));
}

const shown = (value: number, {digits, unit}: Outcome['row']): string => `${value.toFixed(digits)} ${unit}`;
const limitOf = ({row}: Outcome): string =>
  'atMost' in row.limit ? `≤ ${row.limit.atMost} ${row.unit}` : `≥ ${row.limit.atLeast} ${row.unit}`;

if (flags.json) {
  process.stdout.write(`${JSON.stringify({setting, outcomes}, null, 2)}\n`);
} else {
  const table = markdownTable(
    [
      ['', 'Figure', 'Median ± spread', 'Rounds', 'Wanted', 'Verdict'],
      ...outcomes.map(outcome => [
        outcome.row.point === null ? '' : `(${outcome.row.point})`,
        outcome.row.title,
        `${shown(outcome.median, outcome.row)} ± ${shown(outcome.spread, outcome.row)}`,
        String(outcome.rounds.length),
        limitOf(outcome),
        outcome.verdict,
      ]),
    ],
    {align: ['l', 'l', 'r', 'r', 'r', 'l']},
  );
  const {date, machine, node, loadBefore} = setting;
  const lines = [
    `${date} · ${machine} · Node ${node} · load average before: ${loadBefore.toFixed(1)}`,
    '',
    table,
    ...outcomes.flatMap(({row, details, table: beside}) => [
      '',
      `**${row.name}**`,
      '',
      ...details.map(detail => `- ${detail}`),
      ...(beside ? ['', markdownTable([...beside].map(cells => [...cells]))] : []),
    ]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
