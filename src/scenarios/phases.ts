// The phases of a scenario: what is wrong with them, and those that a trial has where they are repeated in cycles.
import type {Phase} from '../model/plan.ts';
import type {CheckedScenario} from '../model/schema/scenario.ts';
import {isServerFault} from '../model/server-fault.ts';
import type {Mistake} from './mistakes.ts';

const reservedNames: ReadonlyMap<string, string> = new Map([
  ['run', 'the whole run in goals'],
  ['start', 'the time before the first phase'],
  ['drain', 'the time after the last phase'],
]);

export const phaseMistakes = ({phases, target, cycles}: CheckedScenario): Mistake[] =>
  phases.flatMap(({name, role, faults, durationMs, prolongedToMs, endsWith, load}, index) => {
    const mistakes = serverMistakes(faults, 'service' in target, ['phases', index]);
    const add = (key: string | null, says: string): void => {
      mistakes.push({path: ['phases', index, ...(key === null ? [] : [key])], says});
    };
    if (role === 'fault' && faults.length === 0) add(null, 'is a fault phase without faults');
    if (role !== 'fault' && faults.length > 0) add(null, "has faults, so its role must be 'fault'");
    if (prolongedToMs !== undefined && role !== 'recovery') {
      add('prolongedToMs', 'is only allowed in a recovery phase');
    } else if (prolongedToMs !== undefined && prolongedToMs <= durationMs) {
      add('prolongedToMs', 'must be longer than durationMs');
    }
    if (endsWith !== undefined && (index < phases.length - 1 || faults.length === 0)) {
      add('endsWith', 'is only allowed in the last phase, which must have faults');
    } else if (endsWith !== undefined && inCycles(phases, cycles).at(-1)?.name !== name) {
      add('endsWith', 'is not allowed in a phase that `cycles` repeats: add a recovery before it');
    }
    if (load?.clients !== undefined) {
      mistakes.push({
        path: ['phases', index, 'load', 'clients'],
        says: "is only allowed in the scenario's load, since it applies to all phases",
      });
    }
    const meaning = reservedNames.get(name);
    if (meaning) add('name', `must not be "${name}", which stands for ${meaning}`);
    return mistakes;
  });

/** A server can only be taken away if foulweather has started it, and only once at a time. */
const serverMistakes = (faults: Phase['faults'], isStarted: boolean, path: Mistake['path']): Mistake[] => {
  const positions = faults.flatMap((fault, position) => (isServerFault(fault) ? [position] : []));
  return positions.flatMap((position, index): Mistake[] => {
    const place = [...path, 'faults', position];
    return [
      ...(isStarted
        ? []
        : [{path: place, says: "acts on a server that foulweather starts: use target: {service: '…'}"}]),
      ...(index > 0
        ? [{path: place, says: 'is one too many: a phase has at most one fault of the server'}]
        : []),
    ];
  });
};

/** The phase of an operation is kept in a byte, and one value stands for none. */
const phasesAtMost = 255;

export const tooManyPhases = ({phases, cycles}: CheckedScenario): Mistake[] => {
  const {length} = inCycles(phases, cycles);
  if (length <= phasesAtMost) return [];
  const says = `: ${cycles} cycles make ${length} phases, and a trial can have at most ${phasesAtMost}; repeat fewer phases, or use fewer cycles`;
  return [{path: ['cycles'], says}];
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
