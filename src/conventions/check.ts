// Checks a trial's telemetry against the semantic conventions. Pure, so that a saved run can be checked again with
// newer rules.
import type {ConventionFinding} from '../model/convention.ts';
import {conventionLevels} from '../model/convention.ts';
import type {Trial} from '../model/trial.ts';
import {checkDurations, checkMetrics} from './check-metrics.ts';
import {checkOperations} from './check-operations.ts';
import {checkSpans} from './check-spans.ts';

/** Null without telemetry, or in a run that was saved before the shapes of spans were kept. The worst first. */
export const checkConventions = (trial: Trial): ConventionFinding[] | null => {
  const {telemetry} = trial;
  if (!telemetry?.shapes) return null;
  const findings = [
    ...checkSpans(telemetry.shapes),
    ...checkMetrics(telemetry.metrics),
    ...checkDurations(telemetry.shapes, telemetry.metrics),
    ...checkOperations(trial),
  ];
  return findings.sort((a, b) => conventionLevels.indexOf(a.level) - conventionLevels.indexOf(b.level));
};
