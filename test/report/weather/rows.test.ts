// Which phases a column of the weather report gathers.
import test from 'ava';
import type {Phase, PhaseRole} from '../../../src/model/plan.ts';
import {columnsOf} from '../../../src/report/weather/rows.ts';

const roles: {readonly [letter: string]: PhaseRole} = {
  w: 'warm-up',
  b: 'baseline',
  f: 'fault',
  r: 'recovery',
};

/** `w b f1 r1`: each phase is named as it is written. */
const phasesOf = (text: string): Phase[] =>
  text.split(' ').map(name => ({name, role: roles[name[0]!]!, durationMs: 1, faults: []}));

const gathers = test.macro<[string, {readonly [column: string]: string}]>({
  title: (_, phases) => `"${phases}"`,
  exec(t, phases, expected) {
    const columns = columnsOf(phasesOf(phases)).map(({column, phases: own}) => [column, own.join(' ')]);
    t.deepEqual(Object.fromEntries(columns), expected);
    t.deepEqual(
      columns.map(([column]) => column),
      Object.keys(expected),
    );
  },
});

const rest = 'rest of the run';

test(gathers, 'w b f1 r1 f2 r2', {f1: 'f1 r1', f2: 'f2 r2', [rest]: 'w b start drain run'});
test(gathers, 'w b f1 f2 f3 r', {f1: 'f1', f2: 'f2', f3: 'f3', r: 'r', [rest]: 'w b start drain run'});
test(gathers, 'b f1 f2', {f1: 'f1', f2: 'f2', [rest]: 'b start drain run'});
test(gathers, 'b f1 r1 r2', {f1: 'f1 r1', r2: 'r2', [rest]: 'b start drain run'});
test(gathers, 'b r1 f1 r2', {r1: 'r1', f1: 'f1 r2', [rest]: 'b start drain run'});
test(gathers, 'b', {[rest]: 'b start drain run'});
