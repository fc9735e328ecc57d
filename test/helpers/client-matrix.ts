// The clients of a file, driven through the harness, and what each detector says of them.
import {resolve} from 'node:path';
import type {ExecutionContext} from 'ava';
import {isOfTheMachine} from '../../scripts/trial-mistakes.ts';
import type {Finding} from '../../src/model/finding.ts';
import type {TrialJudgement} from '../../src/model/run.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {symptomIds} from '../../src/model/symptoms.ts';
import {judgeRun} from '../../src/run/judge/judge.ts';
import {type ClientRow, clients, elsewhere} from './client-table.ts';
import {doubtOfMachine} from './machine-doubt.ts';
import {recordedRun, runsMode} from './recorded-run.ts';
import type {JudgedOnce} from './run-once.ts';

type Said = Pick<TrialJudgement, 'findings' | 'gates'>;

export type Twins = {
  readonly symptom: SymptomId;
  readonly broken: Said;
  readonly healthy: Said;
};

const rows = Object.entries(clients) as [SymptomId, ClientRow][];

/** The files that there are to run, and which symptoms each one proves. */
export const files: ReadonlyMap<SymptomId, readonly SymptomId[]> = new Map(
  [...Map.groupBy(rows, ([symptom, {file}]) => file ?? symptom)].map(([file, proven]) => [
    file,
    proven.map(([symptom]) => symptom),
  ]),
);

export const runClients = async (
  t: Pick<ExecutionContext, 'teardown'>,
  file: SymptomId,
): Promise<readonly Twins[]> => {
  const scenarioFile = resolve(import.meta.dirname, `../fixtures/clients/${file}.ts`);
  const ran = await recordedRun(t, `clients/${file}`, {scenarioFile});
  return (files.get(file) ?? []).map(symptom => ({
    symptom,
    broken: saidOf(ran, clients[symptom]?.variant ?? 'broken'),
    healthy: saidOf(ran, 'healthy'),
  }));
};

/** As if this variant had been the only one: some detectors look at the first one only. */
const saidOf = ({run}: JudgedOnce, name: string): Said => {
  const {plan} = run.record;
  const variant = plan.variants.find(candidate => candidate.name === name);
  if (!variant) throw new Error(`${plan.name} has no variant ${name}`);
  const trials = run.trials.filter(trial => trial.variant === name);
  const alone = trials.map(trial => ({...trial, plan: {...plan, variants: [variant] as const}}));
  const [judged] = judgeRun(alone, [name], () => run.record.calibration).trials;
  if (!judged) throw new Error(`${plan.name} has no trial of ${name}`);
  return judged;
};

const presentIn = ({findings}: Said): SymptomId[] =>
  findings.filter(({verdict}) => verdict === 'present').map(({symptom}) => symptom);

const findingOf = ({findings}: Said, symptom: SymptomId): Finding | undefined =>
  findings.find(finding => finding.symptom === symptom);

/** What else the clients of a file may show: each is one client, whichever of its symptoms is looked at. */
const explained = (symptom: SymptomId, which: 'also' | 'healthyAlso'): readonly string[] => {
  const {file = symptom, variant} = clients[symptom] ?? {};
  const alike = rows.filter(
    ([other, row]) => (row.file ?? other) === file && (which === 'healthyAlso' || row.variant === variant),
  );
  const shown = alike.flatMap(([other, row]) => [
    ...(which === 'also' ? [other] : []),
    ...Object.keys(row[which] ?? {}),
  ]);
  return shown.filter(name => name !== symptom);
};

/** On a machine that was busy a detector may not know, or the trial is not judged: that it fires is proven on the recording. */
const isDoubted = (said: Said, symptom: SymptomId): boolean => {
  const doubt = doubtOfMachine(findingOf(said, symptom)) ?? said.gates.find(isOfTheMachine)?.reason ?? null;
  if (doubt !== null) console.error(`${symptom} is not known this time: ${doubt}`);
  return doubt !== null;
};

/**
 * What should not have been said, in words; nothing if all is as the table has it. The rest of a row is held on recordings
 * only: runs that share two cores show, now and then, what is the machine's doing.
 */
export const surprises = (
  {symptom, broken, healthy}: Twins,
  rows: 'whole rows' | 'the diagonal' = runsMode === 'live' ? 'the diagonal' : 'whole rows',
): string[] => {
  const say = (name: SymptomId, said: Said): string => JSON.stringify(findingOf(said, name));
  const unexplained = (said: Said, which: 'also' | 'healthyAlso'): SymptomId[] =>
    presentIn(said).filter(name => name !== symptom && !explained(symptom, which).includes(name));
  const gates = (who: string, said: Said): string[] =>
    said.gates
      .filter(gate => !isOfTheMachine(gate))
      .map(({reason}) => `the ${who} client is not judged: ${reason}`);
  const isShown =
    presentIn(broken).includes(symptom) || (rows === 'the diagonal' && isDoubted(broken, symptom));
  const isBlamed =
    presentIn(healthy).includes(symptom) && !(rows === 'the diagonal' && isDoubted(healthy, symptom));
  const diagonal = [
    ...(isShown ? [] : [`the broken client does not show it: ${say(symptom, broken)}`]),
    ...(isBlamed ? [`the healthy client shows it: ${say(symptom, healthy)}`] : []),
  ];
  if (rows === 'the diagonal') return diagonal;
  return [
    ...diagonal,
    ...(findingOf(healthy, symptom)?.verdict === 'inconclusive'
      ? [`the healthy client is not clear of it: ${say(symptom, healthy)}`]
      : []),
    ...unexplained(broken, 'also').map(name => `the broken client shows ${name}, too: ${say(name, broken)}`),
    ...unexplained(healthy, 'healthyAlso').map(
      name => `the healthy client shows ${name}: ${say(name, healthy)}`,
    ),
    ...gates('broken', broken),
    ...gates('healthy', healthy),
  ];
};

/** Rows are clients, columns all detectors: X as made, o as the table explains, ! a surprise, ? inconclusive. */
export const matrixOf = (all: readonly Twins[]): string => {
  const width = Math.max(...all.map(({symptom}) => symptom.length)) + ' (healthy)'.length;
  const cell = (said: Said, id: SymptomId, expected: string): string => {
    const verdict = findingOf(said, id)?.verdict;
    return verdict === 'present' ? expected : verdict === 'clear' ? '·' : '?';
  };
  const row = (name: string, said: Said, expected: (id: SymptomId) => string): string =>
    `${name.padEnd(width)} ${symptomIds.map(id => cell(said, id, expected(id))).join(' ')}`;
  const known = (symptom: SymptomId, which: 'also' | 'healthyAlso', id: SymptomId): string =>
    explained(symptom, which).includes(id) ? 'o' : '!';
  return [
    ...symptomIds.map((id, index) => `${' '.repeat(width)} ${'│ '.repeat(index)}${id}`),
    ...all
      .toSorted((a, b) => symptomIds.indexOf(a.symptom) - symptomIds.indexOf(b.symptom))
      .flatMap(({symptom, broken, healthy}) => [
        row(symptom, broken, id => (id === symptom ? 'X' : known(symptom, 'also', id))),
        row(`${symptom} (healthy)`, healthy, id =>
          id === symptom ? '!' : known(symptom, 'healthyAlso', id),
        ),
      ]),
    'X as made for · o as the table of test/helpers/client-table.ts explains · ! a surprise · ? inconclusive',
    ...Object.entries(elsewhere).map(
      ([symptom, {test, variants}]) => `${symptom}: ${test}, ${variants.join(', ')}`,
    ),
  ].join('\n');
};

/** The reasons for the cells that are not on the diagonal. */
export const reasons = (): string[] =>
  rows.flatMap(([symptom, {shares, file, also = {}, healthyAlso = {}}]) => [
    ...(shares === undefined ? [] : [`${symptom} on the client of ${file}: ${shares}`]),
    ...Object.entries(also).map(([name, why]) => `${symptom} shows ${name}: ${why}`),
    ...Object.entries(healthyAlso).map(([name, why]) => `${symptom} (healthy) shows ${name}: ${why}`),
  ]);
