// The phases of a scenario: what is wrong with them, and those that a trial has where they are repeated in cycles.
import type {Phase} from '../model/plan.ts';
import type {CheckedScenario} from '../model/schema/scenario.ts';

const reservedNames: ReadonlyMap<string, string> = new Map([
  ['run', 'the whole run in goals'],
  ['start', 'the time before the first phase'],
  ['drain', 'the time after the last phase'],
]);

export const phaseMistakes = ({phases}: CheckedScenario): string[] =>
  phases.flatMap(({name, role, faults, durationMs, prolongedToMs}) => {
    const mistakes: string[] = [];
    if (role === 'fault' && faults.length === 0) {
      mistakes.push(`phases: "${name}" is a fault phase without faults`);
    }
    if (role !== 'fault' && faults.length > 0) {
      mistakes.push(`phases: "${name}" has faults, so its role must be 'fault'`);
    }
    if (prolongedToMs !== undefined && role !== 'recovery') {
      mistakes.push(`phases: "${name}": prolongedToMs is only allowed in a recovery`);
    } else if (prolongedToMs !== undefined && prolongedToMs <= durationMs) {
      mistakes.push(`phases: "${name}": prolongedToMs must be longer than durationMs`);
    }
    const meaning = reservedNames.get(name);
    if (meaning) mistakes.push(`phases: "${name}" stands for ${meaning}; choose another name`);
    return mistakes;
  });

/** The phase of an operation is kept in a byte, and one value stands for none. */
const phasesAtMost = 255;

export const tooManyPhases = ({phases, cycles}: CheckedScenario): string[] => {
  const {length} = inCycles(phases, cycles);
  return length <= phasesAtMost
    ? []
    : [
        `cycles: ${cycles} cycles make ${length} phases, and a trial has at most ${phasesAtMost}; repeat fewer phases, or repeat them less often`,
      ];
};

/** Names stay different from each other, and say which repetition they are: a name that a user gives has no `#`. */
export const inCycles = (phases: readonly Phase[], cycles: number): readonly Phase[] => {
  const from = phases.findIndex(({role}) => role === 'fault');
  const to = phases.findLastIndex(({role}) => role === 'recovery') + 1;
  if (cycles === 1 || from < 0) return phases;
  const cycle = phases.slice(from, Math.max(to, from + 1));
  const again = Array.from({length: cycles - 1}, (_, index) =>
    cycle.map(phase => ({...phase, name: `${phase.name}#${index + 2}`})),
  ).flat();
  return [...phases.slice(0, from), ...cycle, ...again, ...phases.slice(from + cycle.length)];
};
