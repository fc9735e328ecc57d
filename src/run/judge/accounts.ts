// Accounts of all operations: offered = started + dropped; started = outcomes + still in flight.

import {DriverMeasure} from '../../measures/measure.ts';
import type {PhaseFigures} from '../../model/driver-witness.ts';
import {outcomeStatuses} from '../../model/outcome.ts';
import type {Account, Gate} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';

/** Of all phases that the trial reached, the warm-up included. */
export const accountOf = (trial: Trial): Account => {
  const driver = new DriverMeasure(
    trial,
    trial.driver.phases.map(({phase}) => phase),
  );
  const started = driver.total('started');
  const {outcomes, settled} = driver;
  return {
    offered: driver.total('offered'),
    started,
    dropped: driver.total('dropped'),
    outcomes,
    inFlight: started - settled - outcomes.hung,
  };
};

/**
 * The driver keeps three accounts: what was offered, what was counted per phase, and a byte per operation. They must
 * agree, per phase and so in total. Of a trial that was cut short the last page of one may be missing; then only what
 * comes in one piece is compared.
 */
export const accountGates = (trial: Trial): Gate[] => {
  const {phases} = trial.driver;
  const mistakes = [
    ...phases.flatMap(figures => sumMistakes(trial, figures)),
    ...(trial.closing === null ? [] : byteMistakes(trial)),
  ];
  if (mistakes.length === 0) return [];
  return [
    {
      name: 'accounting-mismatch',
      reason: `Not every operation is accounted for: ${mistakes.join('; ')}.`,
      advice: 'This is a bug in foulweather. Please report it and attach the run folder.',
    },
  ];
};

const phaseName = ({plan}: Trial, phase: number): string => plan.phases[phase]?.name ?? `number ${phase}`;

const endOf = ({outcomes}: PhaseFigures): number =>
  Object.values(outcomes).reduce((sum, count) => sum + count, 0);

const sumMistakes = (trial: Trial, figures: PhaseFigures): string[] => {
  const {phase, offered, started, dropped} = figures;
  const name = phaseName(trial, phase);
  const ended = endOf(figures);
  return [
    ...(offered === started + dropped
      ? []
      : [`in phase ${name}, ${offered} were offered, but ${started} started and ${dropped} dropped`]),
    ...(ended <= started ? [] : [`in phase ${name}, ${started} started, but ${ended} ended`]),
  ];
};

/** The bytes of the operations, compared with what was counted: each outcome, and what is still in flight. */
const byteMistakes = (trial: Trial): string[] => {
  const byPhase = countBytes(trial);
  const reported = new Map(trial.driver.phases.map(figures => [figures.phase, figures]));
  return [...new Set([...byPhase.keys(), ...reported.keys()])].flatMap(phase => {
    const bytes = byPhase.get(phase);
    const figures = reported.get(phase);
    return outcomeStatuses.flatMap((status, code) => {
      const noted = bytes?.[code] ?? 0;
      const counted =
        figures === undefined
          ? 0
          : status === 'in-flight'
            ? figures.started - endOf(figures)
            : figures.outcomes[status];
      const name = phaseName(trial, phase);
      return noted === counted
        ? []
        : [`in phase ${name}, ${counted} were counted as ${status}, but ${noted} recorded`];
    });
  });
};

/** By phase, how many operations have each outcome code. */
const countBytes = ({driver}: Trial): Map<number, Uint32Array> => {
  const {outcomes, operationPhases} = driver;
  const all = new Uint32Array(256 * outcomeStatuses.length);
  for (let index = 0; index < outcomes.length; index++) {
    all[operationPhases[index]! * outcomeStatuses.length + outcomes[index]!]!++;
  }
  const byPhase = new Map<number, Uint32Array>();
  for (let phase = 0; phase < 256; phase++) {
    const counts = all.subarray(phase * outcomeStatuses.length, (phase + 1) * outcomeStatuses.length);
    if (counts.some(count => count > 0)) byPhase.set(phase, counts);
  }
  return byPhase;
};
