// JUnit XML, as CI systems read it: a suite per run, a case per check. A failure is a goal missed or a symptom that
// fails a run, an error is a failure of foulweather, skipped is what could not be judged.

import {phaseWindow} from '../../model/trial.ts';
import {repeatCommand} from '../blocks/shards.ts';
import type {RunStory} from '../case-study/run-story.ts';
import {element, escapeXml} from '../charts/svg.ts';
import {type Check, checksOf, runCheckName} from './checks.ts';

/** @returns a whole document, in the form that Ant made and Jenkins, GitLab and GitHub's actions read. */
export const toJunit = (stories: readonly RunStory[]): string => {
  const suites = stories.map(story => ({story, checks: checksOf(story)}));
  const all = suites.flatMap(({checks}) => checks);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element(
      'testsuites',
      {name: 'foulweather', ...totals(all), time: secondsText(sum(stories.map(secondsOf)))},
      '\n',
      ...suites.map(({story, checks}) => `${suite(story, checks)}\n`),
    ),
    '',
  ].join('\n');
};

const counted = (checks: readonly Check[], status: Check['status']): string =>
  String(checks.filter(check => check.status === status).length);

const totals = (checks: readonly Check[]): {readonly [name: string]: string} => ({
  tests: String(checks.length),
  failures: counted(checks, 'failed'),
  errors: counted(checks, 'error'),
  skipped: counted(checks, 'skipped'),
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const secondsText = (seconds: number): string => seconds.toFixed(3);

const secondsOf = ({run}: RunStory): number => {
  const {startedAt, endedAt} = run.record;
  return endedAt === null ? 0 : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
};

const suite = (story: RunStory, checks: readonly Check[]): string => {
  const {record} = story.run;
  return element(
    'testsuite',
    {
      name: record.plan.name,
      ...totals(checks),
      time: secondsText(secondsOf(story)),
      // The form has no place for a time zone.
      timestamp: record.startedAt.slice(0, 19),
    },
    '\n',
    `${element('properties', {}, '\n', ...properties(story))}\n`,
    ...withTimes(story, checks).map(
      ({check, seconds}) =>
        `${testcase(`${record.plan.name}.${story.judged.variant.name}`, check, seconds)}\n`,
    ),
  );
};

type TimedCheck = {readonly check: Check; readonly seconds: number};

/**
 * A goal takes the time of its phase in the judged variant's trials, shared by all goals of that phase; the check of the run
 * takes the rest, so that the cases add up to the suite.
 */
const withTimes = (story: RunStory, checks: readonly Check[]): TimedCheck[] => {
  const {plan} = story.run.record;
  const secondsOfPhase = (name: string): number => {
    const index = plan.phases.findIndex(phase => phase.name === name);
    const windows = story.judged.trials.map(({trial}) => phaseWindow(trial, index));
    const ms = windows.map(window => (window === null ? 0 : Math.max(0, window.endMs - window.startMs)));
    return sum(ms) / 1000 / checks.filter(({phase}) => phase === name).length;
  };
  const timed = checks.map(
    (check): TimedCheck => ({check, seconds: check.phase === undefined ? 0 : secondsOfPhase(check.phase)}),
  );
  const rest = Math.max(0, secondsOf(story) - sum(timed.map(({seconds}) => seconds)));
  return timed.map(({check, seconds}) => ({check, seconds: check.name === runCheckName ? rest : seconds}));
};

const properties = ({run, judged}: RunStory): string[] => {
  const {record} = run;
  const {environment} = record;
  const versions = Object.assign({}, ...judged.trials.map(({trial}) => trial.versions)) as {
    [name: string]: string;
  };
  const values: {readonly [name: string]: string} = {
    run: record.id,
    command: repeatCommand(record),
    seed: String(record.seed),
    trials: String(record.trialsPerVariant),
    ...(record.shard && {shard: `${record.shard.index}/${record.shard.count}`}),
    candidate: judged.variant.name,
    foulweather: environment.foulweather,
    node: environment.node,
    platform: environment.platform,
    injector: environment.injector,
    ...(environment.commit === null
      ? {}
      : {commit: `${environment.commit}${environment.dirty ? ' with uncommitted changes' : ''}`}),
    ...Object.fromEntries(Object.entries(versions).map(([name, version]) => [`version of ${name}`, version])),
  };
  return Object.entries(values).map(([name, value]) => `${element('property', {name, value})}\n`);
};

const testcase = (className: string, {name, status, message, details}: Check, seconds: number): string => {
  const attributes = {classname: className, name, time: secondsText(seconds)};
  const lines = escapeXml([message, ...details].join('\n'));
  switch (status) {
    case 'passed':
      return element('testcase', attributes);
    case 'warned':
      return element('testcase', attributes, element('system-out', {}, `Warning: ${lines}`));
    case 'skipped':
      return element(
        'testcase',
        attributes,
        element('skipped', {message}, ...(details.length > 1 ? [lines] : [])),
      );
    case 'failed':
      return element('testcase', attributes, element('failure', {message, type: 'missed'}, lines));
    case 'error':
      return element('testcase', attributes, element('error', {message, type: 'foulweather'}, lines));
  }
};
