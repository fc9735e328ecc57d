// A subject that is killed from outside in the middle of a phase: what was sampled until then is kept.
import anyTest, {type TestFn} from 'ava';
import type {TrialEvent} from '../../src/model/event.ts';
import type {Plan} from '../../src/model/plan.ts';
import {phaseWindow} from '../../src/model/trial.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';

const test = anyTest as TestFn<RunOnce>;

/** Keeps all Buffers of the first phase: they are in the profile that is written where the second one begins. */
const variant = 'buffers';
const slow = 1;
const samplesAwaited = 2;

test('samples and profiles survive a SIGKILL in the middle of a phase', async t => {
  let pid = 0;
  let phase = -1;
  let samples = 0;
  let edgeMs = 0;
  const killOnce = (event: TrialEvent): void => {
    if (event.kind === 'loaded') ({pid} = event);
    if (event.kind === 'edge') ({phase, afterMs: edgeMs} = event.edge);
    if (event.kind !== 'resources' || phase !== slow || event.sample.atMs <= edgeMs) return;
    samples++;
    if (samples === samplesAwaited) process.kill(pid, 'SIGKILL');
  };
  const ran = await runOnce(t, 'hungry', {
    variants: [variant],
    profiles: true,
    // Longer than it can live: on a busy machine the samples come late.
    reshape: plan => ({
      ...plan,
      phases: plan.phases.map((one, index) =>
        index === slow ? {...one, durationMs: 10_000} : one,
      ) as unknown as Plan['phases'],
    }),
    observer: {trialEvent: (_, event) => killOnce(event)},
  });
  const {trial, judgement} = ran.trial(variant);
  t.like(trial.end, {kind: 'crashed', signal: 'SIGKILL', outOfMemory: false});
  t.is(judgement.verdict, 'missed');
  const {startMs} = phaseWindow(trial, slow)!;
  t.true(trial.resources.filter(({atMs}) => atMs > startMs).length >= samplesAwaited);
  t.true(trial.system.length > 0);
  const live = trial.profiles.filter(({what, phase: of}) => what === 'buffers' && (of ?? -1) < slow);
  t.is(live.length, 1, 'the profile at the edge before it was killed is there');
  t.is(live[0]!.frames[0]!.functionName, 'keepsBuffers');
  t.true(ran.reportOf(variant).includes('signal SIGKILL'));
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
