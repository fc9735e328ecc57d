// A retry storm: attempts per operation in a fault phase, warn above 1.1, fail above 3.
// Source: AWS Builders' Library, «Timeouts, retries and backoff with jitter»; Google SRE book, «Addressing cascading failures».
import type {Detector} from '../model/finding.ts';
import {DriverMeasure, measureLedger, phasesOf} from './measure.ts';
import {firstIds, inconclusive, phaseName, presentIf} from './say.ts';

const warnAbove = 1.1;
const failAbove = 3;

export const retryAmplification: Detector = trial => {
  const {ledger} = trial;
  if (!ledger)
    return inconclusive('retry-amplification', 'the target keeps no ledger, so its attempts are not known');
  const found = phasesOf(trial, 'fault')
    .map(index => {
      const started = new DriverMeasure(trial, [index]).total('started');
      const attempts = measureLedger(trial, [index])?.attempts ?? 0;
      return {index, started, attempts, ratio: started === 0 ? 0 : attempts / started};
    })
    .filter(({ratio}) => ratio > warnAbove)
    .sort((a, b) => b.ratio - a.ratio)
    .map(({index, started, attempts, ratio}) => {
      const phase = phaseName(trial, index);
      const retried = (operation: number): boolean =>
        trial.driver.operationPhases[operation] === index && (ledger.attempts[operation] ?? 0) > 1;
      return {
        phase,
        ratio,
        evidence: {
          witness: 'target' as const,
          says: `The target saw ${attempts} attempts of ${started} operations in phase ${phase}: ${ratio.toFixed(2)} each.`,
          value: ratio,
          threshold: ratio > failAbove ? failAbove : warnAbove,
          unit: 'ratio' as const,
          count: started,
          operations: firstIds(trial, retried),
        },
      };
    });
  const worst = found[0]?.ratio ?? 0;
  return presentIf('retry-amplification', worst > failAbove ? 'fail' : 'warn', found);
};
