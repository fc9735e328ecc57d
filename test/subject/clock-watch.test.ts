import test from 'ava';
import {ClockWatch} from '../../src/subject/clock-watch.ts';

test('a clock that goes as it should is never told, and one that is set is told once and again when it is set back', t => {
  let nowMs = 1000;
  const watch = new ClockWatch(Date.now() - nowMs, () => nowMs);
  t.is(watch.look(), null);
  nowMs += 40;
  t.is(watch.look(), null, 'what two clocks differ by is no step');
  // The monotonic clock goes on and the wall clock does not: that is a wall clock that was set back.
  nowMs += 60_000;
  const told = watch.look();
  t.like(told, {kind: 'clock-stepped', atMs: 61_040});
  t.true(told?.kind === 'clock-stepped' && Math.abs(told.offsetMs + 60_040) < 50);
  t.is(watch.look(), null);
  nowMs -= 60_000;
  const back = watch.look();
  t.true(back?.kind === 'clock-stepped' && Math.abs(back.offsetMs) < 50 + 40);
});

test('a clock that is never still is told a hundred times', t => {
  let nowMs = 0;
  const watch = new ClockWatch(Date.now(), () => nowMs);
  const told = Array.from({length: 500}, () => {
    nowMs += 1000;
    return watch.look();
  });
  t.is(told.filter(event => event !== null).length, 100);
});
