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

/** One process with the library, driven through all phases. */
export type ResultTrial = {
  /** The variant and the number of the trial, as its folder is named: `defaults-1`. */
  readonly id: string;
  /** From 1 on; trials of the variants with the same number make a pair. */
  readonly number: number;
  /** What its random choices were made from. */
  readonly seed: number;
  /** Of this trial alone. */
  readonly verdict: Verdict;
  /** How the process with the library ended. */
  readonly end: SubjectEnd;
  /** The exit code of that process; null where a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended that process, such as `SIGKILL`; null where none did. */
  readonly signal: string | null;
  /** Milliseconds from the end of a fault until the first three good seconds in a row, for the slowest recovery; null where it did not come to that. */
  readonly timeToRecoverMs: number | null;
  /** Where every operation of the trial went, over all phases. */
  readonly account: Account;
  /** The figures of each phase that the trial reached, in order. */
  readonly phases: readonly PhaseSummary[];
  /** Each goal, held against this trial. Absent in older results. */
  readonly goals?: readonly GoalResult[];
  /** What the detector of each symptom found. */
  readonly findings: readonly Finding[];
  /** The telemetry against OpenTelemetry's semantic conventions; null where it could not be held against them. */
  readonly conventions: readonly ConventionFinding[] | null;
  /** What several symptoms mean together; empty where none applies. */
  readonly diagnoses: readonly Diagnosis[];
  /** What keeps this trial from being judged; empty where nothing does. */
  readonly gates: readonly Gate[];
};

/** One configuration of the library. */
export type ResultVariant = {
  /** The name that the scenario gives it. */
  readonly name: string;
  /** `baseline`: what the others are compared with · `candidate`: whose verdict is that of the run · `other`: reported, and not compared. */
  readonly role: 'baseline' | 'candidate' | 'other';
  /** What it changes against the first variant, as a sentence; null where the scenario says nothing. */
  readonly change: string | null;
  /** The options that the library was opened with, without secrets. */
  readonly options: Json;
  /** The versions of the packages that were loaded, by name. */
  readonly versions: {readonly [name: string]: string};
  /** Each goal over all trials of the variant. */
  readonly goals: readonly GoalStory[];
  /** The figures of each phase: medians over the trials. */
  readonly phases: readonly PhaseSummary[];
  /** In order of their numbers. */
  readonly trials: readonly ResultTrial[];
};

/** What is known of a symptom before any run. */
export type ResultSymptom = Pick<SymptomFacts, 'summary' | 'cause' | 'remedy' | 'source'>;

/** A run of foulweather: what was tried, what happened, and what was concluded. */
export type Result = {
  /** The version of this format. */
  readonly schemaVersion: typeof resultSchemaVersion;
  /** The name of the run, and of its folder. */
  readonly runId: string;
  /** The name of the scenario. */
  readonly scenario: string;
  /** `complete`: all trials were made · `interrupted`: the user ended it · `failed`: the run broke off · `running`: it has not ended. */
  readonly status: RunRecord['status'];
  /** The verdict of the run, which is that of the candidate. */
  readonly verdict: Verdict;
  /** The variant whose verdict is that of the run: the last one. */
  readonly candidate: string;
  /** The result in one sentence. */
  readonly headline: string;
  /** What keeps the run as a whole from being judged. */
  readonly gates: readonly Gate[];
  /** When the run began, as an ISO 8601 date and time in UTC. */
  readonly startedAt: string;
  /** When it ended, in the same form; null where it did not. */
  readonly endedAt: string | null;
  /** What the random choices of the run are made from; the same seed repeats them. */
  readonly seed: number;
  /** The command that repeats the run. */
  readonly command: string;
  /** How many trials of each variant were planned. */
  readonly trialsPerVariant: number;
  /** How narrow the interval of the goodput ratio was to become, and how that ended; null where the number of trials was fixed. */
  readonly precision: RunRecord['precision'] | null;
  /** Successes per second of all phases but the warm-up, candidate over baseline; null with fewer than five pairs. */
  readonly goodputRatio: RatioInterval | null;
  /** The same over the phases that both saw, for as long as each lived; null where no process of the baseline died. */
  readonly livedGoodputRatio: RatioInterval | null;
  /** Where and with what the run was made. */
  readonly environment: Environment;
  /** What the harness itself costs; null where it was not measured. */
  readonly calibration: Calibration | null;
  /** In the order of the scenario; the first one is the baseline. */
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

/** Null where the variant has no trial of that id. */
export const withOneTrial = (variant: ResultVariant, trialId: string): ResultVariant | null => {
  const trial = variant.trials.find(({id}) => id === trialId);
  if (!trial) return null;
  return {
    ...variant,
    trials: [trial],
    phases: trial.phases,
    goals: variant.goals.flatMap(story => {
      const own = trial.goals?.find(({phase, metric}) => phase === story.phase && metric === story.metric);
      if (!own) return [];
      const {verdict, value, count, reason} = own;
      const metCount = verdict === 'met' ? 1 : 0;
      return [
        {...story, verdict, value, count, metCount, trialCount: 1, reasons: reason === null ? [] : [reason]},
      ];
    }),
  };
};
