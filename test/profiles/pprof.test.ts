// What is written as pprof is read back by a reader that is not ours.
import {gunzipSync} from 'node:zlib';
import test from 'ava';
import {Profile} from 'pprof-format';
import {pprofFile} from '../../src/profiles/pprof.ts';
import {newTree} from '../../src/profiles/tree.ts';
import {frame, modules} from './frames.ts';

test('types, stacks, functions and lines are where a reader looks for them', t => {
  const live = newTree();
  live
    .child(frame('grow', `${modules}/pool/index.js`, 9))
    .child(frame('', 'node:buffer', 4))
    .add(2048.4, 1);
  const allocated = newTree();
  allocated
    .child(frame('grow', `${modules}/pool/index.js`, 9))
    .child(frame('', 'node:buffer', 4))
    .add(4096, 2);
  allocated.child(frame('other', `${modules}/pool/index.js`, 20)).add(512, 1);
  const weigh = ({self}: {self: number}): number => self;
  const file = pprofFile(
    [
      {type: 'alloc_space', unit: 'bytes', tree: allocated, weigh},
      {type: 'inuse_space', unit: 'bytes', tree: live, weigh},
    ],
    1500,
  );
  const profile = Profile.decode(gunzipSync(file));
  const {strings} = profile.stringTable;
  const text = (index: number | bigint): string => strings[Number(index)]!;
  t.is(strings[0], '');
  t.is(Number(profile.durationNanos), 1.5e9);
  t.deepEqual(
    profile.sampleType.map(({type, unit}) => `${text(type)}/${text(unit)}`),
    ['alloc_space/bytes', 'inuse_space/bytes'],
  );
  const stacks = profile.sample.map(({locationId, value}) => ({
    values: value.map(Number),
    frames: locationId.map(id => {
      const {line} = profile.location.find(location => Number(location.id) === Number(id))!;
      const found = profile.function.find(({id: own}) => Number(own) === Number(line[0]!.functionId))!;
      return `${text(found.name)} ${text(found.filename)}:${Number(line[0]!.line)}`;
    }),
  }));
  t.deepEqual(stacks, [
    {values: [4096, 2048], frames: ['(anonymous) node:buffer:5', `grow ${modules}/pool/index.js:10`]},
    {values: [512, 0], frames: [`other ${modules}/pool/index.js:21`]},
  ]);
});
