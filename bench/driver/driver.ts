// What the driver and whole runs cost, and how exact they are: a table of rows that are measured one by one.
import {figureOf, type Part, type Row, wantedOf} from '../part.ts';
import {engineRow} from './engine.ts';
import {judgingRow} from './judging.ts';
import {parentMemoryRow, subjectHeldMemoryRow, subjectMemoryRow} from './memory.ts';
import {profilesRow} from './profiles.ts';
import {programRow} from './program.ts';
import type {DriverRow} from './row.ts';
import {startsRow} from './starts.ts';
import {throughputRow} from './throughput.ts';
import {versionRow} from './version.ts';

const driverRows: readonly DriverRow[] = [
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

export const part: Part = {
  title: 'The driver and whole runs',
  rounds: {full: 6, quick: 2},
  missing: () => null,
  async measure({rounds, isQuick, takes}) {
    const rows: Row[] = [];
    const notes: string[] = [];
    for (const {title, unit, digits, limit, measure} of driverRows.filter(row => takes(row.title))) {
      process.stderr.write(`  ${title}\n`);
      const measured = await measure({rounds, scale: isQuick ? 0.2 : 1});
      const figure = figureOf(title, measured.rounds);
      rows.push({
        title,
        unit,
        digits,
        figure,
        beside: {},
        ratio: null,
        wanted: wantedOf(figure, limit, unit),
      });
      notes.push(...measured.notes);
    }
    return {rows, notes};
  },
};
