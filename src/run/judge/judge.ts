// The verdict: goals, findings and gates of each trial; that of the run is the candidate's.

import {checkConventions} from '../../conventions/check.ts';
import {measureRecovery} from '../../measures/recovery.ts';
import type {Evidence, Finding} from '../../model/finding.ts';
import type {Phase} from '../../model/plan.ts';
import type {Calibration, Judgement, PhaseSummary, TrialJudgement} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';
import {detect} from '../../symptoms/detect.ts';
import {picturesOf} from '../../symptoms/diagnoses.ts';
import {accountOf} from './accounts.ts';
import {faultsAfterWedge} from './fault-gates.ts';
import {checkGates, recoveryGates} from './gates.ts';
import {judgeGoals} from './goals.ts';
import {summarisePhases} from './summarise.ts';
import {verdictOf, worst} from './verdict.ts';
import {wholeTrial} from './whole-trial.ts';

/**
 * Pure: the same trials give the same judgement, today or from a saved run.
 * @param calibrationOf that of the machine on which the trial was made
 */
export const judgeRun = (
  trials: readonly Trial[],
  variants: readonly string[],
  calibrationOf: (trialId: string) => Calibration | null = () => null,
): Judgement => {
  const judged = trials
    .filter(({continues}) => continues === null)
    .map(first => {
      const parts = trials.filter(({continues}) => continues === first.id);
      return wholeTrial(phasesOfAll([first, ...parts]), [
        judgeTrial(first, calibrationOf(first.id)),
        ...parts.map(part => judgeTrial(part, calibrationOf(part.id))),
      ]);
    });
  const candidate = variants.at(-1) ?? '';
  return {
    verdict: worst(judged.filter(trial => trial.variant === candidate).map(trial => trial.verdict)),
    candidate,
    gates: [],
    trials: judged,
  };
};

/** A phase that several subjects saw is listed once, in the place of the first. */
const phasesOfAll = (trials: readonly Trial[]): Phase[] => [
  ...new Map(trials.flatMap(({plan}) => plan.phases).map(phase => [phase.name, phase])).values(),
];

const judgeTrial = (trial: Trial, calibration: Calibration | null): TrialJudgement => {
  const phases = summarisePhases(trial);
  const goals = judgeGoals(trial, calibration);
  const findings = withConsequences(detect(trial), trial, phases);
  const recovery = measureRecovery(trial);
  const isMissed = verdictOf({goals, findings, gates: []}) === 'missed';
  const gates = [
    ...checkGates({trial, phases, goals, calibration}),
    ...(isMissed ? [] : recoveryGates(phases)),
  ];
  return {
    trialId: trial.id,
    variant: trial.variant,
    verdict: verdictOf({goals, findings, gates}),
    phases,
    account: accountOf(trial),
    timeToRecoverMs: recovery.kind === 'recovered' ? recovery.afterMs : null,
    goals,
    findings,
    diagnoses: picturesOf(findings, phases),
    conventions: checkConventions(trial),
    gates,
  };
};

/** A wedged client leaves later faults nothing to hit; that is reported with the wedge. */
const withConsequences = (
  findings: readonly Finding[],
  trial: Trial,
  phases: readonly PhaseSummary[],
): Finding[] => {
  const unreached = faultsAfterWedge(trial, phases).map(
    ({phase, kind, since}): Evidence => ({
      witness: 'injector',
      phase: phase.phase,
      statement: `The fault ${kind} of phase ${phase.phase} found no client to hit: nothing had succeeded since phase ${since}.`,
      value: 0,
      threshold: 0,
      unit: 'count',
      count: phase.started,
      operations: [],
    }),
  );
  return findings.map(finding =>
    finding.symptom === 'wedged-client' && finding.verdict === 'present'
      ? {...finding, evidence: [...finding.evidence, ...unreached]}
      : finding,
  );
};
