// What `ps` prints on a Unix without /proc.
import test from 'ava';
import {askPs, askPsOfChildren, parsePs, sumOfChildren} from '../../../src/run/processes/ps.ts';

const told: readonly (readonly [line: string, cpuMs: number, rssBytes: number])[] = [
  ['  51234   0:01.23\n', 1230, 51234 * 1024],
  [' 1024 00:00:07\n', 7000, 1024 ** 2],
  ['2048 12:34.56', 754_560, 2048 * 1024],
  ['2048 01:02:03', 3_723_000, 2048 * 1024],
  ['2048 2-01:02:03', 176_523_000, 2048 * 1024],
];

for (const [line, cpuMs, rssBytes] of told) {
  test(`"${line.trim()}" is read`, t => {
    t.deepEqual(parsePs(line), {cpuMs, rssBytes});
  });
}

test('a line that does not look so is not guessed at', t => {
  t.is(parsePs(''), null);
  t.is(parsePs('RSS TIME'), null);
});

test('the children of a process and theirs are added up, and no others', t => {
  const lines = [
    '  1 0 900 00:09',
    ' 10 1 100 00:01',
    ' 11 10 20 00:02.50',
    ' 12 11 3 00:00',
    ' 20 1 400 00:04',
    '',
  ];
  t.deepEqual(sumOfChildren(lines.join('\n'), 10), {cpuMs: 2500, rssBytes: 23 * 1024});
  t.is(sumOfChildren(lines.join('\n'), 12), null);
});

const onUnix = process.platform === 'win32' ? test.skip : test;
if (process.platform === 'win32') console.error('Left out: ps is a command of Unix.');

onUnix('the ps of this machine is understood', async t => {
  t.true((await askPsOfChildren(process.ppid))!.rssBytes > 10 * 1024 ** 2);
  const figures = await askPs(process.pid);
  t.true(figures!.rssBytes > 10 * 1024 ** 2);
  t.true(figures!.cpuMs >= 0);
});
