// Without a ledger, too, the client that keeps its dead connection is told from the one that drops it.
import test from 'ava';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {recordedRuns} from '../../helpers/recorded-run.ts';

test('by the bytes that pass to the target', async t => {
  const ran = (await recordedRuns()).find(({run}) => run.record.plan.name === 'half-open-reuse')!;
  const verdictOf = (variant: string) =>
    detectOne('half-open-reuse', {...ran.trial(variant).trial, ledger: null});
  t.like(verdictOf('broken'), {verdict: 'present', severity: 'warn', phase: 'fault'});
  t.is(verdictOf('healthy').verdict, 'clear');
});
