import test from 'ava';
import {monotonicMs, trialClock} from '../../src/model/clock.ts';
import {FoulweatherError} from '../../src/model/errors.ts';
import {phaseWindow, type Trial} from '../../src/model/trial.ts';
import {trialWith} from '../helpers/trial-believable.ts';

type Window = ReturnType<typeof phaseWindow>;

const spans = test.macro({
  title: title => `the window of ${title}`,
  exec(t, trial: Trial, phase: number, window: Window) {
    t.deepEqual(phaseWindow(trial, phase), window);
  },
});

const edges = [
  {phase: 0, beforeMs: 10, afterMs: 15},
  {phase: 1, beforeMs: 1000, afterMs: 1020},
];
const exit = {...trialWith().exit!, atMs: 1700};

test('a phase ends where the next one’s faults begin to change', spans, trialWith({edges}), 0, {
  startMs: 15,
  endMs: 1000,
});
test('the last phase ends with the load', spans, trialWith({edges, loadEndedMs: 2000}), 1, {
  startMs: 1020,
  endMs: 2000,
});
test(
  'a phase in which the process died ends with it',
  spans,
  trialWith({edges, loadEndedMs: null, exit}),
  1,
  {
    startMs: 1020,
    endMs: 1700,
  },
);
test(
  'a phase of which no end is known is empty',
  spans,
  trialWith({edges, loadEndedMs: null, exit: null}),
  1,
  {
    startMs: 1020,
    endMs: 1020,
  },
);
test('a phase that was not reached is none', spans, trialWith({edges}), 2, null);

test("a trial's clock counts from its origin, on the machine's monotonic clock", t => {
  const counts = (): boolean => {
    const originMs = monotonicMs() - 1000;
    const now = trialClock(originMs);
    const [beforeMs, nowMs, afterMs] = [monotonicMs() - originMs, now(), monotonicMs() - originMs];
    return nowMs >= beforeMs - 1 && nowMs <= afterMs + 1;
  };
  // A pause between the two readings that it is made of moves it: one of five is without.
  t.true(Array.from({length: 5}, counts).includes(true));
});

test('an error brings its hint, its exit code and its cause', t => {
  const cause = new Error('refused');
  const error = new FoulweatherError('FW_TOXIPROXY_REFUSED', 'It refused.', 'Ask again.', {cause});
  t.like(error, {
    name: 'FoulweatherError',
    code: 'FW_TOXIPROXY_REFUSED',
    message: 'It refused.',
    hint: 'Ask again.',
    exitCode: 70,
  });
  t.is(error.cause, cause);
});
