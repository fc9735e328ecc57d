// A storm: a plan of faults that has a name, and fits any scenario.
import type {Phase} from '../../model/plan.ts';

export type Storm = {
  readonly name: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** `tcp`: whatever speaks over TCP. `http`: HTTP/1.1 without TLS, since requests must be read to be faulted. */
  readonly fits: 'tcp' | 'http';
  readonly phases: readonly [Phase, ...Phase[]];
};

/** Long enough to see three good seconds in a row, which is when a client counts as recovered, after a short while of coming back. */
const recoveryMs = 3500;

/** Each fault is followed by a recovery of its own, named after it, so that what it leaves behind is seen. */
export const withRecoveries = (
  faults: readonly Omit<Phase, 'role'>[],
  {lastRecoveryMs}: {readonly lastRecoveryMs: number},
): Phase[] =>
  faults.flatMap((fault, index): Phase[] => [
    {...fault, role: 'fault'},
    {
      name: `after-${fault.name}`,
      role: 'recovery',
      durationMs: index === faults.length - 1 ? lastRecoveryMs : recoveryMs,
      faults: [],
    },
  ]);

export const calm = (warmUpMs: number, baselineMs: number): [Phase, Phase] => [
  {name: 'warm-up', role: 'warm-up', durationMs: warmUpMs, faults: []},
  {name: 'baseline', role: 'baseline', durationMs: baselineMs, faults: []},
];
