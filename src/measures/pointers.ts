// Where the operations of a finding's evidence can be looked up: in the target's ledger, and among the connections
// that the injector recorded.
import type {Evidence, Finding} from '../model/finding.ts';
import type {Trial} from '../model/trial.ts';
import {indexOfId} from './attempt-times.ts';

const connectionsShown = 3;

export const withPointers = (trial: Trial, finding: Finding): Finding => {
  if (finding.verdict !== 'present') return finding;
  const [first, ...rest] = finding.evidence;
  const pointed = (evidence: Evidence): Evidence => ({
    ...ledgerEntries(trial, evidence),
    ...connectionsOf(trial, evidence),
    ...evidence,
  });
  return {...finding, evidence: [pointed(first), ...rest.map(pointed)]};
};

const ledgerEntries = (trial: Trial, {witness, operations}: Evidence): Pick<Evidence, 'ledger'> => {
  const {ledger} = trial;
  if (!ledger || witness !== 'target') return {};
  const entries = operations.flatMap(operation => {
    const index = indexOfId(trial, operation);
    if (index === null) return [];
    return [{operation, attempts: ledger.attempts[index] ?? 0, effects: ledger.effects[index] ?? 0}];
  });
  return entries.length === 0 ? {} : {ledger: entries};
};

const connectionsOf = ({injectorLog}: Trial, {operations}: Evidence): Pick<Evidence, 'connections'> => {
  const hits = (injectorLog?.hits ?? []).filter(
    ({operationId}) => operationId !== null && operations.includes(operationId),
  );
  const connections = [...new Set(hits.map(({connection}) => connection))].slice(0, connectionsShown);
  return connections.length === 0 ? {} : {connections};
};
