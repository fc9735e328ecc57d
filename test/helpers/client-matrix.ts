// Runs a broken client and its healthy twin through the real harness, and tells what each detector says of them.
import {resolve} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {Finding} from '../../src/model/finding.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {symptomIds} from '../../src/model/symptoms.ts';
import {clients} from './client-table.ts';
import {runOnce} from './run-once.ts';

export type Twins = {
  readonly symptom: SymptomId;
  readonly broken: readonly Finding[];
  readonly healthy: readonly Finding[];
};

const file = (symptom: SymptomId): string =>
  resolve(import.meta.dirname, `../fixtures/clients/${symptom}.ts`);

export const runTwins = async (t: Pick<ExecutionContext, 'teardown'>, symptom: SymptomId): Promise<Twins> => {
  const ran = await runOnce(t, symptom, {scenarioFile: file(symptom)});
  const findings = (variant: string): readonly Finding[] => ran.trial(variant).judgement.findings;
  return {symptom, broken: findings('broken'), healthy: findings('healthy')};
};

export const presentIn = (findings: readonly Finding[]): SymptomId[] =>
  findings.filter(({verdict}) => verdict === 'present').map(({symptom}) => symptom);

/** What a detector should not have said, in words; nothing if all is as the table has it. */
export const surprises = ({symptom, broken, healthy}: Twins): string[] => {
  const also = Object.keys(clients[symptom]?.also ?? {});
  const shown = presentIn(broken);
  const say = (name: SymptomId, findings: readonly Finding[]): string =>
    JSON.stringify(findings.find(finding => finding.symptom === name));
  return [
    ...(shown.includes(symptom) ? [] : [`the broken client does not show it: ${say(symptom, broken)}`]),
    ...shown
      .filter(name => name !== symptom && !also.includes(name))
      .map(name => `the broken client shows ${name}, too: ${say(name, broken)}`),
    ...presentIn(healthy).map(name => `the healthy client shows ${name}: ${say(name, healthy)}`),
  ];
};

/** Rows are clients, columns the symptoms that any of them shows: X as made, o as the table allows, ! a surprise. */
export const matrixOf = (all: readonly Twins[]): string => {
  const columns = symptomIds.filter(id =>
    all.some(({broken, healthy}) => [...presentIn(broken), ...presentIn(healthy)].includes(id)),
  );
  const width = Math.max(...all.map(({symptom}) => symptom.length)) + ' (healthy)'.length;
  const row = (name: string, shown: readonly SymptomId[], expected: (id: SymptomId) => string): string =>
    `${name.padEnd(width)} ${columns.map(id => (shown.includes(id) ? expected(id) : '·')).join(' ')}`;
  return [
    ...columns.map((id, index) => `${' '.repeat(width)} ${'│ '.repeat(index)}${id}`),
    ...all.flatMap(({symptom, broken, healthy}) => {
      const also = clients[symptom]?.also ?? {};
      return [
        row(symptom, presentIn(broken), id => (id === symptom ? 'X' : id in also ? 'o' : '!')),
        row(`${symptom} (healthy)`, presentIn(healthy), () => '!'),
      ];
    }),
  ].join('\n');
};
