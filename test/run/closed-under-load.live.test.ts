// A client that is closed in an outage, under load: what it leaves undone is seen, and one that leaves nothing is not accused.
import type {SymptomId} from '../../src/model/symptoms.ts';
import {runOnce} from '../helpers/run-once.ts';
import {withServer} from '../helpers/with-server.ts';

const looked: readonly SymptomId[] = [
  'close-hangs',
  'connection-after-close',
  'orphaned-operation',
  'unhandled-rejection',
  'process-crash',
];

withServer('redis', 'ioredis is closed while Redis refuses', async t => {
  // ioredis waits for the end of its connection for up to 2 s, even where that has ended already.
  const ran = await runOnce(t, 'closed-in-outage', {startServices: true, limits: {lingerMs: 4000}});
  const present = (variant: string): readonly string[] => {
    const {trial, judgement} = ran.trial(variant);
    t.is(trial.end.kind, 'completed');
    t.true(trial.closing?.underLoad !== undefined);
    t.deepEqual(
      judgement.gates.filter(({name}) => name.startsWith('fault-')),
      [],
    );
    return judgement.findings.flatMap(({symptom, verdict}) =>
      verdict === 'present' && looked.includes(symptom) ? [symptom] : [],
    );
  };
  // It connects again when it can, for what still waits: its process is kept alive, and that is certain.
  t.true(present('clinging').includes('close-hangs'));
  t.deepEqual(present('forgetting'), ['orphaned-operation']);
  t.deepEqual(present('thorough'), []);
  t.regex(ran.reportOf('thorough'), /connections refused, live ones cut; close\(\) called at its end/);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
