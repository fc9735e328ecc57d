// The verdict: goals, findings and gates of each trial; that of the run is the candidate's.

import {checkConventions} from '../../conventions/check.ts';
import type {Verdict} from '../../model/goal.ts';
import type {Calibration, Judgement, TrialJudgement} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';
import {detect} from '../../symptoms/detect.ts';
import {picturesOf} from '../../symptoms/pictures.ts';
import {measureRecovery} from '../../symptoms/recovery.ts';
import {accountOf} from './accounts.ts';
import {checkGates} from './gates.ts';
import {judgeGoals} from './goals.ts';
import {recoveryGates} from './recovery-gates.ts';
import {summarisePhases} from './summarise.ts';

/** Pure: the same trials give the same judgement, today or from a saved run. */
export const judgeRun = (
  trials: readonly Trial[],
  variants: readonly string[],
  calibration: Calibration | null = null,
): Judgement => {
  const judged = trials.map(trial => judgeTrial(trial, calibration));
  const candidate = variants.at(-1) ?? '';
  return {
    verdict: worst(judged.filter(trial => trial.variant === candidate).map(trial => trial.verdict)),
    candidate,
    gates: [],
    trials: judged,
  };
};

const judgeTrial = (trial: Trial, calibration: Calibration | null): TrialJudgement => {
  const phases = summarisePhases(trial);
  const goals = judgeGoals(trial, calibration);
  const findings = detect(trial);
  const recovery = measureRecovery(trial);
  const failed = findings.some(finding => finding.verdict === 'present' && finding.severity === 'fail');
  const goalVerdict = worst(goals.filter(({limit}) => limit.severity !== 'warn').map(({verdict}) => verdict));
  const isHeld = goals.some(({limit}) => limit.severity !== 'warn');
  const isMissed = failed || (isHeld && goalVerdict === 'missed');
  const gates = [
    ...checkGates({trial, phases, goals, calibration}),
    ...(isMissed ? [] : recoveryGates(phases)),
  ];
  const verdict = gates.length > 0 ? 'inconclusive' : failed ? 'missed' : goalVerdict;
  return {
    trialId: trial.id,
    variant: trial.variant,
    // Without goals that can be missed the symptoms alone decide: no hung, lost, duplicated or crossed operation, no crash,
    // no leak, and a recovery within 5 s are what their defaults ask for.
    verdict: gates.length === 0 && !failed && !isHeld ? 'met' : verdict,
    phases,
    account: accountOf(trial),
    timeToRecoverMs: recovery.kind === 'recovered' ? recovery.afterMs : null,
    goals,
    findings,
    pictures: picturesOf(findings, phases),
    conventions: checkConventions(trial),
    gates,
  };
};

/** Missed is worse than inconclusive, and that is worse than met; of nothing, nothing is known. */
const worst = (verdicts: readonly Verdict[]): Verdict => {
  if (verdicts.includes('missed')) return 'missed';
  if (verdicts.length === 0 || verdicts.includes('inconclusive')) return 'inconclusive';
  return 'met';
};
