// Which package was responsible, by the profile of the phase: additional evidence, where the process was profiled.
import {frameName, type OwnerShare, type ProfileSummary, type TopFrame} from '../model/profile.ts';
import type {Trial} from '../model/trial.ts';
import {duration, type Found, found, inRunFolder, size} from './evidence.ts';

type What = ProfileSummary['what'];

/** With fewer samples a share says little. */
const fewestSamples = 10;

const percent = (ratio: number): string => `${(ratio * 100).toFixed(0)}%`;

/** Idle time has no owner. */
const usedIn = ({owners, total}: ProfileSummary): number =>
  total - (owners.find(({owner}) => owner === 'idle')?.self ?? 0);

const openings: {readonly [what in What]: (used: number, phase: string) => string} = {
  cpu: (used, phase) => `The main thread was busy for ${duration(used)} of phase ${phase}`,
  heap: (used, phase) => `${size(used)} of live objects on the heap in phase ${phase}`,
  buffers: (used, phase) => `${size(used)} of live Buffers in phase ${phase}`,
  'buffer-allocations': (used, phase) => `${size(used)} of Buffers allocated in phase ${phase}`,
};

const functionText = (frame: TopFrame, used: number): string => {
  const onBehalf = frame.calledFor === frame.owner ? '' : ` for ${frame.calledFor}`;
  return `${frameName(frame)}${onBehalf} (${percent(frame.self / used)})`;
};

/**
 * The package that called for it, where what it called used more by itself: objects that a handler makes count for
 * its library.
 */
const wayText = ({owners}: ProfileSummary, most: OwnerShare, used: number): string => {
  const [way] = owners
    .filter(({owner, ownerKind}) => ownerKind === 'package' && owner !== most.owner)
    .toSorted((a, b) => (b.total ?? b.self) - (a.total ?? a.self));
  const total = way?.total ?? 0;
  return way && total > most.self ? ` and ${percent(total / used)} through ${way.owner}` : '';
};

/** Of the given kinds the one with the most in it: bytes are compared with bytes. */
const profileOf = (trial: Trial, phase: number, whats: readonly What[]): ProfileSummary | null =>
  trial.profiles
    .filter(profile => profile.phase === phase && whats.includes(profile.what))
    .filter(({sampleCount}) => sampleCount >= fewestSamples)
    .toSorted((a, b) => b.total - a.total)[0] ?? null;

const evidenceOf = (trial: Trial, phase: string, whats: readonly What[]): Found[] => {
  const index = trial.plan.phases.findIndex(({name}) => name === phase);
  const profile = profileOf(trial, index, whats);
  if (profile === null) return [];
  const used = usedIn(profile);
  const most = profile.owners.find(({owner}) => owner !== 'idle');
  const [frame] = profile.frames;
  if (!most || !frame || used <= 0) return [];
  const statement = `${openings[profile.what](used, phase)}, ${percent(most.self / used)} of it in ${most.owner}${wayText(profile, most, used)}; top function: ${functionText(frame, used)}.`;
  const figures = {value: most.self / used, threshold: 0, unit: 'share', count: profile.sampleCount} as const;
  const files = profile.files.map(file => inRunFolder(trial, file));
  return [found(phase, {witness: 'profile', statement, ...figures, ...(files.length === 0 ? {} : {files})})];
};

/** What the profile says of a finding's phase is added to the first finding, which is the worst. */
export const withProfile = (trial: Trial, items: readonly Found[], whats: readonly What[]): Found[] => {
  const [first, ...rest] = items;
  return first ? [first, ...evidenceOf(trial, first.phase, whats), ...rest] : [];
};
