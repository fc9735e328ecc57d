// A bar and a point of each series: distinguished by filling and shape, so that they can be told apart without their
// colours, too.
import type {SeriesName} from './style.ts';
import {element} from './svg.ts';

type Box = {readonly x: number; readonly y: number; readonly width: number; readonly height: number};

const hatchStep = 5;

/** Rungs, posts, or nothing over the filling. */
const hatchOf: {readonly [name in SeriesName]: 'rungs' | 'posts' | null} = {
  one: null,
  two: null,
  three: 'rungs',
  four: 'posts',
};

export const seriesBar = (name: SeriesName, box: Box): string[] => {
  const hatch = hatchOf[name];
  const bar = element('rect', {class: `bar ${name}`, ...box});
  if (hatch === null) return [bar];
  const {x, y, width, height} = box;
  const length = hatch === 'rungs' ? height : width;
  const lines = Array.from({length: Math.floor(length / hatchStep)}, (_, index) => {
    const at = (index + 0.5) * hatchStep;
    return hatch === 'rungs'
      ? // From the foot up, so that bars of different heights have their rungs on the same level.
        `M${x.toFixed(1)} ${(y + height - at).toFixed(1)}h${width.toFixed(1)}`
      : `M${(x + at).toFixed(1)} ${y.toFixed(1)}v${height.toFixed(1)}`;
  });
  return lines.length === 0 ? [bar] : [bar, element('path', {class: 'hatch', d: lines.join('')})];
};

/** About a centre at 0, within ± 4. */
const shapes: {readonly [name in SeriesName]: string} = {
  one: 'a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z',
  two: 'h7v7h-7z',
  three: 'l4.5 8h-9z',
  four: 'l4.5 4.5l-4.5 4.5l-4.5 -4.5z',
};

const corners: {readonly [name in SeriesName]: readonly [x: number, y: number]} = {
  one: [-3.5, 0],
  two: [-3.5, -3.5],
  three: [0, -5],
  four: [0, -4.5],
};

/** A disc, a square, a triangle, a diamond. */
export const seriesMark = (name: SeriesName, x: number, y: number): string => {
  const [dx, dy] = corners[name];
  return element('path', {
    class: `mark ${name}`,
    d: `M${(x + dx).toFixed(1)} ${(y + dy).toFixed(1)}${shapes[name]}`,
  });
};
