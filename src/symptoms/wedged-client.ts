// The library never comes back, while a fresh client gets through the same proxy.
import type {Detector} from '../model/finding.ts';
import {phasesOf} from './measure.ts';
import {longestQuietSpan, probesIn} from './quiet-spans.ts';
import {found, inconclusive, phaseName, presentIf} from './say.ts';

export const wedgedClient: Detector<'wedged-client'> = (trial, {wedgedMs, controlShare}) => {
  if (phasesOf(trial, 'recovery').length === 0) {
    return inconclusive('wedged-client', 'the scenario has no recovery phase');
  }
  const span = longestQuietSpan(trial);
  const quietMs = span ? span.endMs - span.startMs : 0;
  if (!span || quietMs <= wedgedMs) return presentIf('wedged-client', 'fail', []);
  const {count, okCount} = probesIn(trial, span);
  if (count === 0 || okCount / count < controlShare) {
    return inconclusive(
      'wedged-client',
      count === 0
        ? 'nothing succeeded for long, and no fresh client tried the same way'
        : `a fresh client got through in only ${okCount} of ${count} tries`,
    );
  }
  const phase = phaseName(trial, span.phase);
  return presentIf('wedged-client', 'fail', [
    found(phase, {
      witness: 'driver',
      says: `Nothing succeeded for ${(quietMs / 1000).toFixed(1)} s of phase ${phase}, while a fresh client got through in ${okCount} of ${count} tries.`,
      value: quietMs,
      threshold: wedgedMs,
      unit: 'ms',
      count,
    }),
  ]);
};
