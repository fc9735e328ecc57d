// The heap of a subject after its load, only where it was asked for.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {filesUnder} from '../helpers/run-folders.ts';
import {runOnce} from '../helpers/run-once.ts';

type Snapshot = {
  readonly snapshot: {readonly meta: {readonly node_fields: readonly string[]}; readonly node_count: number};
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
};

const countOf = ({snapshot, nodes, strings}: Snapshot, name: string): number => {
  const fields = snapshot.meta.node_fields;
  const at = fields.indexOf('name');
  let count = 0;
  for (let node = 0; node < nodes.length; node += fields.length) {
    if (strings[nodes[node + at]!] === name) count++;
  }
  return count;
};

test('a heap snapshot has the objects that the library still holds, and the trial goes on to its end', async t => {
  const ran = await runOnce(t, 'holding', {heapSnapshot: true, limits: {answerSlackMs: 20_000}});
  const {trial} = ran.trial('only');
  t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
  t.deepEqual(trial.troubles, []);
  const [kept] = trial.kept;
  t.like(kept, {what: 'heap-snapshot', file: 'profiles/after-load.heapsnapshot'});
  const text = await readFile(join(ran.folder.path, 'trials', 'only-1', kept!.file), 'utf8');
  t.is(Buffer.byteLength(text), kept!.bytes!);
  const snapshot = JSON.parse(text) as Snapshot;
  const {started} = ran.trial('only').judgement.account;
  t.true(started > 0);
  t.true(countOf(snapshot, 'HoardedLetter') >= started);
  t.regex(ran.reportOf('only'), /- `trials\/only-1\/profiles\/after-load\.heapsnapshot` \(/);
});

test('a heap that takes too long to be written is the harness’s trouble', async t => {
  const ran = await runOnce(t, 'holding', {heapSnapshot: true, limits: {heapSnapshotMs: 1, stuckMs: 1}});
  const {trial, judgement} = ran.trial('only');
  t.is(judgement.verdict, 'inconclusive');
  t.true(
    trial.troubles.some(({what}) => what === 'heap-snapshot'),
    JSON.stringify(trial.troubles),
  );
});

test('without being asked for it there is none', async t => {
  const ran = await runOnce(t, 'holding');
  t.deepEqual(ran.trial('only').trial.kept, []);
  t.false((await filesUnder(ran.folder.path)).some(file => file.endsWith('.heapsnapshot')));
});
