// After the fault nothing is delivered any more, and the library says nothing of it: no success, no error.
import type {Detector} from '../model/finding.ts';
import {phasesOf} from './measure.ts';
import {longestQuietSpan, probesIn} from './quiet-spans.ts';
import {counted, found, inconclusive, phaseName, presentIf} from './say.ts';

export const silentConsumer: Detector<'silent-consumer'> = (trial, {silentMs}) => {
  if (phasesOf(trial, 'recovery').length === 0) {
    return inconclusive('silent-consumer', 'the scenario has no recovery phase');
  }
  const span = longestQuietSpan(trial);
  const quietMs = span ? span.endMs - span.startMs : 0;
  if (!span || quietMs <= silentMs) return presentIf('silent-consumer', 'fail', []);
  const errors = span.bins.some(({outcomes}) => {
    const {failed, unknown, rejected, wrong} = outcomes;
    return failed + unknown + rejected + wrong > 0;
  });
  if (errors) return presentIf('silent-consumer', 'fail', []);
  const {count, okCount} = probesIn(trial, span);
  if (okCount === 0) {
    return inconclusive('silent-consumer', 'nobody tells whether there was anything to deliver');
  }
  const phase = phaseName(trial, span.phase);
  const waiting = span.bins.reduce((sum, bin) => sum + bin.started, 0);
  return presentIf('silent-consumer', 'fail', [
    found(phase, {
      witness: 'driver',
      says: `${counted(waiting, 'operation')} of phase ${phase} waited, without a success or an error in ${(quietMs / 1000).toFixed(1)} s; a fresh client got through in ${okCount} of ${count} tries.`,
      value: quietMs,
      threshold: silentMs,
      unit: 'ms',
      count: waiting,
    }),
  ]);
};
