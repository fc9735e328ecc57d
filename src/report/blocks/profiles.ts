// Which code used the time and which holds the memory, before and after, in the phase that matters most.
import {frameName, type OwnerShare, type ProfileFrame, type ProfileSummary} from '../../model/profile.ts';
import {phaseThatMatters} from '../case-study/phase-that-matters.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {type Block, code, heading, joined, paragraph, type Text, table} from '../document.ts';
import {bytes, percent, unknownFigure} from '../format.ts';
import {profilesAnchor} from './phase-link.ts';

type What = ProfileSummary['what'];

type Profiled = {
  readonly story: VariantStory;
  readonly trialId: string;
  readonly trialNumber: number;
  readonly profiles: readonly ProfileSummary[];
};

const ownersShown = 7;
const framesShown = 3;

/** What is less than this in all variants is not worth a table. */
const shownFromBytes = 1024 ** 2;

/** Where most of the memory came from, in the phase that matters. */
export const heaviestStackBlocks = (story: RunStory): Block[] => stackBlocks(profiledThere(story));

const profiledThere = (story: RunStory): Profiled[] =>
  story.variants.flatMap(variant => profiledIn(variant, phaseThatMatters(story)));

export const profileBlocks = (story: RunStory): Block[] => {
  const profiled = profiledThere(story);
  if (profiled.length === 0) return [];
  const name = story.run.record.plan.phases[phaseThatMatters(story)]?.name ?? '';
  return [
    heading(`Profiles of the process in ${name}`, profilesAnchor),
    paragraph(
      'Work that Node.js and V8 do on behalf of a package is attributed to the package. CPU time is sampled every 5 ms, memory every 512 KiB on average',
      trialNote(story, profiled),
      '.',
    ),
    ...cpuTable(profiled),
    ...memoryTable(profiled, 'heap', 'Live objects on the heap'),
    ...memoryTable(profiled, 'buffers', 'Live Buffers, outside the heap'),
    ...memoryTable(profiled, 'buffer-allocations', 'Buffers allocated in the phase'),
    ...frameTable(profiled),
    ...stackBlocks(profiled),
    ...fileBlocks(story, profiled),
  ];
};

const profiledIn = (story: VariantStory, phase: number): Profiled[] => {
  const found = story.trials
    .map(({trial}) => ({trial, profiles: trial.profiles.filter(profile => profile.phase === phase)}))
    .find(({profiles}) => profiles.length > 0);
  if (!found) return [];
  const {trial, profiles} = found;
  return [{story, trialId: trial.id, trialNumber: trial.number, profiles}];
};

const trialNote = ({run}: RunStory, profiled: readonly Profiled[]): string =>
  run.record.trialsPerVariant > 1
    ? `; the first profiled trial of each variant is shown (${profiled.map(({trialId}) => trialId).join(', ')})`
    : '';

const find = ({profiles}: Profiled, what: What): ProfileSummary | undefined =>
  profiles.find(profile => profile.what === what);

const names = (profiled: readonly Profiled[]): string[] =>
  profiled.map(({story}) => `>${story.variant.name}`);

const shareOf = (profile: ProfileSummary | undefined, owner: string): number | null => {
  if (!profile) return null;
  return profile.owners.find(candidate => candidate.owner === owner)?.self ?? 0;
};

const selfOf = ({self}: OwnerShare): number => self;

/** What a package has others do counts as its own, too: the handlers of a library hold what the library gave them. */
const answeredFor = ({ownerKind, self, total}: OwnerShare): number =>
  ownerKind === 'package' ? (total ?? self) : self;

/** The owners that are largest in any of the variants. */
const ownersIn = (
  profiles: readonly (ProfileSummary | undefined)[],
  weigh: (share: OwnerShare) => number = selfOf,
): {owner: string; kind: string}[] => {
  const largest = new Map<string, {owner: string; kind: string; ratio: number}>();
  for (const profile of profiles) {
    for (const share of profile?.owners ?? []) {
      const {owner, ownerKind} = share;
      const ratio = weigh(share) / Math.max(1, profile?.total ?? 1);
      if (ratio > (largest.get(owner)?.ratio ?? 0)) largest.set(owner, {owner, kind: ownerKind, ratio});
    }
  }
  return [...largest.values()].sort((a, b) => b.ratio - a.ratio).slice(0, ownersShown);
};

const ownerText = (owner: string, kind: string): Text =>
  kind === 'package' ? [code(owner)] : kind === 'harness' ? [`${owner} (the harness)`] : [owner];

const cpuTable = (profiled: readonly Profiled[]): Block[] => {
  const profiles = profiled.map(candidate => find(candidate, 'cpu'));
  if (profiles.every(profile => profile === undefined)) return [];
  const rows = ownersIn(profiles).map(({owner, kind}): Text[] => [
    ownerText(owner, kind),
    ...profiles.map((profile): Text => {
      const self = shareOf(profile, owner);
      return [self === null ? unknownFigure : percent(self / profile!.total)];
    }),
  ]);
  return [table(['Main thread time', ...names(profiled)], rows)];
};

/** `70.0 MiB, 172 MiB with what it called`: where what it called used more than itself. */
const bytesOf = (profile: ProfileSummary | undefined, owner: string): string => {
  const share = profile?.owners.find(candidate => candidate.owner === owner);
  const self = bytes(shareOf(profile, owner));
  if (share?.ownerKind !== 'package' || (share.total ?? 0) < share.self + shownFromBytes) return self;
  return `${self}, ${bytes(share.total)} including calls`;
};

const memoryTable = (profiled: readonly Profiled[], what: What, title: string): Block[] => {
  const profiles = profiled.map(candidate => find(candidate, what));
  if (!profiles.some(profile => (profile?.total ?? 0) >= shownFromBytes)) return [];
  const figures = (self: (profile: ProfileSummary | undefined) => number | null): Text[] =>
    profiles.map(profile => [bytes(self(profile))]);
  const rows = ownersIn(profiles, answeredFor).map(({owner, kind}): Text[] => [
    ownerText(owner, kind),
    ...profiles.map((profile): Text => [bytesOf(profile, owner)]),
  ]);
  return [
    table([title, ...names(profiled)], [...rows, [['total'], ...figures(profile => profile?.total ?? null)]]),
  ];
};

const framesOf: readonly (readonly [what: What, title: string])[] = [
  ['cpu', 'CPU'],
  ['heap', 'heap'],
  ['buffers', 'live Buffers'],
  ['buffer-allocations', 'Buffers allocated'],
];

const frameTable = (profiled: readonly Profiled[]): Block[] => {
  const rows = profiled.flatMap(candidate =>
    framesOf.flatMap(([what, title]) => {
      const profile = find(candidate, what);
      if (!profile || (what !== 'cpu' && profile.total < shownFromBytes)) return [];
      return profile.frames
        .slice(0, framesShown)
        .map((frame, index): Text[] => [
          index === 0 ? [candidate.story.variant.name] : [],
          index === 0 ? [title] : [],
          frameText(frame),
          [frame.calledFor === frame.owner ? '' : frame.calledFor],
          [what === 'cpu' ? percent(frame.self / profile.total) : bytes(frame.self)],
        ]);
    }),
  );
  return rows.length === 0
    ? []
    : [
        paragraph('Top functions by self time or size:'),
        table(['Variant', 'Profile', 'Function', 'On behalf of', '>Self'], rows),
      ];
};

const frameText = (frame: ProfileFrame): Text =>
  frame.place === null
    ? [frame.functionName === '(anonymous)' ? frame.owner : code(frame.functionName)]
    : [code(frame.functionName), ' ', code(placeOf(frame))];

const placeOf = ({owner, ownerKind, place}: ProfileFrame): string =>
  ownerKind === 'package' || ownerKind === 'harness' ? `${owner}/${place}` : `${place}`;

/** Owners of the memory, where there is enough of it; of the variant that holds most. */
const stackBlocks = (profiled: readonly Profiled[]): Block[] => {
  const memory = profiled.flatMap(({story, profiles}) =>
    profiles
      .filter(({what}) => what === 'heap' || what === 'buffers')
      .map(profile => ({variant: story.variant.name, profile})),
  );
  const [largest] = memory.toSorted((a, b) => b.profile.total - a.profile.total);
  if (!largest || largest.profile.total < shownFromBytes || largest.profile.heaviestStack.length === 0)
    return [];
  const {variant, profile} = largest;
  const what = profile.what === 'heap' ? 'on the heap' : 'of Buffers';
  return [
    paragraph('The heaviest allocation ', what, ' in ', code(variant), ', innermost call first:'),
    {
      kind: 'code',
      language: 'text',
      text: profile.heaviestStack.map(frameName).join('\n'),
    },
  ];
};

const fileBlocks = ({run}: RunStory, profiled: readonly Profiled[]): Block[] => {
  const stems = profiled.flatMap(({trialId, profiles}) => {
    const [file] = profiles.flatMap(({files}) => files);
    return file === undefined ? [] : [`trials/${trialId}/${file.replace(/\..*$/, '')}.*`];
  });
  if (stems.length === 0) return [];
  return [
    paragraph(
      'In ',
      code(`.foulweather/runs/${run.record.id}/`),
      ': ',
      ...joined(
        stems.map((stem): Text => [code(stem)]),
        ' and ',
      ),
      '. Open ',
      code('.cpuprofile'),
      ' and ',
      code('.heapprofile'),
      ' in Chrome DevTools or VS Code, and ',
      code('.pb.gz'),
      ' with pprof.',
    ),
  ];
};
