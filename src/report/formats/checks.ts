// A judged run as a list of checks, for CI: what the candidate was checked for, and the results.
import type {Verdict} from '../../model/goal.ts';
import {endingText} from '../blocks/endings.ts';
import {gatesOf} from '../blocks/gates.ts';
import {goalFigure, limitText, phaseOfGoal} from '../blocks/goals.ts';
import type {GoalStory, RunStory, SymptomStory} from '../case-study/run-story.ts';
import {plainText} from '../document.ts';

export type Check = {
  /** Stable from run to run, so that a CI system can track it. */
  readonly name: string;
  /** `error`: the harness failed; `skipped`: there is no result. */
  readonly status: 'passed' | 'warned' | 'failed' | 'error' | 'skipped';
  /** One line; empty where it passed. */
  readonly message: string;
  readonly details: readonly string[];
  /** Of a goal that holds for a single phase. */
  readonly phase?: string;
};

const statusOf: {readonly [verdict in Verdict]: Check['status']} = {
  met: 'passed',
  missed: 'failed',
  inconclusive: 'skipped',
};

export const runCheckName = 'the run is conclusive';

/** The run first, then the candidate's goals, its symptoms, and the ends of its processes. */
export const checksOf = (story: RunStory): Check[] => [
  runCheck(story),
  ...story.judged.goals.map(goalCheck),
  ...story.judged.symptoms.map(symptomCheck),
  ...endingChecks(story),
];

/** Whether the run can be judged at all. */
const runCheck = (story: RunStory): Check => {
  const name = runCheckName;
  const {status} = story.run.record;
  if (status === 'failed' || status === 'running') {
    return {name, status: 'error', message: 'foulweather did not finish the run.', details: []};
  }
  const details = gatesOf(story).map(gate => `${gate.name}: ${gate.reason} ${gate.advice}`);
  if (status === 'interrupted')
    return {name, status: 'skipped', message: 'The run was interrupted.', details};
  return details.length === 0
    ? {name, status: 'passed', message: '', details}
    : {name, status: 'skipped', message: details[0]!, details};
};

const goalCheck = (goal: GoalStory): Check => {
  const {phase, metric, limit, verdict, value, reasons} = goal;
  const name = `goal ${metric} of ${phaseOfGoal(phase)}: ${limitText(metric, limit)}`;
  const own = {name, details: [], ...(phase !== 'run' && {phase})};
  if (verdict === 'met') return {...own, status: 'passed', message: ''};
  const message =
    verdict === 'missed'
      ? `${metric} is ${goalFigure(metric, value)}, must be ${limitText(metric, limit)}${trialsText(goal)}`
      : `Not evaluated: ${reasons.join('; ') || 'the figure is not known'}`;
  return {
    ...own,
    status: limit.severity === 'warn' && verdict === 'missed' ? 'warned' : statusOf[verdict],
    message,
  };
};

const trialsText = ({metCount, trialCount}: GoalStory): string =>
  trialCount > 1 ? ` (met in ${metCount} of ${trialCount} trials)` : '';

const symptomCheck = ({symptom, verdict, present, reasons, trialCount}: SymptomStory): Check => {
  const name = `symptom ${symptom}`;
  const [worst] = present;
  if (verdict === 'present' && worst) {
    const share = trialCount > 1 ? ` In ${present.length} of ${trialCount} trials.` : '';
    return {
      name,
      status: worst.severity === 'fail' ? 'failed' : 'warned',
      message: `In phase ${worst.phase}: ${worst.evidence[0].statement}${share}`,
      details: worst.evidence.slice(1).map(({statement}) => statement),
    };
  }
  if (verdict === 'clear') return {name, status: 'passed', message: '', details: []};
  return {name, status: 'skipped', message: `Not judged: ${reasons.join('; ')}`, details: []};
};

/** Where a process did not end well; symptoms report that, too, but without the error itself. */
const endingChecks = ({judged}: RunStory): Check[] =>
  judged.trials
    .flatMap(({trial: first, parts}) => [first, ...parts])
    .flatMap((trial): Check[] => {
      const ending = endingText(trial);
      if (!ending) return [];
      const status = trial.end.kind === 'interrupted' ? 'skipped' : 'failed';
      return [{name: `the end of trial ${trial.number}`, status, message: plainText(ending), details: []}];
    });
