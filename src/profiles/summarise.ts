// The few lines of a profile that an investigator reads first.
import type {OwnerShare, ProfileFrame, ProfileSummary, TopFrame} from '../model/profile.ts';
import {type CodeLocations, describeFrame} from './owner.ts';
import type {CallNode} from './tree.ts';

const framesKept = 10;
const ownersKept = 12;
const stackKept = 12;

type Weighed = {
  readonly node: CallNode;
  readonly frame: ProfileFrame;
  /** Whose code it is. */
  readonly responsible: ProfileFrame;
  /** All owners among its callers, each once. */
  readonly owners: ReadonlyMap<string, ProfileFrame>;
};

/** Node's and V8's own work is done for their callers. */
const answersForItself = ({ownerKind}: ProfileFrame): boolean =>
  ownerKind !== 'node' && ownerKind !== 'engine';

export type SummaryFigures = Pick<
  ProfileSummary,
  'total' | 'sampleCount' | 'owners' | 'frames' | 'heaviestStack'
>;

export const summarise = (tree: CallNode, locations: CodeLocations): SummaryFigures => {
  const known = new Map<CallNode, ProfileFrame>();
  const frameOf = (node: CallNode): ProfileFrame => {
    const frame = known.get(node) ?? describeFrame(node.frame, locations);
    known.set(node, frame);
    return frame;
  };
  const weighed: Weighed[] = [...tree.all()]
    .filter(({self}) => self > 0)
    .map(node => {
      const frame = frameOf(node);
      const stack = [...node.stack()].map(frameOf);
      const answering = stack.filter(answersForItself);
      const responsible = answering[0] ?? frame;
      const owners = new Map([responsible, ...answering].map(one => [one.owner, one]));
      return {node, frame, responsible, owners};
    });
  return {
    total: weighed.reduce((sum, {node}) => sum + node.self, 0),
    sampleCount: weighed.reduce((sum, {node}) => sum + node.sampleCount, 0),
    owners: ownersOf(weighed),
    frames: framesOf(weighed),
    heaviestStack: heaviestOf(weighed, frameOf),
  };
};

const bySelf = (a: {readonly self: number}, b: {readonly self: number}): number => b.self - a.self;

const ownersOf = (weighed: readonly Weighed[]): OwnerShare[] => {
  const shares = new Map<string, OwnerShare & {readonly total: number}>();
  const add = ({owner, ownerKind}: ProfileFrame, self: number, total: number): void => {
    const known = shares.get(owner);
    shares.set(owner, {
      owner,
      ownerKind,
      self: (known?.self ?? 0) + self,
      total: (known?.total ?? 0) + total,
    });
  };
  for (const {node, responsible, owners} of weighed) {
    for (const frame of owners.values()) add(frame, 0, node.self);
    add(responsible, node.self, 0);
  }
  return [...shares.values()].sort((a, b) => b.self - a.self || b.total - a.total).slice(0, ownersKept);
};

/** The same function counts once, whoever called it; its main caller is named. */
const framesOf = (weighed: readonly Weighed[]): TopFrame[] => {
  const groups = Map.groupBy(
    weighed.filter(({frame}) => frame.owner !== 'idle'),
    ({frame}) => `${frame.owner} ${frame.functionName} ${frame.place}`,
  );
  return [...groups.values()]
    .map(group => {
      const heaviest = group.reduce((a, b) => (b.node.self > a.node.self ? b : a));
      const self = group.reduce((sum, {node}) => sum + node.self, 0);
      return {...heaviest.frame, self, calledFor: heaviest.responsible.owner};
    })
    .sort(bySelf)
    .slice(0, framesKept);
};

const heaviestOf = (
  weighed: readonly Weighed[],
  frameOf: (node: CallNode) => ProfileFrame,
): ProfileFrame[] => {
  const [heaviest] = weighed
    .filter(({responsible}) => answersForItself(responsible))
    .filter(({responsible}) => responsible.ownerKind !== 'harness' && responsible.ownerKind !== 'telemetry')
    .map(({node}) => node)
    .sort(bySelf);
  return heaviest ? [...heaviest.stack()].slice(0, stackKept).map(frameOf) : [];
};
