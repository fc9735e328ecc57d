// Which phases a column of the weather report gathers, and which columns are side by side.
import test from 'ava';
import type {PhaseRole} from '../../../src/model/choices.ts';
import {blackhole, type Fault, latency, refuse, resetPeer, stall} from '../../../src/model/fault.ts';
import {httpFault, httpStatus} from '../../../src/model/http-fault.ts';
import type {Phase} from '../../../src/model/plan.ts';
import {columnsOf, gatherColumns} from '../../../src/report/weather/rows.ts';

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

const faultPhase = (name: string, ...faults: readonly Fault[]): Phase => ({
  name,
  role: 'fault',
  durationMs: 1,
  faults,
});

test('columns are gathered by what their faults have in common, and the rest is last', t => {
  const first = columnsOf([
    faultPhase('reset', resetPeer()),
    faultPhase('refused', refuse()),
    faultPhase('hole', blackhole()),
    faultPhase('latency', latency({latencyMs: 100})),
    ...phasesOf('r'),
  ]);
  const second = columnsOf([
    faultPhase('latency', latency({latencyMs: 200})),
    faultPhase('stall', stall()),
    faultPhase('no-answer', httpFault({stage: 'response', action: 'hang'})),
    faultPhase('aborted', httpFault({stage: 'response', action: 'abort'})),
    faultPhase('unavailable', httpStatus({status: 503})),
    ...phasesOf('r2'),
  ]);
  const {columns, about} = gatherColumns([first, second]);
  t.deepEqual(
    columns.map(column => `${about[column]!.group} ${column}`),
    [
      'slow latency',
      'silent hole',
      'silent stall',
      'silent no-answer',
      'cut reset',
      'cut aborted',
      'unreachable refused',
      'wrong unavailable',
      'rest r',
      'rest r2',
      `rest ${rest}`,
    ],
  );
  t.is(about['refused']!.fault, 'connections refused, live ones cut');
  t.is(about['latency']!.fault, null, 'two scenarios differ in it');
});
