// A profile as a picture, against literal output.
import {readFileSync, writeFileSync} from 'node:fs';
import test from 'ava';
import type {FlameFrame} from '../../../src/model/profile.ts';
import {toSvgFile} from '../../../src/report/charts/chart.ts';
import {type Flame, flame} from '../../../src/report/charts/flame.ts';
import {duration} from '../../../src/report/format.ts';

const frameOf = (depth: number, total: number, more: Partial<FlameFrame> = {}): FlameFrame => ({
  functionName: 'dispatch',
  owner: 'undici',
  ownerKind: 'package',
  place: 'lib/pool.js:17',
  depth,
  total,
  ...more,
});

const busy: Flame = {
  name: 'flame',
  title: 'defaults: CPU time, without idle time',
  frames: [
    frameOf(0, 600),
    frameOf(1, 400, {functionName: 'writeH1', place: 'lib/client.js:980'}),
    frameOf(2, 300, {functionName: 'write', owner: 'Node.js', ownerKind: 'node', place: 'node:net:820'}),
    frameOf(1, 100, {functionName: 'parse', place: 'lib/client.js:311'}),
    frameOf(0, 200, {
      functionName: '(garbage collector)',
      owner: 'garbage collector',
      ownerKind: 'engine',
      place: null,
    }),
  ],
  format: duration,
};

const golden = new URL('../golden/flame.svg', import.meta.url);

test('callers above what they called, as wide as their share', t => {
  const chart = flame(busy);
  const svg = chart === null ? '' : toSvgFile(chart);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, svg);
  t.is(svg, readFileSync(golden, 'utf8'));
});

test('what is seen is also said', t => {
  t.is(
    flame(busy)?.description,
    '800 ms in total; most of it in frames of undici (37.5%), Node.js (37.5%) and garbage collector (25.0%).',
  );
});

test('without a frame there is no picture', t => {
  t.is(flame({...busy, frames: []}), null);
});
