// result.json: the run as data, for machines that compare, gate and draw.
import type {ConventionFinding} from '../../model/convention.ts';
import type {Diagnosis} from '../../model/diagnosis.ts';
import type {Finding} from '../../model/finding.ts';
import type {GoalResult, Verdict} from '../../model/goal.ts';
import type {Json} from '../../model/plan.ts';
import type {Account, Calibration, Environment, Gate, PhaseSummary, RunRecord} from '../../model/run.ts';
import type {SymptomFacts} from '../../model/symptoms/facts.ts';
import {type SymptomId, symptomIds, symptoms} from '../../model/symptoms.ts';
import type {SubjectEnd} from '../../model/trial.ts';
import type {RatioInterval} from '../../stats/bootstrap.ts';
import {headlineOf} from '../case-study/headline.ts';
import type {GoalStory, JudgedTrial, RunStory, VariantStory} from '../case-study/run-story.ts';
import {compareGoodput, compareLivedGoodput} from '../comparison/before-after.ts';

/** Grows by new fields without a new number; the number changes when a field goes or means something else. */
export const resultSchemaVersion = 2;

export type ResultTrial = {
  readonly id: string;
  readonly number: number;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly end: SubjectEnd;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timeToRecoverMs: number | null;
  readonly account: Account;
  readonly phases: readonly PhaseSummary[];
  /** Absent in results of old. */
  readonly goals?: readonly GoalResult[];
  readonly findings: readonly Finding[];
  /** The telemetry against OpenTelemetry's semantic conventions; null where it could not be held against them. */
  readonly conventions: readonly ConventionFinding[] | null;
  readonly diagnoses: readonly Diagnosis[];
  readonly gates: readonly Gate[];
};

export type ResultVariant = {
  readonly name: string;
  readonly role: 'baseline' | 'candidate' | 'other';
  readonly change: string | null;
  readonly options: Json;
  readonly versions: {readonly [name: string]: string};
  readonly goals: readonly GoalStory[];
  /** Medians over the trials. */
  readonly phases: readonly PhaseSummary[];
  readonly trials: readonly ResultTrial[];
};

/** What is known of a symptom before any run. */
export type ResultSymptom = Pick<SymptomFacts, 'summary' | 'cause' | 'remedy' | 'source'>;

export type Result = {
  readonly schemaVersion: typeof resultSchemaVersion;
  readonly runId: string;
  readonly scenario: string;
  readonly status: RunRecord['status'];
  readonly verdict: Verdict;
  /** Whose verdict it is. */
  readonly candidate: string;
  readonly headline: string;
  /** What keeps the run as a whole from being judged. */
  readonly gates: readonly Gate[];
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly seed: number;
  readonly command: string;
  readonly trialsPerVariant: number;
  /** Null where the number of trials was fixed. */
  readonly precision: RunRecord['precision'] | null;
  /** Successes per second of all phases but the warm-up, candidate over baseline; null with fewer than five pairs. */
  readonly goodputRatio: RatioInterval | null;
  /** The same over the phases that both saw, for as long as each lived; null where no process of the baseline died. */
  readonly livedGoodputRatio: RatioInterval | null;
  readonly environment: Environment;
  readonly calibration: Calibration | null;
  readonly variants: readonly ResultVariant[];
  /** By id, each symptom that a finding tells to be present: its usual cause, its usual remedy, and where that is from. */
  readonly symptoms: {readonly [symptom: string]: ResultSymptom};
};

export const resultOf = (story: RunStory): Result => {
  const {record, judgement} = story.run;
  return {
    schemaVersion: resultSchemaVersion,
    runId: record.id,
    scenario: record.plan.name,
    status: record.status,
    verdict: judgement.verdict,
    candidate: judgement.candidate,
    headline: headlineOf(story),
    gates: judgement.gates,
    startedAt: record.startedAt,
    endedAt: record.endedAt,
    seed: record.seed,
    command: record.command,
    trialsPerVariant: record.trialsPerVariant,
    precision: record.precision ?? null,
    goodputRatio: story.candidate ? compareGoodput(story) : null,
    livedGoodputRatio: story.candidate ? compareLivedGoodput(story) : null,
    environment: record.environment,
    calibration: record.calibration,
    variants: story.variants.map(variant => variantOf(story, variant)),
    symptoms: Object.fromEntries(
      symptomIds.filter(symptom => isPresent(story, symptom)).map(symptom => [symptom, factsOf(symptom)]),
    ),
  };
};

const isPresent = ({variants}: RunStory, symptom: SymptomId): boolean =>
  variants.some(variant =>
    variant.symptoms.some(story => story.symptom === symptom && story.verdict === 'present'),
  );

const factsOf = (symptom: SymptomId): ResultSymptom => {
  const {summary: sees, cause, remedy, source} = symptoms[symptom];
  return {summary: sees, cause, remedy, source};
};

const variantOf = (story: RunStory, {variant, trials, goals, phases}: VariantStory): ResultVariant => ({
  name: variant.name,
  role:
    variant === story.baseline.variant
      ? 'baseline'
      : variant === story.candidate?.variant
        ? 'candidate'
        : 'other',
  change: variant.change,
  options: variant.options,
  versions: Object.assign({}, ...trials.map(({trial}) => trial.versions)),
  goals,
  phases,
  trials: trials.map(trialOf),
});

const trialOf = ({trial, judgement}: JudgedTrial): ResultTrial => ({
  id: trial.id,
  number: trial.number,
  seed: trial.seed,
  verdict: judgement.verdict,
  end: trial.end,
  exitCode: trial.exit?.exitCode ?? null,
  signal: trial.exit?.signal ?? null,
  timeToRecoverMs: judgement.timeToRecoverMs,
  account: judgement.account,
  phases: judgement.phases,
  goals: judgement.goals,
  findings: judgement.findings,
  conventions: judgement.conventions,
  diagnoses: judgement.diagnoses,
  gates: judgement.gates,
});
