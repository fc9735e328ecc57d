// The legend: lines, shading and fillings, in rows that fit the width.
import {left, right} from './frame.ts';
import {seriesBar, seriesMark} from './marks.ts';
import type {Layer, SeriesName} from './style.ts';
import {element, label, textWidth} from './svg.ts';

const swatch = 22;
const rowHeight = 20;

type Entry = {readonly text: string; readonly mark: (x: number, y: number) => readonly string[]};

export const lineEntry = (text: string, kind: string): Entry => ({
  text,
  mark: (x, y) => [element('line', {class: kind, x1: x, x2: x + swatch, y1: y - 4, y2: y - 4})],
});

export const boxEntry = (text: string, attributes: {readonly [name: string]: string}): Entry => ({
  text,
  mark: (x, y) => [element('rect', {...attributes, x, y: y - 10, width: swatch, height: 12})],
});

export const barEntry = (text: string, name: SeriesName): Entry => ({
  text,
  mark: (x, y) => seriesBar(name, {x, y: y - 10, width: swatch, height: 12}),
});

/** A line with the points of its series on it. */
export const curveEntry = (text: string, name: SeriesName): Entry => ({
  text,
  mark: (x, y) => [...lineEntry(text, `line ${name}`).mark(x, y), seriesMark(name, x + swatch / 2, y - 4)],
});

export const outcomeEntries = (layers: readonly Layer[]): Entry[] =>
  layers.map(layer => boxEntry(layer, {fill: `url(#outcome-${layer})`}));

export type Legend = {readonly height: number; readonly draw: (top: number) => string[]};

export const legend = (entries: readonly Entry[]): Legend => {
  let x = left;
  let row = 0;
  const placed = entries.map(entry => {
    const room = swatch + 6 + textWidth(entry.text, 12) + 12;
    if (x > left && x + room > right) {
      x = left;
      row++;
    }
    const place = {entry, x, row};
    x += room;
    return place;
  });
  return {
    height: (row + 1) * rowHeight,
    draw: top =>
      placed.flatMap(({entry, x: at, row: line}) => {
        const y = top + line * rowHeight + 14;
        return [...entry.mark(at, y), label(entry.text, at + swatch + 6, y)];
      }),
  };
};
