// Profiles of a trial that never took place.
import type {OwnerShare, ProfileFrame, ProfileSummary, TopFrame} from '../../src/model/profile.ts';
import {phases, startOf} from './judged-behaviour.ts';

const mebibyte = 1024 ** 2;

const dispatch: ProfileFrame = {
  functionName: 'dispatch',
  owner: 'undici',
  ownerKind: 'package',
  place: 'lib/dispatcher/pool-base.js:132',
};
const writev: ProfileFrame = {functionName: 'writev', owner: 'native code', ownerKind: 'engine', place: null};
const perform: ProfileFrame = {
  functionName: 'perform',
  owner: 'the scenario',
  ownerKind: 'scenario',
  place: 'undici-stall.ts:48',
};
const start: ProfileFrame = {
  functionName: '#start',
  owner: 'foulweather',
  ownerKind: 'harness',
  place: 'load/driver.js:123',
};

const owners = (
  shares: readonly (readonly [frame: ProfileFrame, self: number, total?: number])[],
): OwnerShare[] =>
  shares.map(([{owner, ownerKind}, self, total = self]) => ({owner, ownerKind, self, total}));

const engine = (owner: string): ProfileFrame => ({...writev, functionName: `(${owner})`, owner});

const top = (frame: ProfileFrame, self: number, calledFor = frame.owner): TopFrame => ({
  ...frame,
  self,
  calledFor,
});

const phaseProfiles = (variant: string, phase: number): ProfileSummary[] => {
  const {name, durationMs} = phases[phase]!;
  const heldBytes = (variant === 'defaults' ? 14 : 3) * mebibyte;
  const stem = `profiles/${phase + 1}-${name}`;
  return [
    {
      what: 'cpu',
      phase,
      atMs: startOf(phase),
      total: durationMs,
      sampleCount: durationMs / 5,
      owners: owners([
        [engine('idle'), durationMs * 0.9],
        [dispatch, durationMs * 0.04],
        [start, durationMs * 0.03],
        [engine('garbage collector'), durationMs * 0.02],
        [perform, durationMs * 0.01],
      ]),
      frames: [
        top(writev, durationMs * 0.03, 'undici'),
        top(engine('garbage collector'), durationMs * 0.02),
        top(start, durationMs * 0.015),
      ],
      heaviestStack: [writev, dispatch, perform, start],
      files: [`${stem}.cpuprofile`, `${stem}.cpu.pb.gz`],
    },
    {
      what: 'heap',
      phase,
      atMs: startOf(phase) + durationMs,
      total: heldBytes + 4 * mebibyte,
      sampleCount: 36,
      owners: owners([
        [dispatch, heldBytes, heldBytes + 2 * mebibyte],
        [start, 4 * mebibyte],
      ]),
      frames: [top(dispatch, heldBytes), top(start, 4 * mebibyte)],
      heaviestStack: [dispatch, perform, start],
      files: [`${stem}.heapprofile`, `${stem}.heap.pb.gz`],
    },
    {
      what: 'buffers',
      phase,
      atMs: startOf(phase) + durationMs,
      total: 0.5 * mebibyte,
      sampleCount: 1,
      owners: owners([[dispatch, 0.5 * mebibyte]]),
      frames: [top(dispatch, 0.5 * mebibyte)],
      heaviestStack: [dispatch, perform, start],
      files: [`${stem}.buffers.heapprofile`, `${stem}.buffers.pb.gz`],
    },
  ];
};

/** Of the phases that the trial reached. */
export const profilesOf = (variant: string, reached: number): ProfileSummary[] =>
  phases.slice(0, reached).flatMap((_, phase) => phaseProfiles(variant, phase));
