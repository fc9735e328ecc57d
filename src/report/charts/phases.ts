// The phases of a trial behind a panel, and their names above the chart, kept from overlapping.
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {plot} from './chart.ts';
import {left, right, type TimeScale} from './frame.ts';
import {element, label, textWidth} from './svg.ts';

type Band = {readonly name: string; readonly fault: boolean; readonly from: number; readonly to: number};

const fontSize = 12;
const rowHeight = 16;

const bandsOf = (trial: Trial, time: TimeScale): Band[] =>
  trial.plan.phases.flatMap((phase, index) => {
    const window = phaseWindow(trial, index);
    if (!window) return [];
    const fault = phase.role === 'fault';
    return [{name: phase.name, fault, from: time(window.startMs), to: time(window.endMs)}];
  });

/** Shades the phases with a fault, and draws where each phase begins. */
export const phaseShades = (trial: Trial, time: TimeScale, top: number, bottom: number): string[] =>
  bandsOf(trial, time).flatMap(({fault, from, to}) => [
    fault
      ? element('rect', {
          class: 'fault',
          x: from,
          y: top,
          width: Math.max(0, to - from),
          height: bottom - top,
        })
      : '',
    element('line', {class: 'edge', x1: from, x2: from, y1: top, y2: bottom}),
  ]);

export type PhaseNames = {readonly height: number; readonly draw: (top: number) => string};

/** Each name over the middle of its phase, in the first row that has room for it; the trial that got furthest names them. */
export const phaseNames = (trials: readonly Trial[], time: TimeScale): PhaseNames => {
  const longest = trials.toSorted((a, b) => b.edges.length - a.edges.length)[0];
  const rowEnds: number[] = [];
  const placed = (longest ? bandsOf(longest, time) : []).map(band => {
    const half = textWidth(band.name, fontSize) / 2;
    const middle = Math.min(Math.max((band.from + band.to) / 2, left + half), right - half);
    const free = rowEnds.findIndex(end => end + 6 <= middle - half);
    const row = free === -1 ? rowEnds.length : free;
    rowEnds[row] = middle + half;
    return {...band, middle, row};
  });
  return {
    height: rowEnds.length * rowHeight,
    draw: top =>
      plot(
        placed.map(({name, fault, middle, row}) =>
          label(name, middle, top + (rowEnds.length - row) * rowHeight - 4, {
            class: fault ? 'middle strong' : 'middle muted',
          }),
        ),
      ),
  };
};
