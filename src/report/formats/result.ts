// result.json: the run as data, for machines that compare, gate and draw.
import type {ConventionFinding} from '../../model/convention.ts';
import type {Diagnosis} from '../../model/diagnosis.ts';
import type {Finding} from '../../model/finding.ts';
import type {GoalResult, Verdict} from '../../model/goal.ts';
import type {Json} from '../../model/json.ts';
import type {
  Account,
  Calibration,
  Environment,
  Gate,
  Merged,
  PhaseSummary,
  RunPrecision,
  RunStatus,
  Shard,
} from '../../model/run.ts';
import type {SymptomFacts} from '../../model/symptoms/facts.ts';
import {type SymptomId, symptomIds, symptoms} from '../../model/symptoms.ts';
import type {SubjectEnd} from '../../model/trial.ts';
import type {RatioInterval} from '../../stats/bootstrap.ts';
import {repeatCommand} from '../blocks/shards.ts';
import {headlineOf} from '../case-study/headline.ts';
import type {GoalStory, JudgedTrial, RunStory, VariantStory} from '../case-study/run-story.ts';
import {compareGoodput, compareLivedGoodput} from '../comparison/before-after.ts';

/** Grows by new fields without a new number; the number changes when a field goes or means something else. */
export const resultSchemaVersion = 2;

/** One process with the library, driven through all phases. */
export type ResultTrial = {
  /** Variant and number of the trial, also the name of its folder: `defaults-1`. */
  readonly id: string;
  /** Starts at 1; trials of different variants with the same number form a pair. */
  readonly number: number;
  /** Seed of its random choices. */
  readonly seed: number;
  /** Of this trial alone. */
  readonly verdict: Verdict;
  /** How the process with the library ended. */
  readonly end: SubjectEnd;
  /** The exit code of that process; null where a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended that process, such as `SIGKILL`; null where none did. */
  readonly signal: string | null;
  /** Milliseconds from the end of a fault to the first three good seconds in a row, for the slowest recovery; null if there was none. */
  readonly timeToRecoverMs: number | null;
  /** Milliseconds from SIGTERM until the program had ended. Absent where it was not sent SIGTERM, or did not end. */
  readonly timeToExitMs?: number;
  /** Accounts for every operation of the trial, over all phases. */
  readonly account: Account;
  /** The figures of each phase that the trial reached, in order. */
  readonly phases: readonly PhaseSummary[];
  /** Each goal, evaluated for this trial. Absent in older results. */
  readonly goals?: readonly GoalResult[];
  /** What the detector of each symptom found. */
  readonly findings: readonly Finding[];
  /** The telemetry checked against OpenTelemetry's semantic conventions; null if it could not be checked. */
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
  /** `baseline`: what the others are compared with · `candidate`: decides the verdict of the run · `other`: reported, but not compared. */
  readonly role: 'baseline' | 'candidate' | 'other';
  /** What it changes compared with the first variant, as a sentence; null if the scenario does not say. */
  readonly change: string | null;
  /** The options passed to open(), without secrets. */
  readonly options: Json;
  /** Versions of the loaded packages, by name. */
  readonly versions: {readonly [name: string]: string};
  /** Each goal over all trials of the variant. */
  readonly goals: readonly GoalStory[];
  /** The figures of each phase: medians over the trials. */
  readonly phases: readonly PhaseSummary[];
  /** Ordered by number. */
  readonly trials: readonly ResultTrial[];
};

/** What is known about a symptom, independent of any run. */
export type ResultSymptom = Pick<SymptomFacts, 'summary' | 'cause' | 'remedy' | 'source'>;

/** A run of foulweather: what was tried, what happened and what was concluded. */
export type Result = {
  /** The version of this format. */
  readonly schemaVersion: typeof resultSchemaVersion;
  /** The name of the run, and of its folder. */
  readonly runId: string;
  /** The name of the scenario. */
  readonly scenario: string;
  /** `complete`: all trials ran · `interrupted`: the user stopped it · `failed`: the run was aborted · `running`: it has not ended. */
  readonly status: RunStatus;
  /** The verdict of the run: that of the candidate. */
  readonly verdict: Verdict;
  /** The variant that decides the verdict: the last one. */
  readonly candidate: string;
  /** The result in one sentence. */
  readonly headline: string;
  /** What keeps the run as a whole from being judged. */
  readonly gates: readonly Gate[];
  /** When the run began, as an ISO 8601 date and time in UTC. */
  readonly startedAt: string;
  /** When it ended, in the same format; null if it did not end. */
  readonly endedAt: string | null;
  /** Seed of all random choices; the same seed repeats them. */
  readonly seed: number;
  /** The command that repeats the run. */
  readonly command: string;
  /** How many trials of each variant were planned, in the whole run. */
  readonly trialsPerVariant: number;
  /** Which part of a run this is, if it was dealt out to several machines. Absent where the run is whole. */
  readonly shard?: Shard;
  /** The shards that the run was merged of, each with its machine. Absent where one machine made it. */
  readonly merged?: Merged;
  /** The requested precision of the goodput ratio, and whether it was reached; null if the number of trials was fixed. Absent in older results. */
  readonly precision?: RunPrecision | null;
  /** Successes per second over all phases except the warm-up, candidate divided by baseline; null with fewer than five pairs. */
  readonly goodputRatio: RatioInterval | null;
  /** The same over the phases that both reached, up to the end of each process; null if no process of the baseline crashed. */
  readonly livedGoodputRatio: RatioInterval | null;
  /** The machine and versions of the run; of a merged run those of its first shard. */
  readonly environment: Environment;
  /** The overhead of the harness, of a merged run on the shard where it was highest; null if it was not measured. */
  readonly calibration: Calibration | null;
  /** In the order of the scenario; the first one is the baseline. */
  readonly variants: readonly ResultVariant[];
  /** Each symptom that is present, by ID: its usual cause, the usual fix, and a source. */
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
    command: repeatCommand(record),
    trialsPerVariant: record.trialsPerVariant,
    ...(record.shard && {shard: record.shard}),
    ...(record.merged && {merged: record.merged}),
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
  ...(trial.closing?.sigterm && {timeToExitMs: trial.closing.durationMs}),
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
