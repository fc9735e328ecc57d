// Whether the faults were what the scenario asks for: one that hit nothing, or by other dice, is another test.
import type {ProxyWitness} from '../../model/proxy-witness.ts';
import type {Gate, PhaseSummary} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';
import {binomialInterval} from '../../stats/binomial.ts';

export const faultGates = ({injector}: Pick<Trial, 'injector'>, phases: readonly PhaseSummary[]): Gate[] => [
  ...faultsFailed(injector),
  ...faultsHit(phases),
  ...faultRates(phases),
];

/** What the subject then met was none of its faults. A run of an older version does not know. */
const faultsFailed = (injector: Trial['injector']): Gate[] => {
  const {failedConnections, lastFailure}: Partial<ProxyWitness> = injector.at(-1)?.witness ?? {};
  if (!failedConnections) return [];
  const [error = ''] = (lastFailure ?? '').split('\n', 1);
  return [
    {
      name: 'fault-failed',
      reason: `The injector reset connections (${failedConnections}) on which a fault failed: ${error}`,
      advice: 'It is a defect of foulweather; the journal of the trial has the stack of the last one.',
    },
  ];
};

/** A fault that hit nothing is not a test. */
const faultsHit = (phases: readonly PhaseSummary[]): Gate[] =>
  phases.flatMap(({phase, faults, started}) =>
    faults
      .filter(({actions}) => actions === 0)
      .map(({kind}) => ({
        name: 'fault-without-hits',
        reason: `The fault ${kind} of phase ${phase} hit nothing, with ${started} operations started.`,
        advice:
          'Make the phase longer, the load higher, or the fault more probable; see that what it matches is what the library sends, and that the library uses the URL it is given.',
      })),
  );

/** A fault that hit more or less often than it was asked to is another fault than the report says. */
const faultRates = (phases: readonly PhaseSummary[]): Gate[] =>
  phases.flatMap(({phase, faults}) =>
    faults.flatMap(({kind, askedRatio, decisions, applied}) => {
      if (askedRatio === null || !decisions || applied === null) return [];
      const {low, high} = binomialInterval(applied, decisions);
      if (askedRatio >= low && askedRatio <= high) return [];
      return [
        {
          name: 'fault-rate-off',
          reason: `The fault ${kind} of phase ${phase} was asked to hit ${percentOf(askedRatio)} and hit ${applied} of ${decisions}, which tells of ${percentOf(low)} to ${percentOf(high)} (99 % interval).`,
          advice:
            'Run it again with another --seed: one run in a hundred is off by chance. If it stays, it is a defect of foulweather.',
        },
      ];
    }),
  );

const percentOf = (ratio: number): string => `${Number((ratio * 100).toFixed(1))} %`;
