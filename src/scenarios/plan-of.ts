// Scenario → plan: checks everything that can be checked before a process starts, and lists all mistakes at once.

import {isHttpFault} from '../model/http-fault.ts';
import {nonEmpty} from '../model/non-empty.ts';
import {
  hungAfterMs,
  type OperationPlan,
  operationBy,
  type Plan,
  type Sweep,
  type Variant,
} from '../model/plan.ts';
import {type CheckedScenario, programScenarioSchema, scenarioSchema} from '../model/schema/scenario.ts';
import {isServerError, type ProtocolFacts, protocols} from '../model/server-errors.ts';
import {thresholdsOf} from '../model/symptoms.ts';
import {isProgram, type Scenario} from './define-scenario.ts';
import {goalMistakes, thresholdMistakes} from './goals.ts';
import {loadMistakes} from './load-limits.ts';
import {InvalidScenario, type Mistake, mistakesOf, sayMistake} from './mistakes.ts';
import {inCycles, phaseMistakes, tooManyPhases} from './phases.ts';
import {shownOptions} from './shown-options.ts';
import {expandSweep} from './sweep.ts';

const drainSlackMs = 2000;

/** @throws InvalidScenario with every mistake and its place */
export const planOf = (scenario: Scenario): Plan => {
  const {scenario: whole, sweep} = expandSweep(scenario);
  const schema = isProgram(whole.subject) ? programScenarioSchema : scenarioSchema;
  const parsed = schema.safeParse(whole, {error: sayMistake});
  if (!parsed.success) throw new InvalidScenario(mistakesOf(parsed.error), whole);
  const checked = parsed.data as CheckedScenario;
  const mistakes = [
    ...goalMistakes(checked.goals, checked.phases),
    ...thresholdMistakes(checked.thresholds ?? {}),
    ...repeatedNames(checked),
    ...phaseMistakes(checked),
    ...tooManyPhases(checked),
    ...loadMistakes(checked),
    ...protocolMistakes(checked),
    ...programMistakes(checked),
    ...endMistakes(checked),
    ...clientMistakes(checked),
  ];
  if (mistakes.length > 0) throw new InvalidScenario(mistakes, whole);
  return toPlan(checked, sweep);
};

const repeatedNames = ({variants, phases}: CheckedScenario): Mistake[] => {
  const repeated = (list: 'variants' | 'phases', named: readonly {readonly name: string}[]): Mistake[] =>
    named.flatMap(({name}, index) => {
      if (named.findIndex(other => other.name === name) === index) return [];
      const says = `: duplicate name "${name}"; ${list.slice(0, -1)} names must be unique`;
      return [{path: [list], key: `${index}`, says}];
    });
  return [...repeated('variants', variants), ...repeated('phases', phases)];
};

/** Each protocol's errors are for servers that speak it, and a connection speaks one. */
const protocolMistakes = ({phases, target}: CheckedScenario): Mistake[] => {
  const service = 'service' in target ? target.service : null;
  const placed = phases.flatMap(({faults}, phase) => faults.map(({kind}, index) => ({kind, phase, index})));
  const first = placed.find(({kind}) => isServerError(kind))?.kind;
  return placed.flatMap(({kind, phase, index}) => {
    const mistake = (says: string): Mistake[] => [{path: ['phases', phase, 'faults', index], says}];
    const isOther = kind !== first && first !== undefined && (isServerError(kind) || isHttpFault(kind));
    if (isOther) return mistake(`and ${first} are for different protocols; a scenario speaks only one`);
    if (!isServerError(kind)) return [];
    const {title, services}: ProtocolFacts = protocols[kind];
    const speaks = 'kind' in target ? 'speaks HTTP' : `is ${service}`;
    const isFit = service === null ? !('kind' in target) : services.includes(service);
    return isFit ? [] : mistake(`needs a server that speaks ${title}; the target ${speaks}`);
  });
};

/** Whether it is known how what such a command runs is installed, or built. */
const canRequire = ([program, verb, name]: readonly string[]): boolean =>
  program === 'python3' ||
  program === 'java' ||
  (program === 'go' && verb === 'run' && name !== undefined && !name.startsWith('-'));

/** What only a process of Node has. */
const programMistakes = ({subject, variants, telemetry}: CheckedScenario): Mistake[] => {
  if (!isProgram(subject)) return [];
  const ofNode = 'applies to Node.js only, and the subject is a program';
  const {requirements, command} = subject.program;
  return [
    ...(requirements === undefined || canRequire(command)
      ? []
      : [
          {
            path: ['subject', 'program', 'requirements'],
            says: 'needs a command that begins with python3, java, or `go run` and a package',
          },
        ]),
    ...variants.flatMap(({process, packages}, index): Mistake[] => [
      ...(process.heapLimitMiB === undefined
        ? []
        : [
            {
              path: ['variants', index, 'process', 'heapLimitMiB'],
              says: `${ofNode}; set a limit of its own runtime in command or env`,
            },
          ]),
      ...(packages === undefined || requirements !== undefined
        ? []
        : [
            {
              path: ['variants', index, 'packages'],
              says: 'needs subject.program.requirements, the file that lists the packages of the program',
            },
          ]),
    ]),
    ...(telemetry.instrumentations.length + (telemetry.use ?? []).length === 0
      ? []
      : [{path: ['telemetry'], says: `${ofNode}; start its own instrumentation through command or env`}]),
  ];
};

/** A program ends when it is closed; and what handles SIGTERM in a process of the harness's own is the harness. */
const endMistakes = ({subject, phases}: CheckedScenario): Mistake[] => {
  const index = phases.findIndex(({endsWith}) => endsWith !== undefined);
  const endsWith = phases[index]?.endsWith;
  if (endsWith === undefined) return [];
  const mistake = (says: string): Mistake[] => [{path: ['phases', index, 'endsWith'], says}];
  if (isProgram(subject)) {
    return endsWith === 'close'
      ? mistake("must be 'sigterm' for a program: a program exits when it is closed")
      : [];
  }
  if (endsWith === 'sigterm') {
    return mistake(
      "must be 'close' unless the subject is a program: only a program has its own SIGTERM handler",
    );
  }
  return subject.close ? [] : mistake('needs subject.close: without it there is nothing to call');
};

/** Clients that come and go are opened and closed by the scenario's functions. */
const clientMistakes = ({subject, load}: CheckedScenario): Mistake[] => {
  const mistake = (says: string): Mistake[] => [{path: ['load', 'clients'], says}];
  if (load.clients === undefined) return [];
  if (isProgram(subject)) return mistake('is not available for programs, which are opened and closed once');
  return subject.close ? [] : mistake('needs subject.close, which is called for each client');
};

/** An operation that has not settled when the library is closed must have had the time after which it counts as orphaned. */
const drainLimitOf = (
  {phases, thresholds}: Pick<CheckedScenario, 'phases' | 'thresholds'>,
  operation: OperationPlan,
): number => {
  const usualMs = hungAfterMs(operation) + drainSlackMs;
  if (phases.at(-1)?.endsWith !== 'close') return usualMs;
  const {watchMs, deadlineCount} = thresholdsOf('orphaned-operation', thresholds ?? {});
  return Math.max(usualMs, watchMs + drainSlackMs, deadlineCount * operation.deadlineMs + drainSlackMs);
};

/** What is `undefined` in a scenario is absent in its plan, as in all JSON. */
const toPlan = ({sweep: _asked, subject, ...checked}: CheckedScenario, sweep: Sweep | null): Plan => {
  const {verify, prepare, cycles, drainLimitMs, ...kept} = checked;
  const operation = operationBy(checked.operation, checked.thresholds);
  const plan: Plan = {
    ...kept,
    target: toTarget(checked.target),
    variants: nonEmpty(checked.variants.map(toVariant), 'variants'),
    ...(sweep && {sweep}),
    operation,
    phases: nonEmpty(inCycles(checked.phases, cycles), 'phases'),
    drainLimitMs: drainLimitMs ?? drainLimitOf(checked, operation),
    ...(isProgram(subject) && {program: subject.program}),
    ...(verify && {verifies: true}),
    ...(prepare && {prepares: true}),
  };
  return JSON.parse(JSON.stringify(plan)) as Plan;
};

const toTarget = (target: CheckedScenario['target']): Plan['target'] => {
  if ('url' in target) return {kind: 'url', url: target.url};
  if ('service' in target) return {kind: 'service', service: target.service};
  if ('start' in target) return {kind: 'custom'};
  return target;
};

const toVariant = (variant: CheckedScenario['variants'][number]): Variant => ({
  ...variant,
  options: shownOptions(variant.options),
});
