// A subject that wants too much of something: its profiles name the function, and outlive it.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import type {ProfileSummary} from '../../src/model/profile.ts';
import type {V8CpuProfile, V8HeapNode, V8HeapProfile} from '../../src/model/profile-part.ts';
import {reopenRun} from '../../src/run/reopen.ts';
import {filesUnder} from '../helpers/run-folders.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const hungry = sharedRun(t => runOnce(t, 'hungry', {profiles: true}));
const hoarding = sharedRun(t => runOnce(t, 'hoarding', {profiles: true}));

const ranWith = (variant: string): RunOnce => (variant === 'objects' ? hoarding() : hungry());

const slow = 1;

const profileOf = (variant: string, what: ProfileSummary['what']): ProfileSummary => {
  const {profiles} = ranWith(variant).trial(variant).trial;
  const found = profiles.find(profile => profile.what === what && profile.phase === slow);
  if (!found) throw new Error(`${variant} has no profile of ${what} in its fault phase`);
  return found;
};

const fileOf = async (variant: string, what: ProfileSummary['what']): Promise<string> => {
  const [file] = profileOf(variant, what).files;
  return readFile(join(ranWith(variant).folder.path, 'trials', `${variant}-1`, file!), 'utf8');
};

test('Buffers that are kept are found at the function that makes them', t => {
  const live = profileOf('buffers', 'buffers');
  t.like(live.frames[0], {functionName: 'keepsBuffers', ownerKind: 'scenario', calledFor: 'the scenario'});
  t.regex(live.frames[0]!.place!, /^hungry\.ts:\d+$/);
  // 40 of 1 MiB each, as estimated from samples.
  t.true(live.frames[0]!.self > 30 * 1024 ** 2 && live.frames[0]!.self < 60 * 1024 ** 2);
  t.is(live.heaviestStack[0]!.functionName, 'keepsBuffers');
});

test('time that is burnt is found at the function that burns it', t => {
  const cpu = profileOf('time', 'cpu');
  const burnt = cpu.frames.filter(({calledFor}) => calledFor === 'the scenario');
  t.true(burnt.some(({functionName}) => functionName === 'burnsTime'));
  const [busiest] = cpu.owners.filter(({owner}) => owner !== 'idle');
  t.like(busiest, {owner: 'the scenario', ownerKind: 'scenario'});
  t.true(cpu.heaviestStack.some(({functionName}) => functionName === 'burnsTime'));
});

test('the last profiles of a process that ran out of memory are there, and show why', t => {
  const {trial} = hoarding().trial('objects');
  t.like(trial.end, {kind: 'crashed', outOfMemory: true});
  t.true(trial.resources.length > 0 && trial.system.length > 0, 'what was sampled until then is known');
  const heap = profileOf('objects', 'heap');
  t.like(heap.frames[0], {functionName: 'hoardsObjects', calledFor: 'the scenario'});
  t.true(heap.frames[0]!.self > heap.total / 2);
  t.true(profileOf('objects', 'cpu').sampleCount > 20);
});

test('the finding that it ran out of memory says who holds it', t => {
  const finding = hoarding()
    .trial('objects')
    .judgement.findings.find(({symptom}) => symptom === 'out-of-memory');
  const evidence = finding?.verdict === 'present' ? finding.evidence : [];
  t.deepEqual(
    evidence.map(({witness}) => witness),
    ['system', 'profile'],
  );
  t.regex(
    evidence[1]!.statement,
    /in phase slow, \d+% of it in the scenario; .* hoardsObjects \(hoarding\.ts:\d+\)/,
  );
});

test('a .cpuprofile has what its readers need', async t => {
  const profile = JSON.parse(await fileOf('time', 'cpu')) as V8CpuProfile;
  const ids = new Set(profile.nodes.map(({id}) => id));
  t.is(ids.size, profile.nodes.length);
  t.is(profile.nodes[0]!.callFrame.functionName, '(root)');
  t.true(profile.nodes.every(({children}) => (children ?? []).every(child => ids.has(child))));
  t.is(profile.samples!.length, profile.timeDeltas!.length);
  t.true(profile.samples!.length > 100);
  t.true(profile.samples!.every(id => ids.has(id)));
  t.true(profile.timeDeltas!.every(delta => delta >= 0));
  const sumUs = profile.timeDeltas!.reduce((sum, delta) => sum + delta, 0);
  t.true(sumUs <= profile.endTime - profile.startTime);
});

const sizeOf = (node: V8HeapNode): number =>
  node.children.reduce((sum, child) => sum + sizeOf(child), node.selfSize);

for (const [variant, what] of [
  ['objects', 'heap'],
  ['buffers', 'buffers'],
] as const) {
  test(`a .heapprofile of ${what} has what its readers need`, async t => {
    const {head, samples} = JSON.parse(await fileOf(variant, what)) as V8HeapProfile;
    t.is(head.callFrame.functionName, '(root)');
    t.true(Math.abs(sizeOf(head) - profileOf(variant, what).total) < 1000);
    t.true(samples!.length > 0);
  });
}

test('the saved run tells the same, and the parts are tidied away', async t => {
  const reopened = await reopenRun(hungry().folder);
  t.deepEqual(
    reopened.trials.map(({profiles}) => profiles),
    hungry().run.trials.map(({profiles}) => profiles),
  );
  const files = await filesUnder(join(hungry().folder.path, 'trials'));
  const profiles = files.filter(file => file.includes('/profiles/'));
  t.true(profiles.length > 0);
  t.deepEqual(
    profiles.filter(
      file =>
        !/\/\d-[a-z]+(?:\.buffers)?\.(?:cpuprofile|heapprofile|(?:cpu|heap)\.pb\.gz|pb\.gz)$/.test(file),
    ),
    [],
  );
});

test('the report tells whose time and whose memory it is, without a path of this machine', t => {
  const report = hoarding().reportOf('objects');
  t.regex(report, /### Profiles of the process in slow/);
  t.regex(report, /`hoardsObjects` `hoarding\.ts:\d+`/);
  t.regex(report, /\| the scenario \| \d+\.\d\sMiB \|/);
  t.regex(hungry().reportOf('time'), /\| the scenario \| \d\d\.\d% \|/);
  for (const variant of ['buffers', 'time', 'objects']) {
    t.notRegex(
      JSON.stringify(ranWith(variant).trial(variant).trial.profiles),
      /file:|\/home\/|\/root\/|\/tmp\//,
    );
    t.false(JSON.stringify(ranWith(variant).trial(variant).trial.profiles).includes(process.cwd()));
  }
});
