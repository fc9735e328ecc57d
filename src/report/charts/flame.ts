// A profile as an icicle: callers above what they called, as wide as their share. Whose code it is is shown by
// colour, and in words.
import type {FlameFrame, OwnerKind} from '../../model/profile.ts';
import {listed, percent} from '../format.ts';
import {bodyTop, type Chart} from './chart.ts';
import {width} from './frame.ts';
import {boxEntry, legend} from './legend.ts';
import {element, escapeXml, label, shortened, textWidth} from './svg.ts';

export type Flame = {
  readonly name: string;
  readonly title: string;
  /** Depth first, as `flameOf` gives them. */
  readonly frames: readonly FlameFrame[];
  /** A share in words, of a total in the profile's unit. */
  readonly format: (total: number) => string;
};

const rowHeight = 19;
const left = 8;
const right = width - 8;
const namedInDescription = 3;

const kinds: readonly (readonly [words: string, kind: OwnerKind, kinds: readonly OwnerKind[]])[] = [
  ['packages', 'package', ['package']],
  ['scenario and application', 'scenario', ['scenario', 'application']],
  ['Node.js', 'node', ['node']],
  ['V8 and native code', 'engine', ['engine']],
  ['foulweather and OpenTelemetry', 'harness', ['harness', 'telemetry']],
];

/** Null without a frame. */
export const flame = ({name, title, frames, format}: Flame): Chart | null => {
  const whole = frames.filter(({depth}) => depth === 0).reduce((sum, {total}) => sum + total, 0);
  if (whole <= 0) return null;
  const shown = kinds.filter(([, , own]) => frames.some(({ownerKind}) => own.includes(ownerKind)));
  const key = legend(shown.map(([words, kind]) => boxEntry(words, {class: `frame ${kind}`})));
  const top = bodyTop + key.height + 8;
  const deepest = Math.max(...frames.map(({depth}) => depth));
  return {
    name,
    title,
    description: describe(frames, whole, format),
    height: top + (deepest + 1) * rowHeight + 8,
    layers: [],
    panels: [],
    span: null,
    body: [
      ...key.draw(bodyTop),
      ...place(frames, whole).map(placed => drawFrame(placed, whole, top, format)),
    ],
  };
};

type Placed = {readonly frame: FlameFrame; readonly x: number; readonly width: number};

/** Each frame begins where its caller does, or where the frame before it at its depth ended. */
const place = (frames: readonly FlameFrame[], whole: number): Placed[] => {
  const nextX: number[] = [left];
  return frames.map(frame => {
    const x = nextX[frame.depth] ?? left;
    const wide = (frame.total / whole) * (right - left);
    nextX[frame.depth] = x + wide;
    nextX[frame.depth + 1] = x;
    return {frame, x, width: wide};
  });
};

const drawFrame = (
  {frame, x, width: wide}: Placed,
  whole: number,
  top: number,
  format: (total: number) => string,
): string => {
  const y = top + frame.depth * rowHeight;
  const {functionName, owner, place: where, total} = frame;
  const words = `${functionName} · ${owner}${where === null ? '' : ` · ${where}`}: ${format(total)}, ${percent(total / whole)}`;
  const text =
    textWidth(`${functionName} · ${owner}`, 12) <= wide - 8 ? `${functionName} · ${owner}` : functionName;
  const room = wide - 8;
  return element(
    'g',
    {},
    `<title>${escapeXml(words)}</title>`,
    element('rect', {
      class: `frame ${frame.ownerKind}`,
      x,
      y,
      width: Math.max(0.5, wide),
      height: rowHeight - 1,
    }),
    room > 24 ? label(shortened(text, 12, room), x + 4, y + 13) : '',
  );
};

const describe = (
  frames: readonly FlameFrame[],
  whole: number,
  format: (total: number) => string,
): string => {
  const byOwner = new Map<string, number>();
  for (const [index, frame] of frames.entries()) {
    const next = frames.slice(index + 1).findIndex(({depth}) => depth <= frame.depth);
    const below = frames
      .slice(index + 1, next === -1 ? undefined : index + 1 + next)
      .filter(({depth}) => depth === frame.depth + 1)
      .reduce((sum, {total}) => sum + total, 0);
    byOwner.set(frame.owner, (byOwner.get(frame.owner) ?? 0) + Math.max(0, frame.total - below));
  }
  const heaviest = [...byOwner].sort((a, b) => b[1] - a[1]).slice(0, namedInDescription);
  return `${format(whole)} in total; most of it in frames of ${listed(heaviest.map(([owner, self]) => `${owner} (${percent(self / whole)})`))}.`;
};
